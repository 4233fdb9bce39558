//! Permission sets of AWS IAM Identity Center in `census.report/1`.

use census_model as model;
use schemars::JsonSchema;
use serde::Serialize;

use super::scalars::AssigneeKind;

/// A permission set of AWS IAM Identity Center, and to whom it is assigned in the account.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct PermissionSet<'v> {
    /// Its ARN.
    pub(crate) native_id: &'v str,
    pub(crate) name: &'v str,
    /// Who may sign in as the role; null where that could not be read.
    pub(crate) assigned: Option<Vec<Assignee<'v>>>,
    /// Id of the gap that tells why it could not.
    pub(crate) gap: Option<&'v str>,
}

/// A group or user of the identity store.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Assignee<'v> {
    pub(crate) kind: AssigneeKind,
    /// The id in the identity store.
    pub(crate) id: &'v str,
    /// The display name of a group, where it was read; of users none is.
    pub(crate) name: Option<&'v str>,
}

/// The permission set that a role is kept for.
pub(super) fn of_role(set: &model::PermissionSet) -> PermissionSet<'_> {
    PermissionSet {
        native_id: &set.native_id,
        name: &set.name,
        assigned: set.assigned.known().map(|all| all.iter().map(assignee).collect()),
        gap: match &set.assigned {
            model::Observed::NotVisible(gap) => Some(gap.as_str()),
            model::Observed::Known(_) | model::Observed::NotSince(_) => None,
        },
    }
}

fn assignee(one: &model::Assignee) -> Assignee<'_> {
    Assignee { kind: one.kind.into(), id: &one.id, name: one.name.as_deref() }
}
