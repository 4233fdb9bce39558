use census_model::{
    Confidence, Credential, CredentialKind, CredentialStatus, IdentityKind, Observed, Provider, Severity,
};
use jiff::Timestamp;

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::{date, holder, key_name, last_use, slot},
    entra::delete_credential,
};

pub(crate) static RULE: Rule = Rule {
    id: "disabled-key-remains",
    version: 2,
    title: "A disabled or expired credential that was never deleted",
    severity: Severity::Low,
    finding_types: &["CRED-EXPIRED-PRESENT"],
    providers: &[Provider::Aws, Provider::Azure],
    except_controls: &[],
    thresholds: &["disabled_key_days"],
    docs: Docs {
        finds: "A credential is disabled or expired and still there, longer after its last use, or its end, than the limit: an \
                access key, SSH key, signing certificate or service-specific credential of AWS; a client secret or \
                certificate of an application of Entra ID.",
        why: "Whoever may enable it has a working secret that somebody may still hold. In AWS it takes one of the two places \
              that rotation needs. In Entra ID, where nothing that has ended works again, it hides the ones that work from \
              whoever looks through the list.",
        remedy: "Delete it: being out of use this long, nothing depends on it.",
        limits: "AWS does not show when a credential was disabled, so the time is counted from its last known use or \
                 its creation, whichever is later. Where the last use is not visible it is counted from the creation, \
                 and confidence is medium, but for what has ended. An expired certificate of an application may still be named by \
                 a program that will then say so.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let limit = i64::from(view.thresholds.disabled_key_days);
    for identity in view.fixable() {
        for key in view.index.credentials(&identity.id).iter().filter(|c| is_left_over(c)) {
            // Without any date nothing says that it was disabled lately.
            let (since, visible) = last_sign_of_life(key);
            if since.is_some_and(|at| view.age_days(at) <= limit) {
                continue;
            }
            let name = key_name(key);
            let status = key.status.as_str();
            let whose = holder(view, identity);
            let mut draft = Draft::new(format!("{status} {} {name} of {whose} is still there", key.kind))
                .evidence("status", status)
                .evidence("created", key.created.map_or_else(|| "unknown".to_owned(), date))
                .evidence("ends", key.expires.map_or_else(|| "no end".to_owned(), date))
                .evidence("activity", last_use(&key.last_used))
                .evidence("limit", format!("{limit} days"))
                .doubts(Confidence::Medium, view.contradictions(identity))
                .remedy(
                    "delete it; it has been out of use for longer than anybody needs to change their mind",
                );
            if !visible {
                draft = draft.at_most(Confidence::Medium);
            }
            if let (Some((delete, option)), Some(id), IdentityKind::AwsUser) =
                (delete(key.kind), &key.key_id, identity.kind)
            {
                draft = draft.command(["aws", "iam", delete, "--user-name", &identity.name, option, id]);
            }
            findings.identity(identity, &slot(key), delete_credential(draft, identity, key));
        }
    }
}

/// The command that deletes a credential of a user, and its option for the id.
fn delete(kind: CredentialKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        CredentialKind::AccessKey => ("delete-access-key", "--access-key-id"),
        CredentialKind::SigningCertificate => ("delete-signing-certificate", "--certificate-id"),
        CredentialKind::SshPublicKey => ("delete-ssh-public-key", "--ssh-public-key-id"),
        CredentialKind::ServiceSpecificCredential => {
            ("delete-service-specific-credential", "--service-specific-credential-id")
        }
        _ => return None,
    })
}

fn is_left_over(credential: &Credential) -> bool {
    let secret = matches!(
        credential.kind,
        CredentialKind::AccessKey
            | CredentialKind::SigningCertificate
            | CredentialKind::SshPublicKey
            | CredentialKind::ServiceSpecificCredential
            | CredentialKind::ClientSecret
            | CredentialKind::ClientCertificate
    );
    secret && matches!(credential.status, CredentialStatus::Inactive | CredentialStatus::Expired)
}

/// The latest date on which it certainly was in use or made or ended, and whether that can be relied on: its last use was
/// visible, or none was possible any more.
fn last_sign_of_life(credential: &Credential) -> (Option<Timestamp>, bool) {
    let used = credential.last_used.known().map(|used| used.at);
    let expired = (credential.status == CredentialStatus::Expired).then_some(credential.expires).flatten();
    let visible = expired.is_some() || !matches!(credential.last_used, Observed::NotVisible(_));
    (used.max(credential.created).max(expired), visible)
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures as fixtures;

    use crate::testing::{Case, World, days_ago, not_since, not_visible};
    let key = |change: fn(&mut Credential)| {
        move |w: &mut World| {
            let user = w.user("ci");
            w.key(&user, "AKIA1", |key| {
                key.status = CredentialStatus::Inactive;
                key.created = days_ago(500);
                key.last_used = fixtures::used(200);
                change(key);
            });
        }
    };
    vec![
        Case::fires("used long ago", key(|_| ())).confidence(Confidence::High).says("delete-access-key"),
        Case::fires("never used in view", key(|k| k.last_used = not_since(400))).confidence(Confidence::High),
        Case::fires("use not visible", key(|k| k.last_used = not_visible())).confidence(Confidence::Medium),
        Case::fires("an SSH key", |w| {
            let user = w.user("dev");
            w.credential(&user, CredentialKind::SshPublicKey, |key| {
                key.status = CredentialStatus::Inactive;
                key.created = days_ago(500);
                key.last_used = not_visible();
            });
        })
        .says("delete-ssh-public-key"),
        Case::fires("expired long ago", |w| {
            let user = w.user("dev");
            w.credential(&user, CredentialKind::ServiceSpecificCredential, |key| {
                key.status = CredentialStatus::Expired;
                key.created = days_ago(500);
                key.expires = days_ago(100);
                key.last_used = not_visible();
            });
        })
        .says("delete-service-specific-credential"),
        Case::fires("a secret of an application, which ended long ago", |w| {
            let app = w.app("billing");
            w.secret(&app, "first", |secret| {
                secret.status = CredentialStatus::Expired;
                secret.created = days_ago(500);
                secret.expires = days_ago(100);
                secret.last_used = not_visible();
            });
        })
        .confidence(Confidence::High)
        .says("expired client-secret")
        .says("\"ad\", \"app\", \"credential\", \"delete\""),
        Case::silent("a secret that ended lately", |w| {
            let app = w.app("billing");
            w.secret(&app, "first", |secret| {
                secret.status = CredentialStatus::Expired;
                secret.expires = days_ago(5);
            });
        }),
        Case::silent("expired lately", |w| {
            let user = w.user("dev");
            w.credential(&user, CredentialKind::ServiceSpecificCredential, |key| {
                key.status = CredentialStatus::Expired;
                key.created = days_ago(500);
                key.expires = days_ago(3);
                key.last_used = not_visible();
            });
        }),
        Case::silent("used until lately", key(|k| k.last_used = fixtures::used(30))),
        Case::silent(
            "created lately",
            key(|k| {
                k.created = days_ago(3);
                k.last_used = not_since(3);
            }),
        ),
        Case::silent("active", key(|k| k.status = CredentialStatus::Active)),
        Case::silent("status unknown", key(|k| k.status = CredentialStatus::Unknown)),
    ]
}
