use census_model::{Confidence, CredentialKind, IdentityKind, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{date, key_name, last_use, slot},
};

pub(crate) static RULE: Rule = Rule {
    id: "root-access-key",
    version: 1,
    title: "An active access key of the root user",
    severity: Severity::Critical,
    finding_types: &["PRIV-ADMIN", "CRED-LONG-LIVED"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "The root user of an account has a working access key.",
        why: "Root may do everything, in most accounts not even a policy can limit it, and a key never ends by \
              itself and asks for no second factor.",
        remedy: "Move the caller to a role, disable the key as root, wait, and delete it. In an organization, central \
                 root access can remove root credentials of member accounts altogether.",
        limits: "It does not say who uses the key. The key id is only visible to root itself, so the finding may \
                 name the slot only.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for root in view.of_kind(IdentityKind::AwsRootUser) {
        let account = view.account(root).unwrap_or("unknown");
        for key in view.active(&root.id, CredentialKind::AccessKey) {
            let name = key_name(key);
            let draft = Draft::new(format!("the root user of account {account} has an active access key, {name}"))
                .evidence("created", key.created.map_or_else(|| "unknown".to_owned(), date))
                .evidence("activity", last_use(&key.last_used))
                .doubts(Confidence::Medium, view.contradictions(root))
                .remedy(
                    "move the caller to a role, then sign in as root and disable the key; delete it when nothing broke",
                );
            findings.identity(root, &slot(key), draft);
        }
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::CredentialStatus;

    use crate::testing::Case;
    vec![
        Case::fires("an active key", |w| {
            let root = w.root();
            w.key(&root, "AKIA1", |_| ());
        })
        .severity(Severity::Critical)
        .says("7.0:2.4"),
        Case::fires("both keys", |w| {
            let root = w.root();
            w.key(&root, "AKIA1", |_| ());
            w.key(&root, "AKIA2", |key| key.key_id = None);
        })
        .times(2),
        Case::silent("a disabled key", |w| {
            let root = w.root();
            w.key(&root, "AKIA1", |key| key.status = CredentialStatus::Inactive);
        }),
        Case::silent("a user's key", |w| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |_| ());
        }),
    ]
}
