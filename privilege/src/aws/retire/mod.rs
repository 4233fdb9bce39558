//! How an identity is retired: what depends on it, how it is disabled so that it can be given back, and in which order
//! AWS lets it be deleted.
//!
//! What is said of AWS here is from the IAM API reference (DeleteUser, DeleteRole, DeleteServiceLinkedRole) and the IAM
//! user guide, named beside each fact.

mod clean_up;
mod commands;
mod deny;
mod dependents;
mod elsewhere;
mod holder;
mod keepers;
mod names;
mod open;
mod role;
mod stages;
mod user;

use census_model::{
    Gap, Grant, Identity, IdentityKind, Index, KeeperKind, LifeState, OwnerRecord, Reaches, RetirementPlan,
    RetirementStage, RetirementTask, RetirementWay, StageKind, Text, Undo, WorkloadState,
};

pub use self::deny::{DENY_DOCUMENT, POLICY_NAME};

/// What a plan is made from.
pub(super) struct Subject<'s> {
    index: &'s Index<'s>,
    reaches: &'s Reaches,
    owner: Option<&'s OwnerRecord>,
    identity: &'s Identity,
}

/// How to retire an identity, and what that would break.
pub fn plan<'s>(
    index: &'s Index<'s>,
    reaches: &'s Reaches,
    owner: Option<&'s OwnerRecord>,
    identity: &'s Identity,
) -> RetirementPlan {
    let subject = Subject { index, reaches, owner, identity };
    let kept_by = keepers::of(&subject);
    let (way, because) = way(&subject);
    let dependents = dependents::of(&subject);
    let wait = stages::wait(&subject);
    let stages = StageKind::ALL.into_iter().map(|kind| RetirementStage {
        kind,
        tasks: match (way, kind) {
            (_, StageKind::Announce) => stages::announce(&subject, &dependents),
            (RetirementWay::Never, _) => elsewhere::root(&subject, kind),
            (RetirementWay::Elsewhere, _) => elsewhere::kept(&subject, kind),
            (RetirementWay::Staged, StageKind::Wait) => stages::watch(&subject),
            (RetirementWay::Staged, StageKind::CleanUp) => clean_up::tasks(&subject, &kept_by),
            (RetirementWay::Staged, StageKind::Disable) => {
                chain([stages::right_account(&subject)], disable(&subject))
            }
            (RetirementWay::Staged, StageKind::Delete) => chain(keepers::first(&kept_by), delete(&subject)),
        },
    });
    RetirementPlan {
        way,
        because,
        remarks: remarks(&subject, way),
        last_used: index.activity(identity).seen(),
        stages: stages.collect(),
        kept_by,
        dependents,
        wait,
    }
}

fn chain(
    first: impl IntoIterator<Item = RetirementTask>,
    then: impl IntoIterator<Item = RetirementTask>,
) -> Vec<RetirementTask> {
    first.into_iter().chain(then).collect()
}

fn disable(subject: &Subject<'_>) -> Vec<RetirementTask> {
    match subject.identity.kind {
        IdentityKind::AwsUser => user::disable(subject),
        IdentityKind::AwsRole => role::disable(subject),
        _ => Vec::new(),
    }
}

fn delete(subject: &Subject<'_>) -> Vec<RetirementTask> {
    match subject.identity.kind {
        IdentityKind::AwsUser => user::delete(subject),
        IdentityKind::AwsRole => role::delete(subject),
        _ => Vec::new(),
    }
}

fn way(subject: &Subject<'_>) -> (RetirementWay, Text) {
    if subject.identity.kind == IdentityKind::AwsRootUser {
        let because =
            "an account has its root user for as long as it exists; take away its keys and lock it away";
        return (RetirementWay::Never, because.into());
    }
    match elsewhere::keeper(subject) {
        Some(KeeperKind::PermissionSet) => (
            RetirementWay::Elsewhere,
            "IAM Identity Center keeps it for a permission set, and nobody can change it in the account; it goes with \
             the last assignment"
                .into(),
        ),
        Some(_) => (
            RetirementWay::Elsewhere,
            "a service of AWS keeps it, and nobody can change what it may do; it goes once the service needs it no \
             more"
                .into(),
        ),
        None => (
            RetirementWay::Staged,
            "it is disabled so that it can be given back at once, watched, and then deleted, which is for good".into(),
        ),
    }
}

fn remarks(subject: &Subject<'_>, way: RetirementWay) -> Vec<Text> {
    let mut remarks: Vec<Text> = Vec::new();
    if subject
        .owner
        .and_then(|owner| owner.life.as_ref())
        .is_some_and(|life| life.state == LifeState::Retired)
    {
        remarks.push(
            "it should have been retired and nobody can act as it any more; what is left is to delete it"
                .into(),
        );
    }
    if way == RetirementWay::Staged && deny::is_there(subject) {
        remarks.push(format!("its policy `{POLICY_NAME}` denies everything already").into());
    }
    let runs = |workload: &&census_model::Workload| workload.state == Some(WorkloadState::Running);
    let running = subject.index.workloads(&subject.identity.id).iter().copied().filter(runs).count();
    if running > 0 {
        remarks.push(format!("{running} of what runs as it run now, and stop working with stage 1").into());
    }
    if subject.identity.kind == IdentityKind::AwsUser {
        remarks.push(
            "where its keys and passwords are kept cannot be seen from the account: whoever holds one is found by what \
             is denied in stage 2"
                .into(),
        );
        remarks.push(
            "sessions of roles that it became before stage 1 go on until they end, at most 12 hours".into(),
        );
    }
    if way != RetirementWay::Never {
        remarks.push("policies in accounts outside of this scan may name it too, and are not seen".into());
    }
    remarks
}

impl Subject<'_> {
    /// Whether a gap is about the identity's account or what that lies in.
    fn is_above(&self, gap: &Gap) -> bool {
        gap.scope.as_ref().is_none_or(|scope| {
            *scope == self.identity.scope
                || self.index.ancestors(&self.identity.scope).iter().any(|above| above.id == *scope)
        })
    }

    /// Whether a gap is about the identity, or about nothing in particular.
    fn is_concerned_by(&self, gap: &Gap) -> bool {
        let unique = self.identity.immutable_id.as_deref();
        [
            Some(self.identity.id.as_str()),
            Some(&*self.identity.native_id),
            unique,
            Some(self.identity.scope.as_str()),
        ]
        .into_iter()
        .flatten()
        .any(|id| gap.concerns(id))
    }

    /// The text of the policy of an attachment, where it was read.
    fn text(&self, grant: &Grant) -> Option<&str> {
        let policies = &self.index.estate().policies;
        grant.policy.as_ref().and_then(|id| policies.get(id)).map(|policy| &*policy.text)
    }

    /// The partition and account of its ARN.
    fn place(&self) -> (&str, &str) {
        let mut parts = self.identity.native_id.split(':');
        (parts.nth(1).unwrap_or("aws"), parts.nth(2).unwrap_or_default())
    }
}

/// Something to do, with the commands for it.
fn task(
    says: impl Into<Text>,
    commands: impl IntoIterator<Item = census_model::Command>,
    undo: Undo,
) -> RetirementTask {
    RetirementTask { says: says.into(), evidence: Vec::new(), commands: commands.into_iter().collect(), undo }
}
