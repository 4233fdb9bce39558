use census_model::{Confidence, CredentialKind, IdentityKind, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{date, disable_key, key_name, last_use, slot},
};

pub(crate) static RULE: Rule = Rule {
    id: "access-key-old",
    version: 1,
    title: "An active access key older than its limit",
    severity: Severity::Medium,
    finding_types: &["CRED-LONG-LIVED"],
    providers: &[Provider::Aws],
    except_controls: &[("CIS-AWS", "7.0:2.4")],
    thresholds: &["access_key_max_age_days"],
    docs: Docs {
        finds: "An access key works and is older than the limit. Severity is high beyond four times the limit.",
        why: "A key never ends by itself. The longer it lives, the more places hold a copy, and the longer a copy \
              that was stolen works.",
        remedy: "Replace the key by a role where the caller runs on AWS or can use OpenID Connect. Else rotate it: \
                 create the second key, move the caller, disable the old key, wait, and delete it last.",
        limits: "A key whose creation date is not visible is not reported. Keys of the root user have a rule of \
                 their own.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let limit = i64::from(view.thresholds.access_key_max_age_days);
    for identity in view.fixable().filter(|one| one.kind != IdentityKind::AwsRootUser) {
        for key in view.active(&identity.id, CredentialKind::AccessKey) {
            let Some(created) = key.created else { continue };
            let age = view.age_days(created);
            if age <= limit {
                continue;
            }
            let id = key_name(key);
            let mut draft = Draft::new(format!("access key {id} of `{}` is {age} days old", identity.name))
                .evidence("created", date(created))
                .evidence("limit", format!("{limit} days"))
                .evidence("activity", last_use(&key.last_used))
                .doubts(Confidence::Medium, view.contradictions(identity))
                .remedy(
                    "create a new key, move the caller to it, disable this one, wait, and delete it last",
                );
            if age > limit.saturating_mul(4) {
                draft = draft.severity(Severity::High);
            }
            findings.identity(identity, &slot(key), disable_key(draft, identity, key));
        }
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{CredentialStatus, GapReason};

    use crate::testing::{Case, days_ago};
    let aged = |name: &str, days: i64| (name.to_owned(), days);
    let mut cases: Vec<Case> = [aged("one day over", 91), aged("four times the limit", 360)]
        .into_iter()
        .map(|(name, days)| {
            Case::fires(name, move |w| {
                let user = w.user("ci");
                w.key(&user, "AKIA1", |key| key.created = days_ago(days));
            })
            .severity(Severity::Medium)
            .says("update-access-key")
        })
        .collect();
    cases.extend([
        Case::fires("a year and more", |w| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |key| key.created = days_ago(400));
        })
        .severity(Severity::High),
        Case::fires("two old keys", |w| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |key| key.created = days_ago(100));
            w.key(&user, "AKIA2", |key| key.created = days_ago(100));
        })
        .times(2),
        Case::fires("a stricter limit", |w| {
            w.thresholds.access_key_max_age_days = 5;
            let user = w.user("ci");
            w.key(&user, "AKIA1", |_| ());
        }),
        Case::fires("two sources contradict each other", |w| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |key| key.created = days_ago(100));
            w.gap("iam:GetCredentialReport", GapReason::Inconsistent);
        })
        .confidence(Confidence::Medium),
        Case::silent("at the limit", |w| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |key| key.created = days_ago(90));
        }),
        Case::silent("disabled", |w| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |key| {
                key.created = days_ago(400);
                key.status = CredentialStatus::Inactive;
            });
        }),
        Case::silent("creation unknown", |w| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |key| key.created = None);
        }),
        Case::silent("a key of the root user", |w| {
            let root = w.root();
            w.key(&root, "AKIA1", |key| key.created = days_ago(400));
        }),
    ]);
    cases
}
