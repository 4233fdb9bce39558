//! What a technique needs, and on which resources.

use census_model::Identity;

use super::{
    gifts::{Gift, Given},
    world::World,
};
use crate::aws::{
    access::{Boundary, Question},
    techniques::{Need, On, TargetKind},
};

/// The condition key that tells whoever is changed apart by its boundary.
const PERMISSIONS_BOUNDARY: &str = "iam:PermissionsBoundary";

/// What a step fixes of its requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fixed<'e> {
    /// The service to which a role is passed.
    pub(super) service: Option<&'static str>,
    /// The managed policy that is taken away, or the boundary that is.
    pub(super) policy: Option<&'e str>,
    /// The region of the workload; what is used with it has to be in the same one.
    pub(super) region: Option<&'e str>,
    /// What IAM Identity Center is asked to open to the caller.
    pub(super) assigned: Option<Assigned<'e>>,
    /// What has to come of a policy that the caller attaches.
    pub(super) given: Given,
    /// The tag that is given, by key and value.
    pub(super) tag: Option<(&'e str, &'e str)>,
    /// What has become of the boundary of whom it is asked about, where that has changed.
    pub(super) boundary: Option<Boundary>,
}

/// A permission set in an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Assigned<'e> {
    /// The account's id.
    pub(super) account: &'e str,
    /// The permission set's ARN, where it is known which one it is.
    pub(super) permission_set: Option<&'e str>,
}

impl<'e> Assigned<'e> {
    /// The permission set that a role is kept for, in the role's account.
    pub(super) fn of<'w: 'e>(world: &World<'_, 'w>, role: &'e Identity) -> Self {
        let account = role.scope.as_str().rsplit('/').next().unwrap_or_default();
        let permission_set = world.access.index().permission_set(&role.id).map(|set| &*set.native_id);
        Self { account, permission_set }
    }

    /// The resource of a type that a request about it names, if it is no other.
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html>
    pub(super) fn resource(self, partition: &str, resource_type: &str) -> Option<String> {
        let set = || self.permission_set.map(str::to_owned);
        match resource_type {
            "Account" => Some(format!("arn:{partition}:sso:::account/{}", self.account)),
            "PermissionSet" => set(),
            "Instance" => {
                let set = set()?.replacen(":permissionSet/", ":instance/", 1);
                set.rsplit_once('/').map(|(instance, _)| instance.to_owned())
            }
            _ => None,
        }
    }
}

/// The resources of one step.
#[derive(Clone, Debug, Default)]
pub(super) struct Resources<'e> {
    /// The target itself, or the identity provider.
    pub(super) target: Option<&'e str>,
    /// Customer managed policies of the target.
    pub(super) policies: Vec<&'e str>,
    /// Groups of the target.
    pub(super) groups: Vec<&'e str>,
    /// Groups that make whoever joins them an administrator.
    pub(super) admin_groups: Vec<&'e str>,
    /// The workload.
    pub(super) workload: Option<&'e str>,
    /// What else the step fixes.
    pub(super) fixed: Fixed<'e>,
}

impl<'e> Resources<'e> {
    /// The resources on which a permission is asked; empty where that is not about the target.
    pub(super) fn on(&self, on: On) -> Vec<&'e str> {
        match on {
            On::Target => self.target.into_iter().collect(),
            On::TargetPolicy => self.policies.clone(),
            On::TargetGroup => self.groups.clone(),
            On::AdminGroup => self.admin_groups.clone(),
            On::Workload => self.workload.into_iter().collect(),
            On::Own(_) | On::New | On::NewBoundary | On::None => Vec::new(),
        }
    }
}

/// A question with what the step itself fixes.
pub(super) fn question(
    action: &str,
    on: &str,
    need: &Need,
    fixed: Fixed<'_>,
    gift: &Gift,
) -> Option<Question> {
    let mut question = Question::new(action, on).ok()?;
    let partition = on.split(':').nth(1).unwrap_or("aws");
    for (key, value) in &need.with {
        let value = match &**value {
            "$service" => fixed.service?.to_owned(),
            "$denying" | "$boundary" => fixed.policy?.to_owned(),
            "$administrator" => Gift::AdministratorAccess.arn(partition),
            "$administers" => gift.arn(partition),
            other => other.to_owned(),
        };
        question.with(key, vec![value]);
    }
    if !need.with.contains_key(PERMISSIONS_BOUNDARY) {
        match fixed.boundary {
            Some(Boundary::Gone) => question.lacks(PERMISSIONS_BOUNDARY),
            Some(Boundary::Replaced) => {
                question.with(PERMISSIONS_BOUNDARY, vec![Gift::AdministratorAccess.arn(partition)]);
            }
            Some(Boundary::Rewritten) | None => {}
        }
    }
    if let Some((key, value)) = fixed.tag {
        question.with(&format!("aws:RequestTag/{key}"), vec![value.to_owned()]);
        question.with("aws:TagKeys", vec![key.to_owned()]);
    }
    // What names nothing that lies somewhere is asked for wherever the caller likes.
    if need.on == On::None {
        question.leave_region_to_caller();
    }
    // To tag a session takes a permission of its own.
    if !action.starts_with("sts:") {
        for chosen in ["aws:RequestTag/", "aws:TagKeys"] {
            question.leave_all_to_caller(chosen);
        }
    }
    Some(question)
}

/// Whether an identity is what a technique is done to.
pub(super) fn fits(target: TargetKind, identity: &Identity) -> bool {
    use census_model::IdentityKind::{AwsRole, AwsUser};
    match target {
        TargetKind::User => identity.kind == AwsUser,
        TargetKind::Role
        | TargetKind::Workload
        | TargetKind::SamlProvider
        | TargetKind::OidcProvider
        | TargetKind::PermissionSet => identity.kind == AwsRole,
        TargetKind::Group | TargetKind::Policy | TargetKind::None => false,
    }
}
