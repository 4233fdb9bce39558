//! IAM users.

use census_model::{
    Command, Credential, CredentialKind, CredentialStatus, DependentKind, RetirementTask, Undo,
};

use super::{
    Subject,
    commands::{ACCESS_KEY, CERTIFICATE, Call, GROUP, Parameter, SPECIFIC, SSH_KEY, STATUS, USER},
    deny::Deny,
    holder::Holder,
    open, task,
};

/// How the API speaks of one kind of credential.
struct Calls {
    kind: CredentialKind,
    /// The option for its id.
    id: Parameter,
    /// Sets its status.
    update: &'static str,
    delete: &'static str,
    list: &'static str,
    noun: &'static str,
}

/// The credentials that have a status, in the order in which DeleteUser lists what has to go first.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html>
const CALLS: [Calls; 4] = [
    Calls {
        kind: CredentialKind::AccessKey,
        id: ACCESS_KEY,
        update: "update-access-key",
        delete: "delete-access-key",
        list: "list-access-keys",
        noun: "access key",
    },
    Calls {
        kind: CredentialKind::SigningCertificate,
        id: CERTIFICATE,
        update: "update-signing-certificate",
        delete: "delete-signing-certificate",
        list: "list-signing-certificates",
        noun: "signing certificate",
    },
    Calls {
        kind: CredentialKind::SshPublicKey,
        id: SSH_KEY,
        update: "update-ssh-public-key",
        delete: "delete-ssh-public-key",
        list: "list-ssh-public-keys",
        noun: "SSH public key",
    },
    Calls {
        kind: CredentialKind::ServiceSpecificCredential,
        id: SPECIFIC,
        update: "update-service-specific-credential",
        delete: "delete-service-specific-credential",
        list: "list-service-specific-credentials",
        noun: "service-specific credential",
    },
];

/// Takes everything from it, in a way that gives everything back.
pub(super) fn disable(subject: &Subject<'_>) -> Vec<RetirementTask> {
    let mut tasks: Vec<RetirementTask> = Deny::of(subject).task(&Holder::of(subject)).into_iter().collect();
    let user = (USER, &*subject.identity.name);
    for calls in &CALLS {
        let of_kind: Vec<&Credential> = credentials(subject, calls.kind).collect();
        for (credential, id) in of_kind.iter().filter_map(|one| Some((one, one.key_id.as_deref()?))) {
            // An expired one is no more in use than an inactive one.
            if matches!(credential.status, CredentialStatus::Inactive | CredentialStatus::Expired) {
                continue;
            }
            let set = |status| Call::iam(calls.update, &[user, (calls.id, id), (STATUS, status)]).command();
            let undo = match credential.status {
                CredentialStatus::Active => Undo::By(vec![set("Active")]),
                _ => Undo::ByHand(
                    "whether it was active could not be read: look before, and set that status again".into(),
                ),
            };
            tasks.push(task(format!("switch {} {id} off", calls.noun), [set("Inactive")], undo));
        }
        if is_unsure(subject, calls, &of_kind) {
            let says = format!(
                "not every {} could be read: switch off each active one that this lists, with `aws iam {}`",
                calls.noun, calls.update
            );
            tasks.push(task(
                says,
                [list(calls.list, subject)],
                Undo::ByHand("set those that were switched off to Active again".into()),
            ));
        }
    }
    if has_password(subject) {
        tasks.push(task(
            "its password stays, since deleting one is for good; the denial takes from the console what it would do \
             there",
            [],
            Undo::Nothing,
        ));
    }
    tasks
}

/// Whether there may be credentials of a kind whose ids are not known.
fn is_unsure(subject: &Subject<'_>, calls: &Calls, of_kind: &[&Credential]) -> bool {
    let unread = |gap: &&census_model::Gap| {
        let list = calls.list.replace('-', "");
        gap.read.strip_prefix("iam:").is_some_and(|read| read.eq_ignore_ascii_case(&list))
            && subject.is_above(gap)
            && subject.is_concerned_by(gap)
    };
    of_kind.iter().any(|one| one.key_id.is_none())
        || subject.index.estate().gaps.iter().any(|gap| unread(&gap))
}

fn credentials<'s>(
    subject: &Subject<'s>,
    kind: CredentialKind,
) -> impl Iterator<Item = &'s Credential> + use<'s> {
    let mut all: Vec<&Credential> = subject.index.credentials(&subject.identity.id).to_vec();
    all.retain(|one| one.kind == kind);
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all.into_iter()
}

fn has_password(subject: &Subject<'_>) -> bool {
    credentials(subject, CredentialKind::ConsolePassword).next().is_some()
}

fn list(operation: &'static str, subject: &Subject<'_>) -> Command {
    Call::iam(operation, &[(USER, &*subject.identity.name)]).command()
}

/// Deletes it: what it has first, in the order of the reference, then itself.
pub(super) fn delete(subject: &Subject<'_>) -> Vec<RetirementTask> {
    let user = (USER, &*subject.identity.name);
    let mut tasks = Vec::new();
    if has_password(subject) {
        tasks.push(task(
            "delete its password",
            [Call::iam("delete-login-profile", &[user]).command()],
            Undo::Impossible("a new password is another one".into()),
        ));
    }
    let gone = |what: &str| Undo::Impossible(format!("{what} cannot be restored, only made anew").into());
    for calls in &CALLS {
        let of_kind: Vec<&Credential> = credentials(subject, calls.kind).collect();
        for id in of_kind.iter().filter_map(|one| one.key_id.as_deref()) {
            let command = Call::iam(calls.delete, &[user, (calls.id, id)]).command();
            tasks.push(task(format!("delete {} {id}", calls.noun), [command], gone("a credential")));
        }
        if is_unsure(subject, calls, &of_kind) {
            let says = format!("delete each {} that this lists, with `aws iam {}`", calls.noun, calls.delete);
            tasks.push(task(says, [list(calls.list, subject)], gone("a credential")));
        }
    }
    tasks.extend(second_factor(subject));
    for group in subject.index.groups_of(&subject.identity.id) {
        let parameters = [user, (GROUP, &*group.name)];
        let add = Call::iam("add-user-to-group", &parameters).command();
        tasks.push(task(
            format!("take it out of the group `{}`", group.name),
            [Call::iam("remove-user-from-group", &parameters).command()],
            Undo::By(vec![add]),
        ));
    }
    if !open::of(subject, DependentKind::Group).is_empty() {
        let looks = ["list-groups-for-user", "list-attached-user-policies", "list-user-policies"];
        tasks.push(task(
            "not all that it has could be read: these list groups and policies that have to go too",
            looks.map(|operation| list(operation, subject)),
            Undo::Nothing,
        ));
    }
    tasks.extend(Holder::of(subject).policies(subject));
    tasks.push(task(
        "delete it",
        [Call::iam("delete-user", &[user]).command()],
        Undo::Impossible(
            "a user of the same name gets another unique id, and nothing that named this one names it".into(),
        ),
    ));
    tasks
}

/// Serial numbers of second factors are not read, so a person has to look.
fn second_factor(subject: &Subject<'_>) -> Option<RetirementTask> {
    let is_known = credentials(subject, CredentialKind::MfaDevice).next().is_some();
    let is_open = !open::of(subject, DependentKind::Credential).is_empty();
    (is_known || is_open).then(|| {
        task(
            "take each second factor off it that this lists, with `aws iam deactivate-mfa-device`; one whose serial \
             number is an ARN is then deleted with `aws iam delete-virtual-mfa-device`",
            [list("list-mfa-devices", subject)],
            Undo::Impossible("a second factor is registered anew".into()),
        )
    })
}
