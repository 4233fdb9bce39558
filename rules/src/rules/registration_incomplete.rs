use census_model::{ClaimSource, Evidence, Severity, Stated, Text, TriggerKind};

use crate::{
    Classes, Docs, Draft, EVERY_PROVIDER, Findings, RequiredField, Rule, View,
    docs::subject,
    registered::{Registered, registered},
};

pub(crate) static RULE: Rule = Rule {
    id: "registration-incomplete",
    version: 1,
    title: "A registration that leaves out what it has to say",
    severity: Severity::Medium,
    finding_types: &["REG-INCOMPLETE"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &["declared.required", "declared.risk_classes", "declared.data_classes"],
    docs: Docs {
        finds: "The entries that register an identity leave out a field that the configuration requires, or name a class of \
                risk or data that the configuration does not know. One finding an identity; it lists what is missing.",
        why: "Without a purpose nobody can tell whether the identity is still needed, without a steward nobody knows how it \
              works, and without a class that means something nobody can tell whether it outgrew what was approved.",
        remedy: "Have the owner complete the entry. Correct the name of the class, or add it to `declared.risk_classes` or \
                 `declared.data_classes`.",
        limits: "Each field is taken from the entry that names the identity most closely among those that have it. Whether a \
                 purpose is a good one is not judged. A class that is left out is only missed where it is required. An \
                 approved pattern that the configuration does not know is pattern-violated.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for found in registered(view) {
        let missing: Vec<&str> =
            view.declared.required.iter().filter(|field| !has(&found, **field)).map(|field| field.words()).collect();
        let registration = found.registration;
        let unknown: Vec<Evidence> = [
            unknown("risk class", registration.risk_class.as_ref(), &view.declared.risk_classes),
            unknown("data class", registration.data_class.as_ref(), &view.declared.data_classes),
        ]
        .into_iter()
        .flatten()
        .collect();
        let lacks = match (missing.as_slice(), unknown.as_slice()) {
            ([], []) => continue,
            ([], unknown) => {
                let labels: Vec<&str> = unknown.iter().map(|fact| &*fact.label).collect();
                format!("under an unknown {}", labels.join(" and "))
            }
            (missing, _) => format!("without {}", missing.join(", ")),
        };
        let mut draft = Draft::new(format!("{} is registered {lacks}", subject(view, found.identity)));
        if !missing.is_empty() {
            draft = draft.evidence("missing", missing.join(", "));
        }
        let draft = draft
            .facts(unknown)
            .facts([found.entry()])
            .evidence("business owner", found.record.business_owner.as_deref().unwrap_or("not one in particular"))
            .remedy("have the owner complete the entry")
            .command(["census", "explain", &found.identity.native_id]);
        findings.identity(found.identity, "", draft);
    }
}

/// Whether the registration has a field.
fn has(found: &Registered<'_>, field: RequiredField) -> bool {
    let registration = found.registration;
    let is_registry = |source: ClaimSource| {
        matches!(
            source,
            ClaimSource::AttestedRegistryRecord
                | ClaimSource::RegistryRecord
                | ClaimSource::ExpiredRegistryRecord
                | ClaimSource::RetiredRegistryRecord
        )
    };
    let mut claims = found.record.claims.iter().filter(|claim| is_registry(claim.source));
    match field {
        RequiredField::BusinessOwner => claims.any(|claim| claim.business_owner.is_some()),
        RequiredField::TechnicalSteward => claims.any(|claim| claim.technical_steward.is_some()),
        RequiredField::Backup => registration.backup.is_some(),
        RequiredField::Purpose => registration.purpose.is_some(),
        RequiredField::DataClass => registration.data_class.is_some(),
        RequiredField::RiskClass => registration.risk_class.is_some(),
        RequiredField::Environment => registration.environment.is_some(),
        RequiredField::ReviewEvery => registration.review_every.is_some(),
        RequiredField::OffboardingTrigger => found.life.triggers.iter().any(|one| is_declared(one.kind)),
        RequiredField::Ticket => registration.ticket.is_some(),
        RequiredField::ApprovedPattern => registration.approved_pattern.is_some(),
    }
}

/// Whether a trigger comes of the entry's `offboarding_trigger`.
fn is_declared(kind: TriggerKind) -> bool {
    match kind {
        TriggerKind::ProjectEnd | TriggerKind::VendorChange | TriggerKind::Idle | TriggerKind::Date => true,
        TriggerKind::EntryExpired | TriggerKind::RecordRetired | TriggerKind::ReviewedAway => false,
    }
}

fn unknown(label: &str, class: Option<&Stated<Text>>, known: &Classes) -> Option<Evidence> {
    let class = class.filter(|class| known.get(&class.value).is_none())?;
    let known: Vec<&str> = known.names().collect();
    let known = if known.is_empty() { "none is".to_owned() } else { known.join(", ") };
    let fact = format!("`{}` is not configured; configured: {known}", class.value);
    Some(Evidence::new(label, fact).from_source(&*class.at))
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{LifeState, OwnerStatus, Registration};

    use crate::testing::{Case, World, stated};
    let entry = |required: &'static [RequiredField], change: fn(&mut Registration)| {
        move |w: &mut World| {
            w.declared.required = required.to_vec();
            let role = w.role("deploy");
            w.registered(&role, change);
        }
    };
    const DEFAULT: &[RequiredField] =
        &[RequiredField::BusinessOwner, RequiredField::TechnicalSteward, RequiredField::Purpose];
    vec![
        Case::fires("no purpose", entry(DEFAULT, |one| one.purpose = None))
            .severity(Severity::Medium)
            .says("is registered without purpose")
            .says("registry.yaml:3"),
        Case::fires("no owner and no steward, of which other sources know", |w| {
            let role = w.role("deploy");
            w.owner(&role, OwnerStatus::Inferred, &[(ClaimSource::FreeTag, "ann")]);
            w.registered(&role, |_| ());
        })
        .says("without business owner, technical steward"),
        Case::fires(
            "much that is required",
            entry(
                &[RequiredField::ReviewEvery, RequiredField::OffboardingTrigger, RequiredField::Ticket],
                |_| (),
            ),
        )
        .says("without review cadence, offboarding trigger, ticket"),
        Case::fires("a risk class that nobody knows", entry(&[], |one| one.risk_class = Some(stated("extreme"))))
            .says("under an unknown risk class")
            .says("`extreme` is not configured; configured: high, low, medium"),
        Case::fires("two classes that nobody knows", entry(&[], |one| {
            one.risk_class = Some(stated("extreme"));
            one.data_class = Some(stated("purple"));
        }))
        .says("under an unknown risk class and data class"),
        Case::fires("a class that nobody knows, beside what is missing", entry(DEFAULT, |one| {
            one.purpose = None;
            one.data_class = Some(stated("purple"));
        }))
        .says("without purpose")
        .says("purple"),
        Case::fires("no classes are configured", |w| {
            w.declared.risk_classes = Classes::default();
            let role = w.role("deploy");
            w.registered(&role, |_| ());
        })
        .says("configured: none is"),
        Case::silent("complete", entry(DEFAULT, |_| ())),
        Case::silent("another spelling of a class", entry(DEFAULT, |one| one.risk_class = Some(stated("LOW ")))),
        Case::silent("no class, of which none is required", entry(DEFAULT, |one| one.risk_class = None)),
        Case::silent("nothing is required", entry(&[], |one| one.purpose = None)),
        Case::silent("it was retired", |w| {
            let role = w.role("deploy");
            w.registered(&role, |one| one.purpose = None);
            w.life(&role, |life| life.state = LifeState::Retired);
        }),
        Case::silent("it is not registered", |w| {
            let role = w.role("deploy");
            w.owner(&role, OwnerStatus::Unowned, &[]);
        }),
    ]
}
