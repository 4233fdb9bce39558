use census_model::{Evidence, IdentityKind, Level, Proof, Reach, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::subject,
    powers::{
        known, proofs,
        reads::{Matter, everywhere},
        weigh,
    },
    registered::{Registered, registration},
};

pub(crate) static RULE: Rule = Rule {
    id: "registered-class-outgrown",
    version: 1,
    title: "An identity that can do more than the class it is registered for",
    severity: Severity::High,
    finding_types: &["RISK-DRIFT"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &["declared.risk_classes", "declared.data_classes"],
    docs: Docs {
        finds: "The reach of a registered identity is beyond what its risk class covers, or what it can read is beyond its \
                class of data. For the risk class the level of reach counts. For the class of data it counts what the level \
                means for reading: an administrator, or what can become one, reads whatever it wants; what reads all \
                secrets or all data of a kind counts as sensitive; anything else reads what it is given by name, which is \
                limited. Severity is high for administrators and what can become one, medium for less; each is one step \
                lower where only a condition that is open at run time gives the level.",
        why: "The class says what was weighed when the identity was approved: how closely it is watched, how often it is \
              reviewed, who had to agree. What has outgrown it runs on an approval that was never given.",
        remedy: "Take away what the identity does not need, best what the path in the evidence rests on. If it needs all of it, \
                 have the owner register it under the class that covers it, with the reviews that come with that.",
        limits: "A level that is not known, because grants were not read, is compared with nothing. What was not read lowers \
                 the confidence, and the evidence says whether the reach may be more or less. Whether the data that an \
                 identity reads by name is of its class is not known: resources carry no class here. A class that the \
                 configuration does not know is registration-incomplete. Root users have no class.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, reach) in known(view).filter(|(identity, _)| identity.kind != IdentityKind::AwsRootUser) {
        let Some(found) = registration(view, identity) else { continue };
        let outgrown = outgrown(view, &found, reach);
        if outgrown.is_empty() {
            continue;
        }
        let labels: Vec<&str> = outgrown.iter().map(|fact| &*fact.label).collect();
        let title = format!("{} has outgrown its {}", subject(view, identity), labels.join(" and its "));
        let severity = match (reach.level.is_powerful(), reach.conditional) {
            (true, false) => Severity::High,
            (true, true) | (false, false) => Severity::Medium,
            (false, true) => Severity::Low,
        };
        let draft = Draft::new(title).severity(severity).facts(outgrown);
        let draft = weigh(draft, view, reach).facts(proofs(view, "because", reach.because.iter()));
        let draft = match reach.paths.first() {
            Some(path) => draft.facts(crate::powers::path(view, path, reach)),
            None => draft,
        };
        let draft = draft
            .facts([found.entry()])
            .remedy("take away what it does not need, or have the owner register it under the class that covers it")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

/// The classes that do not cover the reach.
fn outgrown(view: &View<'_>, found: &Registered<'_>, reach: &Reach) -> Vec<Evidence> {
    let declared = view.declared;
    let risk = found.registration.risk_class.as_ref().map(|class| {
        ("risk class", class, declared.risk_classes.get(&class.value), reach.level, reach.level.as_str())
    });
    let (level, reads) = reading(reach);
    let data = found
        .registration
        .data_class
        .as_ref()
        .map(|class| ("data class", class, declared.data_classes.get(&class.value), level, reads));
    risk.into_iter()
        .chain(data)
        .filter_map(|(label, class, covers, level, does)| {
            let covers = covers.filter(|covers| level > *covers)?;
            let fact = format!("`{}` covers {covers}, but it {}", class.value, words(label, does));
            Some(Evidence::new(label, fact).from_source(&*class.at))
        })
        .collect()
}

fn words(label: &str, does: &str) -> String {
    if label == "risk class" { format!("is {does}") } else { does.to_owned() }
}

/// How much an identity can read, as a level, and in words.
fn reading(reach: &Reach) -> (Level, &'static str) {
    let broadly = |matter| -> Vec<&Proof> { everywhere(reach, matter) };
    match reach.level {
        Level::Admin => (Level::Admin, "reads whatever it wants"),
        Level::Escalates => (Level::Escalates, "can come to read whatever it wants"),
        Level::Sensitive if !broadly(Matter::Secrets).is_empty() => (Level::Sensitive, "reads secrets everywhere"),
        Level::Sensitive if !broadly(Matter::Data).is_empty() => (Level::Sensitive, "reads data everywhere"),
        Level::Sensitive | Level::Limited => (Level::Limited, "reads what it is given by name"),
        Level::None => (Level::None, "reads nothing"),
        Level::Unknown => (Level::Unknown, "reads what nobody knows"),
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Bound, Confidence, OwnerStatus};

    use crate::testing::{Case, ReachOf, World, path, proof, stated};
    fn of<'w>(w: &'w mut World, risk: &str, data: &str, level: Level) -> ReachOf<'w> {
        let role = w.role("app");
        w.registered(&role, |one| {
            one.risk_class = (!risk.is_empty()).then(|| stated(risk));
            one.data_class = (!data.is_empty()).then(|| stated(data));
        });
        w.reach(&role, level)
    }
    let plain = |risk: &'static str, data: &'static str, level: Level| {
        move |w: &mut World| {
            of(w, risk, data, level);
        }
    };
    vec![
        Case::fires("an administrator of low risk", plain("low", "", Level::Admin))
            .severity(Severity::High)
            .confidence(Confidence::High)
            .says("has outgrown its risk class")
            .says("`low` covers limited, but it is admin")
            .says("registry.yaml:3"),
        Case::fires("of medium risk, with a way to administration", |w| {
            let (role, other) = (census_fixtures::role("app"), census_fixtures::role("other"));
            of(w, "Medium", "", Level::Escalates).path(path(&role, &other, "iam:PassRole"));
        })
        .severity(Severity::High)
        .says("app becomes other"),
        Case::fires("sensitive, of low risk", plain("low", "", Level::Sensitive)).severity(Severity::Medium),
        Case::fires("of internal data, reads all secrets", |w| {
            of(w, "high", "internal", Level::Sensitive).because(proof("secretsmanager:GetSecretValue"));
        })
        .severity(Severity::Medium)
        .says("`internal` covers limited, but it reads secrets everywhere"),
        Case::fires("of public data, reads all buckets", |w| {
            of(w, "high", "public", Level::Sensitive).because(proof("s3:GetObject"));
        }),
        Case::fires("of restricted data, an administrator", plain("high", "restricted", Level::Admin))
            .says("has outgrown its data class"),
        Case::fires("both classes are one finding", plain("low", "public", Level::Admin))
            .says("its risk class and its data class"),
        Case::fires("only under a condition", |w| {
            of(w, "low", "", Level::Admin).conditional();
        })
        .severity(Severity::Medium)
        .says("if a condition that is open at run time holds"),
        Case::fires("it may be more", |w| {
            of(w, "low", "", Level::Sensitive).bound(Bound::Lower, "s3:GetBucketPolicy");
        })
        .confidence(Confidence::Medium)
        .says("it may be more"),
        Case::fires("it may be less", |w| {
            of(w, "low", "", Level::Admin).bound(Bound::Upper, "organizations:ListPolicies");
        })
        .confidence(Confidence::Low),
        Case::fires("a class of the company's own", |w| {
            w.declared = serde_json::from_str(r#"{"risk_classes": {"Tier 3": "none"}}"#).expect("a table");
            of(w, "tier 3", "", Level::Limited);
        }),
        Case::silent("covered", plain("high", "", Level::Admin)),
        Case::silent("covered at its edge", plain("medium", "confidential", Level::Sensitive)),
        Case::silent("less than its class covers", plain("high", "restricted", Level::None)),
        Case::silent("of internal data, sensitive for other reasons than reading", |w| {
            of(w, "medium", "internal", Level::Sensitive).because(proof("ec2:TerminateInstances"));
        }),
        Case::silent("of confidential data, reads all of it", |w| {
            of(w, "medium", "confidential", Level::Sensitive).because(proof("s3:GetObject"));
        }),
        Case::silent("the reach is not known", plain("low", "public", Level::Unknown)),
        Case::silent("no class", plain("", "", Level::Admin)),
        Case::silent("a class that nobody knows", plain("extreme", "", Level::Admin)),
        Case::silent("it is not registered", |w| {
            let role = w.role("app");
            w.owner(&role, OwnerStatus::Unowned, &[]);
            w.reach(&role, Level::Admin);
        }),
        Case::silent("nobody in the company owns it", |w| {
            of(w, "low", "", Level::Admin);
            w.record(&census_fixtures::role("app")).status = OwnerStatus::NotApplicable;
        }),
    ]
}
