use census_model::{Confidence, CredentialKind, IdentityKind, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{key_name, last_use},
};

pub(crate) static RULE: Rule = Rule {
    id: "console-and-key",
    version: 1,
    title: "A console password and an active access key on one user",
    severity: Severity::Medium,
    finding_types: &["USE-HUMAN"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "One user can sign in to the console with a password and call the API with an access key.",
        why: "Either a person uses a machine's identity or a program uses a person's. Their actions cannot be told \
              apart in the log, and when the person leaves, the program breaks or the password stays.",
        remedy: "Give the program an identity of its own, best a role, and the person single sign-on; then take away \
                 whichever of the two is left over.",
        limits: "People who keep a key for the command line are reported too: it is the same risk. Whether there is \
                 a password is only known from the credential report or the list of login profiles.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for user in view.of_kind(IdentityKind::AwsUser) {
        let passwords = view.active(&user.id, CredentialKind::ConsolePassword);
        let keys = view.active(&user.id, CredentialKind::AccessKey);
        let (Some(password), false) = (passwords.first(), keys.is_empty()) else { continue };
        let mut draft = Draft::new(format!(
            "user `{}` has a console password and an active access key",
            user.name
        ))
        .evidence("console password", last_use(&password.last_used))
        .doubts(Confidence::Medium, view.contradictions(user))
        .remedy("give the program an identity of its own and the person single sign-on, then drop the rest")
        .command(["aws", "iam", "list-access-keys", "--user-name", &user.name])
        .command(["aws", "iam", "get-login-profile", "--user-name", &user.name]);
        for key in keys {
            draft = draft.evidence("active key", format!("{}, {}", key_name(key), last_use(&key.last_used)));
        }
        findings.identity(user, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::CredentialStatus;

    use crate::testing::Case;
    vec![
        Case::fires("both", |w| {
            let user = w.user("ann");
            w.credential(&user, CredentialKind::ConsolePassword, |_| ());
            w.key(&user, "AKIA1", |_| ());
        })
        .says("AKIA1"),
        Case::silent("a key only", |w| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |_| ());
        }),
        Case::silent("a password only", |w| {
            let user = w.user("ann");
            w.credential(&user, CredentialKind::ConsolePassword, |_| ());
        }),
        Case::silent("the key is disabled", |w| {
            let user = w.user("ann");
            w.credential(&user, CredentialKind::ConsolePassword, |_| ());
            w.key(&user, "AKIA1", |key| key.status = CredentialStatus::Inactive);
        }),
        Case::silent("whether the password works is unknown", |w| {
            let user = w.user("ann");
            w.credential(&user, CredentialKind::ConsolePassword, |p| p.status = CredentialStatus::Unknown);
            w.key(&user, "AKIA1", |_| ());
        }),
    ]
}
