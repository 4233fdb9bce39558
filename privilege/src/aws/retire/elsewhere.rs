//! Identities that nobody can change where they are: the root user, service-linked roles, roles of IAM Identity Center.

use census_model::{
    Assignee, AssigneeKind, CredentialKind, Evidence, KeeperKind, RetirementTask, StageKind, Undo,
};

use super::{
    Subject,
    commands::{
        ACCOUNT, Call, INSTANCE, PERMISSION_SET, PRINCIPAL, PRINCIPAL_TYPE, ROLE, TARGET, TARGET_TYPE,
    },
    keepers, task,
};

/// Who keeps it so that nobody else can change it.
pub(super) fn keeper(subject: &Subject<'_>) -> Option<KeeperKind> {
    subject.identity.managed_by.as_ref()?;
    let kinds = [KeeperKind::PermissionSet, KeeperKind::Service];
    keepers::of(subject).into_iter().map(|keeper| keeper.kind).find(|kind| kinds.contains(kind))
}

/// What can be done about the root user.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html>
pub(super) fn root(subject: &Subject<'_>, stage: StageKind) -> Vec<RetirementTask> {
    let keys = |kind: CredentialKind| {
        let all = subject.index.credentials(&subject.identity.id).iter().filter(move |one| one.kind == kind);
        all.map(move |one| Evidence::new(kind.as_str(), one.key_id.as_deref().unwrap_or("id not known")))
    };
    let evidence: Vec<Evidence> =
        keys(CredentialKind::AccessKey).chain(keys(CredentialKind::SigningCertificate)).collect();
    let some = |says: &str, undo: Undo| {
        if evidence.is_empty() {
            return Vec::new();
        }
        let mut found = task(says, [], undo);
        found.evidence.clone_from(&evidence);
        vec![found]
    };
    match stage {
        StageKind::Disable => some(
            "sign in as the root user and switch its access keys and signing certificates off; no policy of the account \
             limits it",
            Undo::ByHand("switch them on again as the root user".into()),
        ),
        StageKind::Delete => some(
            "delete them, as the root user or from the organization's management account with central management of root \
             access",
            Undo::Impossible("a deleted key cannot be restored".into()),
        ),
        StageKind::CleanUp => vec![task(
            "lock it away: a long password and a second factor that two people need to reach, or no password at all where \
             the organization manages root access centrally",
            [],
            Undo::Nothing,
        )],
        StageKind::Announce | StageKind::Wait => Vec::new(),
    }
}

/// What can be done about an identity that somebody else keeps.
pub(super) fn kept(subject: &Subject<'_>, stage: StageKind) -> Vec<RetirementTask> {
    match keeper(subject) {
        Some(KeeperKind::PermissionSet) => permission_set(subject, stage),
        Some(_) if is_service_linked(subject) => service_linked(subject, stage),
        _ => match stage {
            StageKind::Delete => {
                vec![task("ask the service that keeps it how it is given up", [], Undo::Nothing)]
            }
            _ => Vec::new(),
        },
    }
}

