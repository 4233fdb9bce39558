//! Whoever has policies, and the commands about them.

use census_model::{Command, Effect, Grant, IdentityKind, RetirementTask, Undo, Via};

use super::{
    Subject,
    commands::{Call, POLICY_ARN, POLICY_DOCUMENT, POLICY_NAME, Parameter, ROLE, USER},
    deny::{self, Deny},
    task,
};

/// A user or a role, by name.
pub(super) struct Holder<'s> {
    kind: IdentityKind,
    name: &'s str,
}

impl<'s> Holder<'s> {
    pub(super) fn of(subject: &Subject<'s>) -> Self {
        Self { kind: subject.identity.kind, name: &subject.identity.name }
    }

    fn named(&self) -> (Parameter, &'s str) {
        (self.choose(USER, ROLE), self.name)
    }

    fn choose<T>(&self, user: T, role: T) -> T {
        if self.kind == IdentityKind::AwsRole { role } else { user }
    }

    /// Puts an inline policy.
    pub(super) fn put(&self, name: &str, document: &str) -> Command {
        let parameters = [self.named(), (POLICY_NAME, name), (POLICY_DOCUMENT, document)];
        Call::iam(self.choose("put-user-policy", "put-role-policy"), &parameters).command()
    }

    /// Deletes an inline policy.
    pub(super) fn delete_inline(&self, name: &str) -> Command {
        let parameters = [self.named(), (POLICY_NAME, name)];
        Call::iam(self.choose("delete-user-policy", "delete-role-policy"), &parameters).command()
    }

    /// Attaches a managed policy.
    pub(super) fn attach(&self, arn: &str) -> Command {
        let parameters = [self.named(), (POLICY_ARN, arn)];
        Call::iam(self.choose("attach-user-policy", "attach-role-policy"), &parameters).command()
    }

    /// Detaches a managed policy.
    pub(super) fn detach(&self, arn: &str) -> Command {
        let parameters = [self.named(), (POLICY_ARN, arn)];
        Call::iam(self.choose("detach-user-policy", "detach-role-policy"), &parameters).command()
    }

    /// The tasks that take its policies away, those that deny everything last, so that it stays denied until it is gone.
    pub(super) fn policies(&self, subject: &Subject<'_>) -> Vec<RetirementTask> {
        let mut grants: Vec<&Grant> = own(subject).collect();
        grants.sort_by_key(|grant| {
            (deny::denies_all(subject, grant), matches!(grant.via, Via::Managed { .. }))
        });
        let mut tasks: Vec<RetirementTask> =
            grants.into_iter().filter_map(|grant| self.without(subject, grant)).collect();
        tasks.extend(Deny::of(subject).removal(self));
        tasks
    }

    fn without(&self, subject: &Subject<'_>, grant: &Grant) -> Option<RetirementTask> {
        match &grant.via {
            Via::Managed { native_id, name } => Some(task(
                format!("detach `{name}`"),
                [self.detach(native_id)],
                Undo::By(vec![self.attach(native_id)]),
            )),
            Via::Inline { name } => {
                let undo = match subject.text(grant) {
                    Some(text) => Undo::By(vec![self.put(name, text)]),
                    None => Undo::Impossible("its text could not be read; keep a copy before".into()),
                };
                Some(task(format!("delete the inline policy `{name}`"), [self.delete_inline(name)], undo))
            }
            _ => None,
        }
    }
}

/// What is attached to the identity itself, but for its boundary.
pub(super) fn own<'s>(subject: &Subject<'s>) -> impl Iterator<Item = &'s Grant> + use<'s> {
    let index = subject.index;
    let all = index.grants_of_identity(&subject.identity.id).to_vec();
    all.into_iter().filter(|grant| grant.effect != Effect::Ceiling)
}
