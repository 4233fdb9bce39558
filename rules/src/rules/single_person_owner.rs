use census_model::{Confidence, OwnerRole, OwnerStatus, PartyKind, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    declared::folded,
    docs::subject,
    registered::{Registered, registered},
};

pub(crate) static RULE: Rule = Rule {
    id: "single-person-owner",
    version: 1,
    title: "One person alone answers for an identity",
    severity: Severity::Low,
    finding_types: &["OWN-SINGLE-PERSON"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A registered identity is owned by one person, and its entries name no backup and no steward but that person. \
                Who is a person is known from the directory; where none was read, the missing backup and steward count, \
                and confidence is low.",
        why: "On the day that person leaves, or is away when it is misused, nobody answers for the identity and nobody knows \
              how it works.",
        remedy: "Let a team own it, or name a backup and a steward who is somebody else.",
        limits: "An owner who is a team, whom the directory does not have or whose name several bear is not reported here: \
                 the latter are owner-invalid. A steward who left is none. Whether a backup is still here is not \
                 looked at.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for found in registered(view).filter(|found| found.record.status == OwnerStatus::Registered) {
        let Some(owner) = found.record.business_owner.as_deref() else { continue };
        let is_person = found
            .record
            .parties
            .iter()
            .find(|party| party.role == OwnerRole::BusinessOwner)
            .map(|party| party.kind == PartyKind::Person);
        let blind = view.ownership.directory.is_empty();
        if has_another(&found, owner) || (!blind && is_person != Some(true)) {
            continue;
        }
        let mut draft =
            Draft::new(format!("{} is answered for by one person alone", subject(view, found.identity)))
                .evidence("business owner", owner)
                .evidence("technical steward", found.record.technical_steward.as_deref().unwrap_or("none"))
                .evidence("backup", found.registration.backup.as_ref().map_or("none", |backup| &backup.value))
                .facts([found.entry()]);
        if blind {
            draft = draft
                .at_most(Confidence::Low)
                .evidence("not certain because", "no directory was read, and the owner may be a team");
        }
        let draft = draft
            .remedy("let a team own it, or name a backup and a steward who is somebody else")
            .command(["census", "explain", &found.identity.native_id]);
        findings.identity(found.identity, "", draft);
    }
}

/// Whether anybody but the owner is named who is here.
fn has_another(found: &Registered<'_>, owner: &str) -> bool {
    let other = |name: &str| folded(name) != folded(owner);
    let departed = |name: &str| {
        found
            .record
            .departed
            .iter()
            .any(|one| one.role == OwnerRole::TechnicalSteward && folded(&one.who) == folded(name))
    };
    let backup = found.registration.backup.as_ref().is_some_and(|backup| other(&backup.value));
    let mut stewards = found.record.claims.iter().filter_map(|claim| claim.technical_steward.as_deref());
    let resolved = found.record.technical_steward.as_deref();
    let steward = match resolved {
        Some(steward) => other(steward) && !departed(steward),
        // Several of equal weight: they are not all the owner.
        None => stewards.any(|steward| other(steward) && !departed(steward)),
    };
    backup || steward
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::{Case, World, stated};
    let named = |steward: Option<&'static str>, backup: Option<&'static str>, kind: Option<PartyKind>| {
        move |w: &mut World| {
            let user = w.user("ci");
            w.registered(&user, |one| one.backup = backup.map(stated));
            let record = w.record(&user);
            record.technical_steward = steward.map(Into::into);
            for claim in &mut record.claims {
                claim.technical_steward = steward.map(Into::into);
            }
            if let Some(kind) = kind {
                w.party(&user, "ann@example.com", kind);
            }
        }
    };
    let person = Some(PartyKind::Person);
    vec![
        Case::fires("nobody else", named(None, None, person)).confidence(Confidence::High).severity(Severity::Low),
        Case::fires("the owner as everything", named(Some("Ann@example.com"), Some(" ann@example.com"), person)),
        Case::fires("without a directory", named(None, None, None))
            .confidence(Confidence::Low)
            .says("may be a team"),
        Case::fires("the steward has left", |w| {
            let user = w.user("ci");
            w.registered(&user, |one| one.backup = None);
            w.party(&user, "ann@example.com", PartyKind::Person);
            w.left(&user, OwnerRole::TechnicalSteward, "sam@example.com");
        }),
        Case::silent("a steward", named(Some("sam@example.com"), None, person)),
        Case::silent("a backup", named(None, Some("bea@example.com"), person)),
        Case::silent("a team", named(None, None, Some(PartyKind::Team))),
        Case::silent("nobody knows whom it means", named(None, None, Some(PartyKind::Unlisted))),
        Case::silent("several are called so", named(None, None, Some(PartyKind::Several(2)))),
        Case::silent("it is not registered", |w| {
            let user = w.user("ci");
            w.owner(&user, OwnerStatus::Inferred, &[(census_model::ClaimSource::FreeTag, "ann")]);
        }),
        Case::silent("the owner has left", |w| {
            let user = w.user("ci");
            w.registered(&user, |one| one.backup = None);
            w.record(&user).status = OwnerStatus::Departed;
        }),
    ]
}
