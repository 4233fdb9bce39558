//! Permission sets of IAM Identity Center and the roles that are kept for them.

use std::collections::BTreeMap;

use census_model::{
    Assignee, AssigneeKind, EstateBuilder, Gap, GapId, GapReason, Observed, PermissionSet, Provider, Text,
};
use census_provider_api::ReadError;

use super::{
    account::{Account, identity_id},
    arn::Arn,
    files::{Bytes, Files, items, unique},
    gaps::{Noted, Presence},
    whose::Whose,
};
use crate::documents::{
    AccountAssignment, AccountFile, AuthorizationDetails, PermissionSet as Entry, PrincipalType,
    RESERVED_PATH, RoleDetail, permission_set_of,
};

/// The read that stands for the file in gaps.
const READ: &str = "sso:ListInstances";

/// The read that tells assignments.
const ASSIGNMENTS: &str = "sso:ListAccountAssignments";

/// Refuses what is no permission set, and assignments in other accounts, which would open roles to people who may not
/// use them.
///
/// # Errors
/// Names the entry and the field.
pub(super) fn check(files: &Files<'_>, bytes: &Bytes<'_>, whose: &Whose) -> Result<(), ReadError> {
    let wrong = |place: String, problem: String| ReadError::Document {
        document: bytes.path(AccountFile::IdentityCenter),
        place,
        problem,
    };
    for (position, one) in items(&files.permission_sets) {
        let arn = &one.permission_set_arn;
        if !is_permission_set(arn) {
            let problem = format!("`{arn}` is not the ARN of a permission set");
            return Err(wrong(format!("[{position}].PermissionSetArn"), problem));
        }
        for (number, assignment) in one.account_assignments.iter().flatten().enumerate() {
            if let Some(account) = assignment.account_id.as_deref().filter(|id| *id != whose.account) {
                return Err(wrong(
                    format!("[{position}].AccountAssignments[{number}].AccountId"),
                    format!(
                        "`{account}` is not the account of the folder, {}; give each account a folder of its own",
                        whose.account
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// `arn:<partition>:sso:::permissionSet/<instance>/<permission set>`.
fn is_permission_set(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, "sso", "", "", resource] if resource.starts_with("permissionSet/"))
}

/// Adds the permission set of each role that IAM Identity Center keeps. Without such a role nothing is missing.
pub(super) fn read(
    account: &Account<'_>,
    files: &Files<'_>,
    details: &AuthorizationDetails<'_>,
    noted: &Noted,
    estate: &mut EstateBuilder,
) {
    let roles = Roles::of(details);
    let presence = Presence::of_list(&files.permission_sets);
    let reading = Reading { account, noted };
    let everything = || roles.ids(|_| true);
    match presence {
        Presence::Whole => {}
        Presence::Truncated => {
            reading.gap(
                READ,
                GapReason::Truncated,
                "the document says that pages are missing",
                everything(),
                estate,
            );
        }
        Presence::Absent => {
            let (reason, detail) = if account.live {
                (
                    GapReason::NotRequested,
                    "the scan that left these documents did not ask IAM Identity Center",
                )
            } else {
                let detail = "the folder does not hold `identity-center.json`, with the permission sets that the roles \
                              of IAM Identity Center are for";
                (GapReason::NotProvided, detail)
            };
            let open = roles.ids(|role| !reading.is_open(role, AccountFile::IdentityCenter.reads()));
            reading.gap(READ, reason, detail, open, estate);
            return;
        }
    }
    let listed = items(&files.permission_sets).map(|(_, one)| one);
    let (entries, conflicts) = unique(listed, |one| one.permission_set_arn.as_str());
    let twice = conflicts.into_iter().map(Text::from).collect();
    reading.gap(
        READ,
        GapReason::Inconsistent,
        "the document holds these twice, with differences",
        twice,
        estate,
    );
    let mut by_name: BTreeMap<&str, Vec<&Entry<'_>>> = BTreeMap::new();
    for entry in &entries {
        if let Some(name) = entry.name.as_deref() {
            by_name.entry(name).or_default().push(entry);
        }
    }
    for (name, entries) in &by_name {
        match (entries.as_slice(), roles.named(name)) {
            ([entry], [role]) => {
                let assigned = reading.assigned(entry, role, estate);
                estate.permission_set(PermissionSet {
                    native_id: entry.permission_set_arn.as_str().into(),
                    name: (*name).into(),
                    scope: account.scope.clone(),
                    role: identity_id(&role.arn),
                    assigned,
                });
            }
            (entries, []) => {
                if account.open.details.is_complete() {
                    let detail =
                        "these permission sets are provisioned, but the account has no role of theirs";
                    let affects = entries.iter().map(|one| one.permission_set_arn.as_str().into()).collect();
                    reading.gap(READ, GapReason::Inconsistent, detail, affects, estate);
                }
            }
            (_, several) => {
                let detail =
                    "which of these roles is kept for which permission set of that name cannot be told";
                let affects = several.iter().map(|role| Account::id(&role.arn).into()).collect();
                reading.gap(READ, GapReason::Inconsistent, detail, affects, estate);
            }
        }
    }
    let unnamed = |role: &RoleDetail<'_>| {
        !permission_set_of(&role.role_name).is_some_and(|name| by_name.contains_key(name))
            && !reading.is_open(role, AccountFile::IdentityCenter.reads())
    };
    let detail = "no permission set of the document is provisioned by these roles";
    reading.gap(READ, GapReason::NotProvided, detail, roles.ids(unnamed), estate);
}

/// The roles that IAM Identity Center keeps, by the name of the permission set.
struct Roles<'f>(BTreeMap<&'f str, Vec<&'f RoleDetail<'f>>>);

impl<'f> Roles<'f> {
    fn of(details: &'f AuthorizationDetails<'f>) -> Self {
        let mut found: BTreeMap<&str, Vec<&RoleDetail<'_>>> = BTreeMap::new();
        let reserved = details.role_detail_list.iter().filter(|role| {
            let path = role.path.as_deref().or_else(|| Arn::parse(&role.arn).map(Arn::path));
            path.is_some_and(|path| path.starts_with(RESERVED_PATH))
        });
        for role in reserved {
            let roles = found.entry(permission_set_of(&role.role_name).unwrap_or_default()).or_default();
            if roles.iter().all(|known| known.arn != role.arn) {
                roles.push(role);
            }
        }
        Self(found)
    }

    fn named(&self, name: &str) -> &[&'f RoleDetail<'f>] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The ids of some of them.
    fn ids(&self, is_meant: impl Fn(&RoleDetail<'_>) -> bool) -> Vec<Text> {
        let meant = self.0.values().flatten().filter(|role| is_meant(role));
        meant.map(|role| Account::id(&role.arn).into()).collect()
    }
}

struct Reading<'r, 'd> {
    account: &'r Account<'d>,
    noted: &'r Noted,
}

impl Reading<'_, '_> {
    /// The gap of a fetch that is about a role.
    fn noted(&self, role: &RoleDetail<'_>, reads: &[&str]) -> Option<GapId> {
        let id = Account::id(&role.arn);
        self.noted
            .at(Some(&self.account.scope), reads)
            .find(|gap| gap.concerns(&id))
            .map(|gap| gap.id.clone())
    }

    fn is_open(&self, role: &RoleDetail<'_>, reads: &[&str]) -> bool {
        self.noted(role, reads).is_some()
    }

    /// Notes a gap, unless it is about nothing.
    fn gap(
        &self,
        read: &str,
        reason: GapReason,
        detail: &str,
        affects: Vec<Text>,
        estate: &mut EstateBuilder,
    ) -> Option<GapId> {
        let scope = Some(self.account.scope.clone());
        (!affects.is_empty())
            .then(|| estate.gap(Gap::new(Provider::Aws, scope, read, reason, detail, affects)))
    }

    /// To whom a permission set is assigned.
    fn assigned(
        &self,
        entry: &Entry<'_>,
        role: &RoleDetail<'_>,
        estate: &mut EstateBuilder,
    ) -> Observed<Vec<Assignee>> {
        if let Some(assignments) = &entry.account_assignments {
            let mut assigned: Vec<Assignee> = assignments.iter().map(assignee).collect();
            assigned.sort_unstable();
            assigned.dedup();
            return Observed::Known(assigned);
        }
        let gap = self.noted(role, &[ASSIGNMENTS]).unwrap_or_else(|| {
            let detail = "the document does not tell to whom the permission set is assigned";
            let (scope, id) = (Some(self.account.scope.clone()), Account::id(&role.arn).into());
            estate.gap(Gap::new(Provider::Aws, scope, ASSIGNMENTS, GapReason::NotProvided, detail, vec![id]))
        });
        Observed::NotVisible(gap)
    }
}

fn assignee(assignment: &AccountAssignment<'_>) -> Assignee {
    let kind = match assignment.principal_type {
        PrincipalType::Group => AssigneeKind::Group,
        PrincipalType::User => AssigneeKind::User,
    };
    // A folder may say a person's name, which nobody needs here.
    let name =
        assignment.display_name.as_deref().filter(|name| kind == AssigneeKind::Group && !name.is_empty());
    Assignee { kind, id: assignment.principal_id.as_str().into(), name: name.map(Text::from) }
}
