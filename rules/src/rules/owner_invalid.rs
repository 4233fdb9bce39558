use census_model::{Confidence, DirectorySize, NamedParty, OwnerRole, PartyKind, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::{claims, subject},
    registered::{nobody, ownable},
};

pub(crate) static RULE: Rule = Rule {
    id: "owner-invalid",
    version: 1,
    title: "The name of an owner leads to nobody",
    severity: Severity::Medium,
    finding_types: &["OWN-INVALID"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "People or teams were read from directories or catalogues, and the owner whom the deciding evidence names is \
                none of them, or several are called so. Severity is low, and confidence too, where only people or only \
                teams were read, so that the name may be one of the others.",
        why: "A name that leads to nobody answers nothing: a misspelt address, a team that was renamed, somebody of another \
              company, or a name that was made to look like a colleague's. When they leave, no directory will say so.",
        remedy: "Write the owner as the directory does, best the address of a team. If the name is another name of somebody, \
                 add it to `owners.aliases` or to the directory's column of aliases.",
        limits: "Where no directory and no catalogue was read, nobody is invalid. Only owners are looked at, not stewards. An \
                 owner who left is known, which is owner-left. A name that mixes alphabets is named as such in the \
                 evidence, but is no finding where it leads to somebody.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let directory = view.ownership.directory;
    if directory.is_empty() {
        return;
    }
    for (identity, record) in ownable(view) {
        let owners = record.parties.iter().filter(|party| party.role == OwnerRole::BusinessOwner);
        let lost: Vec<(&NamedParty, String)> =
            owners.filter_map(|party| Some((party, nobody(party.kind)?))).collect();
        let Some((first, _)) = lost.first() else { continue };
        let title = format!("the owner of {} leads to nobody: {}", subject(view, identity), first.who);
        let mut draft = Draft::new(title)
            .evidence("directory", format!("{} people and {} teams read", directory.people, directory.teams));
        for (party, why) in &lost {
            draft = draft.evidence("owner", format!("{}: {why}", party.who));
            if let Some(scripts) = &party.scripts {
                draft = draft.evidence("alphabets", format!("{} mixes {scripts}", party.who));
            }
        }
        if let Some(unread) = unread(directory).filter(|_| lost.iter().all(|(party, _)| may_be_other(party))) {
            draft = draft
                .severity(Severity::Low)
                .at_most(Confidence::Low)
                .evidence("not certain because", format!("no {unread} were read, and it may be one of them"));
        }
        let draft = draft
            .facts(claims(&record.claims))
            .remedy("write the owner as the directory does, or add the name to `owners.aliases`")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

/// What was not read at all.
fn unread(directory: DirectorySize) -> Option<&'static str> {
    match directory {
        DirectorySize { people: 0, .. } => Some("people"),
        DirectorySize { teams: 0, .. } => Some("teams"),
        _ => None,
    }
}

/// Whether a name could be that of somebody of a kind that was not read.
fn may_be_other(party: &NamedParty) -> bool {
    party.kind == PartyKind::Unlisted
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::OwnerStatus;

    use crate::testing::{Case, World};
    let owner = |kind: PartyKind, directory: DirectorySize| {
        move |w: &mut World| {
            let user = w.user("ci");
            w.registered(&user, |_| ());
            w.party(&user, "ann@example.com", kind);
            w.ownership.directory = directory;
        }
    };
    let both = DirectorySize { people: 9, teams: 3 };
    vec![
        Case::fires("nobody is called so", owner(PartyKind::Unlisted, both))
            .severity(Severity::Medium)
            .confidence(Confidence::High)
            .says("ann@example.com: nobody is called so")
            .says("9 people and 3 teams read"),
        Case::fires("several are", owner(PartyKind::Several(2), both)).says("2 people or teams are called so"),
        Case::fires("it may be a team", owner(PartyKind::Unlisted, DirectorySize { people: 9, teams: 0 }))
            .severity(Severity::Low)
            .confidence(Confidence::Low)
            .says("no teams were read"),
        Case::fires("it may be a person", owner(PartyKind::Unlisted, DirectorySize { people: 0, teams: 3 }))
            .confidence(Confidence::Low),
        Case::fires(
            "several people, whatever teams there are",
            owner(PartyKind::Several(2), DirectorySize { people: 9, teams: 0 }),
        )
        .severity(Severity::Medium)
        .confidence(Confidence::High),
        Case::fires("a name that mixes alphabets", |w| {
            let user = w.user("ci");
            w.registered(&user, |_| ());
            w.party(&user, "\u{430}nn@example.com", PartyKind::Unlisted);
            w.record(&user).parties[0].scripts = Some("Cyrillic, Latin".into());
        })
        .says("mixes Cyrillic, Latin"),
        Case::fires("one of two in conflict", |w| {
            let user = w.user("ci");
            w.record(&user).status = OwnerStatus::Conflict;
            w.party(&user, "ann@example.com", PartyKind::Person);
            w.party(&user, "nobody@example.com", PartyKind::Unlisted);
        }),
        Case::silent("a person", owner(PartyKind::Person, both)),
        Case::silent("a team", owner(PartyKind::Team, both)),
        Case::silent("no directory was read", owner(PartyKind::Unlisted, DirectorySize::default())),
        Case::silent("a steward whom nobody knows", |w| {
            let user = w.user("ci");
            w.registered(&user, |_| ());
            w.party(&user, "sam@example.com", PartyKind::Unlisted);
            w.record(&user).parties[0].role = OwnerRole::TechnicalSteward;
        }),
        Case::silent("nobody in the company owns it", |w| {
            let user = w.user("ci");
            w.record(&user).status = OwnerStatus::NotApplicable;
            w.party(&user, "ann@example.com", PartyKind::Unlisted);
        }),
    ]
}