fn is_service_linked(subject: &Subject<'_>) -> bool {
    subject.identity.path.as_deref().is_some_and(|path| path.starts_with("/aws-service-role/"))
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html>
fn service_linked(subject: &Subject<'_>, stage: StageKind) -> Vec<RetirementTask> {
    let role = (ROLE, &*subject.identity.name);
    match stage {
        StageKind::Disable => vec![task(
            "it cannot be disabled: nobody can attach a policy to a service-linked role or end its sessions",
            [],
            Undo::Nothing,
        )],
        StageKind::Wait => vec![task(
            "see when the service last used it",
            [Call::iam("get-role", &[role]).showing("Role.RoleLastUsed").command()],
            Undo::Nothing,
        )],
        StageKind::Delete => vec![
            task(
                "delete what the service keeps in every region, in the service itself: as long as anything uses the role, \
                 its deletion fails and names it",
                [],
                Undo::Impossible("what is deleted in a service is gone".into()),
            ),
            task(
                "ask for its deletion; with the answer's DeletionTaskId `aws iam \
                 get-service-linked-role-deletion-status` tells how it went",
                [Call::iam("delete-service-linked-role", &[role]).command()],
                Undo::ByHand("the service makes it anew when it needs it".into()),
            ),
        ],
        StageKind::Announce | StageKind::CleanUp => Vec::new(),
    }
}

/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/useraccess.html>
fn permission_set(subject: &Subject<'_>, stage: StageKind) -> Vec<RetirementTask> {
    let Some(set) = subject.index.permission_set(&subject.identity.id) else {
        return match stage {
            StageKind::Disable => vec![task(
                "which permission set it is kept for was not read: find it in IAM Identity Center, in the management \
                 account or as delegated administrator, and take its assignments in this account away",
                [],
                Undo::ByHand("assign it again".into()),
            )],
            _ => Vec::new(),
        };
    };
    let (partition, account) = subject.place();
    let instance = set.native_id.split('/').nth(1).map(|id| format!("arn:{partition}:sso:::instance/{id}"));
    let Some(instance) = instance.as_deref() else { return Vec::new() };
    match stage {
        StageKind::Disable => {
            let mut tasks: Vec<RetirementTask> = set
                .assigned
                .known()
                .into_iter()
                .flatten()
                .map(|one| unassign(instance, account, home(subject), &set.native_id, one))
                .collect();
            if set.assigned.known().is_none() {
                let parameters =
                    [(INSTANCE, instance), (ACCOUNT, account), (PERMISSION_SET, &*set.native_id)];
                tasks.push(task(
                    "to whom it is assigned was not read: take away each assignment that this lists, with `aws sso-admin \
                     delete-account-assignment`, in the management account or as delegated administrator",
                    [Call::new("sso-admin", "list-account-assignments", &parameters).within(home(subject)).command()],
                    Undo::ByHand("assign it again to the same".into()),
                ));
            }
            tasks.push(task(
                "sessions go on until they end; IAM Identity Center can end them for a user",
                [],
                Undo::Nothing,
            ));
            tasks
        }
        StageKind::Wait => vec![task(
            "see whether anybody misses it: the role is gone with its last assignment",
            [],
            Undo::Nothing,
        )],
        StageKind::Delete => vec![task(
            "where no account needs the permission set any more, delete it in IAM Identity Center",
            [],
            Undo::Impossible("a permission set is made anew, with another id".into()),
        )],
        StageKind::Announce | StageKind::CleanUp => Vec::new(),
    }
}

/// The home region of IAM Identity Center, which the paths of its roles name; none means us-east-1.
fn home<'s>(subject: &Subject<'s>) -> &'s str {
    let path = subject.identity.path.as_deref().unwrap_or_default();
    let rest = path.strip_prefix("/aws-reserved/sso.amazonaws.com/").unwrap_or_default();
    rest.split('/').next().filter(|region| !region.is_empty()).unwrap_or("us-east-1")
}

fn unassign(instance: &str, account: &str, home: &str, set: &str, to: &Assignee) -> RetirementTask {
    let kind = match to.kind {
        AssigneeKind::Group => "GROUP",
        AssigneeKind::User => "USER",
    };
    let parameters = [
        (INSTANCE, instance),
        (TARGET, account),
        (TARGET_TYPE, "AWS_ACCOUNT"),
        (PERMISSION_SET, set),
        (PRINCIPAL_TYPE, kind),
        (PRINCIPAL, &*to.id),
    ];
    task(
        format!(
            "take it from {} `{}` in this account, in the management account or as delegated administrator",
            to.kind.as_str(),
            to.name.as_deref().unwrap_or(&to.id)
        ),
        [Call::new("sso-admin", "delete-account-assignment", &parameters).within(home).command()],
        Undo::By(vec![
            Call::new("sso-admin", "create-account-assignment", &parameters).within(home).command(),
        ]),
    )
}
