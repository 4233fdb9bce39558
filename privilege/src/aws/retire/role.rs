//! IAM roles.

use census_model::{DependentKind, RetirementTask, Undo, WorkloadKind};

use super::{
    Subject,
    commands::{Call, PROFILE, ROLE},
    deny::Deny,
    holder::Holder,
    open, task,
};

/// Takes everything from it, in a way that gives everything back.
pub(super) fn disable(subject: &Subject<'_>) -> Vec<RetirementTask> {
    let mut tasks: Vec<RetirementTask> = Deny::of(subject).task(&Holder::of(subject)).into_iter().collect();
    tasks.push(task(
        "its trust policy stays as it is: changing it would only keep new sessions out, while the denial takes \
         everything from those that exist too, and who still tries to become it stays visible",
        [],
        Undo::Nothing,
    ));
    tasks
}

/// Deletes it: what it has first, then itself. A boundary and the trust policy end with it.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html>
pub(super) fn delete(subject: &Subject<'_>) -> Vec<RetirementTask> {
    let role = (ROLE, &*subject.identity.name);
    let mut tasks = Vec::new();
    let workloads = subject.index.workloads(&subject.identity.id).iter();
    for profile in workloads.filter(|one| one.kind == WorkloadKind::AwsInstanceProfile) {
        let parameters = [(PROFILE, &*profile.name), role];
        tasks.push(task(
            format!("take it out of the instance profile `{}`", profile.name),
            [Call::iam("remove-role-from-instance-profile", &parameters).command()],
            Undo::By(vec![Call::iam("add-role-to-instance-profile", &parameters).command()]),
        ));
    }
    if !open::of(subject, DependentKind::InstanceProfile).is_empty() {
        let looks = ["list-instance-profiles-for-role", "list-attached-role-policies", "list-role-policies"];
        tasks.push(task(
            "not all that it has could be read: these list instance profiles and policies that have to go too",
            looks.map(|operation| Call::iam(operation, &[role]).command()),
            Undo::Nothing,
        ));
    }
    tasks.extend(Holder::of(subject).policies(subject));
    tasks.push(task(
        "delete it",
        [Call::iam("delete-role", &[role]).command()],
        Undo::Impossible(
            "a role of the same name gets another unique id, and nothing that named this one names it".into(),
        ),
    ));
    tasks
}
