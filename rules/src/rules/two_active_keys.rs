use census_model::{Confidence, CredentialKind, IdentityKind, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{date, key_name, last_use},
};

pub(crate) static RULE: Rule = Rule {
    id: "two-active-keys",
    version: 1,
    title: "Two active access keys on one user",
    severity: Severity::Low,
    finding_types: &["CRED-MULTIPLE"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &["key_rotation_overlap_days"],
    docs: Docs {
        finds: "A user has more than one working access key, and the newest is older than a rotation takes.",
        why: "AWS allows two keys so that they can be rotated. Two that stay are two secrets to lose, often held by \
              two callers who share one identity and cannot be told apart.",
        remedy: "Find out which caller uses which key, give each its own identity or finish the rotation, then \
                 disable the key that is left over.",
        limits: "It does not say that two callers share the user; last uses in different services or regions \
                 suggest it.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let overlap = i64::from(view.thresholds.key_rotation_overlap_days);
    for user in view.of_kind(IdentityKind::AwsUser) {
        let keys = view.active(&user.id, CredentialKind::AccessKey);
        let rotating = keys.iter().any(|key| key.created.is_some_and(|at| view.age_days(at) <= overlap));
        if keys.len() < 2 || rotating {
            continue;
        }
        let mut draft = Draft::new(format!("user `{}` has {} active access keys", user.name, keys.len()))
            .doubts(Confidence::Medium, view.contradictions(user))
            .remedy("keep one key: finish the rotation or give the second caller an identity of its own")
            .command(["aws", "iam", "list-access-keys", "--user-name", &user.name]);
        for key in keys {
            let created = key.created.map_or_else(|| "at an unknown time".to_owned(), date);
            let fact = format!("{} created {created}, {}", key_name(key), last_use(&key.last_used));
            draft = draft.evidence("active key", fact);
        }
        findings.identity(user, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::CredentialStatus;

    use crate::testing::{Case, days_ago};
    let pair = |name: &'static str, second: i64, status| {
        (name, move |w: &mut crate::testing::World| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |key| key.created = days_ago(80));
            w.key(&user, "AKIA2", |key| {
                key.created = days_ago(second);
                key.status = status;
            });
        })
    };
    let (name, build) = pair("both active", 30, CredentialStatus::Active);
    let (young, rotation) = pair("a rotation in progress", 7, CredentialStatus::Active);
    let (off, disabled) = pair("one disabled", 30, CredentialStatus::Inactive);
    vec![
        Case::fires(name, build).says("AKIA1").says("AKIA2"),
        Case::silent(young, rotation),
        Case::silent(off, disabled),
        Case::silent("one key", |w| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |_| ());
        }),
    ]
}
