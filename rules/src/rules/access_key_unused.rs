use census_model::{Confidence, CredentialKind, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{date, disable_key, holder, idle_since, key_name, slot},
    idleness::unused_credential,
};

pub(crate) static RULE: Rule = Rule {
    id: "access-key-unused",
    version: 2,
    title: "An active access key that is not used",
    severity: Severity::Medium,
    finding_types: &["LIFE-IDLE"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &["unused_days", "new_identity_grace_days"],
    docs: Docs {
        finds: "An access key works, but was last used longer ago than the limit, or has not been used for as far \
                back as AWS shows. Where the registration of its holder says how often it is used at least \
                (`used_every`) and that is longer, that is the limit.",
        why: "Nobody misses a key that nobody uses, so nobody notices when somebody else uses it.",
        remedy: "Disable the key. When nothing breaks for a month, delete it.",
        limits: "AWS notes the use of keys since April 2015 and with a delay of some hours, so the finding says since \
                 when the key is known to be unused, not that it was never used. A key whose use is not visible is \
                 not reported, nor is one younger than the grace period.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in view.fixable() {
        for key in view.active(&identity.id, CredentialKind::AccessKey) {
            let Some(idle) = unused_credential(view, identity, key) else { continue };
            let id = key_name(key);
            let whose = holder(view, identity);
            let draft = Draft::new(format!("access key {id} of {whose} is unused for {} days", idle.days))
                .evidence("activity", idle_since(&idle))
                .evidence("created", key.created.map_or_else(|| "unknown".to_owned(), date))
                .evidence("limit", format!("{} days", view.unused_limit(identity)))
                .doubts(Confidence::Medium, view.contradictions(identity))
                .remedy("disable the key, wait a month, and delete it when nothing broke");
            findings.identity(identity, &slot(key), disable_key(draft, identity, key));
        }
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;
    use census_model::{CredentialStatus, LastUse, Observed};

    use crate::testing::{Case, days_ago, not_since, not_visible};
    let unused = |name: &str, created: Option<i64>, used: Observed<LastUse>| {
        let (used, created) = (used, created.map(fixtures::days_ago));
        (name.to_owned(), move |w: &mut crate::testing::World| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |key| {
                key.created = created;
                key.last_used = used.clone();
            });
        })
    };
    let fires = |(name, build): (String, _)| Case::fires(name, build);
    let silent = |(name, build): (String, _)| Case::silent(name, build);
    vec![
        fires(unused("used 91 days ago", Some(500), fixtures::used(91))).says("last used on"),
        fires(unused("no use in view", Some(500), not_since(400))).says("not used since at least"),
        fires(unused("created 100 days ago and not used since", Some(100), not_since(100))),
        fires(unused("creation unknown", None, not_since(200))),
        silent(unused("used 90 days ago", Some(500), fixtures::used(90))),
        silent(unused("not visible", Some(500), not_visible())),
        silent(unused("young, although the view reaches further back", Some(20), not_since(400))),
        Case::silent("a yearly job, by its registration", |w| {
            let user = w.user("yearly");
            w.used_every(&user, "P1Y");
            w.key(&user, "AKIA1", |key| {
                key.created = days_ago(500);
                key.last_used = fixtures::used(300);
            });
        }),
        Case::fires("keys of a root user, told apart by account and place", |w| {
            let root = w.root();
            for place in ["1", "2"] {
                w.key(&root, place, |key| {
                    key.key_id = None;
                    key.created = days_ago(500);
                    key.last_used = fixtures::used(91);
                });
            }
        })
        .times(2)
        .says("of the root user of account 111122223333"),
        Case::silent("within the grace period, whatever the limit", |w| {
            w.thresholds.unused_days = 1;
            let user = w.user("ci");
            w.key(&user, "AKIA1", |key| {
                key.created = days_ago(13);
                key.last_used = not_since(13);
            });
        }),
        Case::silent("disabled", |w| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |key| {
                key.status = CredentialStatus::Inactive;
                key.created = days_ago(500);
                key.last_used = not_since(400);
            });
        }),
    ]
}
