//! What a technique needs, and on which resources.

use std::collections::BTreeMap;

use census_model::{Grant, GroupId, Identity, Via};

use super::{
    actions::{ActionNo, Actions, Mask},
    fresh,
    gifts::{Gift, Given},
    world::World,
};
use crate::{
    aws::{
        access::{Boundary, Change, Form, Question},
        techniques::{Becomes, Need, On, ResourcePolicy, TargetKind, Technique},
    },
    escalation::NodeId,
};

/// The condition key that tells whoever is changed apart by its boundary.
const PERMISSIONS_BOUNDARY: &str = "iam:PermissionsBoundary";

/// A technique with its actions by their numbers.
pub(super) struct Prepared {
    pub(super) technique: &'static Technique,
    /// For each need its actions.
    pub(super) needs: Vec<Vec<ActionNo>>,
    /// The needs, by position, that are about one and the same thing that the caller names.
    pub(super) shared: Vec<Vec<usize>>,
    /// Whether it takes an action of IAM, which nobody calls in another account.
    pub(super) stays_in_account: bool,
}

impl Prepared {
    pub(super) fn all(techniques: &'static [Technique], actions: &mut Actions) -> Vec<Self> {
        for extra in techniques
            .iter()
            .flat_map(|technique| &technique.needs)
            .filter_map(|need| need.when_full.as_ref())
        {
            actions.number(extra);
        }
        let mut prepare = |technique: &'static Technique| Self {
            technique,
            needs: technique
                .needs
                .iter()
                .map(|need| need.any.iter().map(|action| actions.number(action)).collect())
                .collect(),
            shared: shared(technique),
            stays_in_account: technique
                .needs
                .iter()
                .any(|need| need.any.iter().all(|action| action.starts_with("iam:"))),
        };
        techniques.iter().map(&mut prepare).collect()
    }

    /// The actions that are asked about a particular resource.
    pub(super) fn aimed(&self) -> impl Iterator<Item = ActionNo> + '_ {
        self.each().filter(|(need, _)| is_aimed(need.on)).flat_map(|(_, actions)| actions.iter().copied())
    }

    /// The actions of the first need that is about the target, by which callers are looked up, and what of the target
    /// they are asked on.
    pub(super) fn first_aimed(&self, assume_role: ActionNo) -> Option<(On, &[ActionNo])> {
        let mut aimed =
            self.each().filter(|(need, actions)| is_aimed(need.on) && !actions.contains(&assume_role));
        aimed.next().map(|(need, actions)| (need.on, actions))
    }

    /// The needs with their actions.
    pub(super) fn each(&self) -> impl Iterator<Item = (&'static Need, &[ActionNo])> {
        self.technique.needs.iter().zip(self.needs.iter().map(Vec::as_slice))
    }

    /// Whether whoever changes its target goes on to become it by this technique.
    pub(super) fn is_followed_by(&self, technique: &Technique) -> bool {
        self.technique.then.contains(&technique.category)
    }

    /// Whether whoever has a set of actions may be able to take the step, other than by the word of a trust policy alone.
    pub(super) fn may_begin(&self, mask: Mask, assume_role: ActionNo) -> bool {
        self.technique.becomes != Becomes::Nothing
            && self.may_be_met_by(mask, assume_role)
            && self.needs.iter().any(|actions| mask.has_any(actions))
    }

    /// Whether it takes that the target's trust policy lets the caller in.
    pub(super) fn enters_by_trust(&self, assume_role: ActionNo) -> bool {
        self.each()
            .any(|(need, actions)| need.policy == ResourcePolicy::AsRead && actions.contains(&assume_role))
    }

    /// Whether a set of actions has one for each need. Whom a role's trust policy names needs no policy to assume it.
    pub(super) fn may_be_met_by(&self, mask: Mask, assume_role: ActionNo) -> bool {
        self.each().all(|(_, actions)| actions.contains(&assume_role) || mask.has_any(actions))
    }
}

/// The needs that are about one thing: those of something new whose actions name the same type of resource first.
fn shared(technique: &Technique) -> Vec<Vec<usize>> {
    let mut by_type: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (number, need) in technique.needs.iter().enumerate().filter(|(_, need)| need.on == On::New) {
        if let Some(named) = need.any.first().and_then(|action| fresh::first_type(action)) {
            by_type.entry(named).or_default().push(number);
        }
    }
    by_type.into_values().filter(|numbers| numbers.len() > 1).collect()
}

pub(super) fn is_aimed(on: On) -> bool {
    matches!(on, On::Target | On::TargetPolicy | On::TargetGroup | On::AdminGroup | On::Workload)
}

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
            On::Caller
            | On::OwnGroup
            | On::OwnPolicy
            | On::UnreadVersion
            | On::OwnBoundary
            | On::UnreadBoundary
            | On::RaisedBoundary => Vec::new(),
            On::New | On::NewBoundary | On::None => Vec::new(),
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

/// The caller's own resources of a kind.
pub(super) fn own<'e>(world: &World<'_, 'e>, caller: NodeId, on: On) -> Vec<&'e str> {
    let Some((identity, form)) = world.node(caller).and_then(|node| node.identity()) else {
        return Vec::new();
    };
    let index = world.access.index();
    let grants = || grants(world, identity, form);
    let mut found: Vec<&str> = match on {
        On::Caller => vec![&*identity.native_id],
        On::OwnGroup => {
            let groups = groups(world, identity, form);
            groups.filter_map(|id| index.group(id)).map(|group| &*group.native_id).collect()
        }
        On::OwnPolicy => grants().filter_map(customer_policy).collect(),
        On::UnreadVersion => unread_versions(world, grants(), customer_policy),
        On::UnreadBoundary => unread_versions(world, grants(), customer_boundary),
        On::OwnBoundary | On::RaisedBoundary if (on == On::RaisedBoundary) == form.is_raised() => {
            grants().filter_map(customer_boundary).collect()
        }
        _ => Vec::new(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

/// The policies of attachments that may have a version that was not read.
fn unread_versions<'e>(
    world: &World<'_, 'e>,
    grants: impl Iterator<Item = &'e Grant>,
    policy: impl Fn(&'e Grant) -> Option<&'e str>,
) -> Vec<&'e str> {
    let all = grants.filter_map(|grant| Some((policy(grant)?, grant)));
    all.filter(|(arn, grant)| world.versions.may_have_unread(world, arn, grant)).map(|(arn, _)| arn).collect()
}

/// The customer managed policies that an identity has, directly or through groups.
pub(super) fn customer_policies<'e>(world: &World<'_, 'e>, identity: &Identity) -> Vec<&'e str> {
    let as_read = Form::default();
    let identity = world.access.index().identity(&identity.id);
    let grants = identity.into_iter().flat_map(|identity| grants(world, identity, &as_read));
    let mut arns: Vec<&str> = grants.filter_map(customer_policy).collect();
    arns.sort_unstable();
    arns.dedup();
    arns
}

/// The groups of an identity in a form.
fn groups<'w, 'e: 'w>(
    world: &'w World<'_, 'e>,
    identity: &'e Identity,
    form: &'w Form,
) -> impl Iterator<Item = &'w GroupId> + 'w {
    let groups = world.access.index().groups_of(&identity.id).iter().map(|group| &group.id);
    groups.filter(|id| !form.has(&Change::Left((*id).clone()))).chain(form.joined())
}

/// The attachments of an identity in a form, those of its groups among them.
pub(super) fn grants<'w, 'e: 'w>(
    world: &'w World<'_, 'e>,
    identity: &'e Identity,
    form: &'w Form,
) -> impl Iterator<Item = &'e Grant> + 'w {
    let index = world.access.index();
    let of_groups = groups(world, identity, form).flat_map(move |id| index.grants_of_group(id));
    let all = index.grants_of_identity(&identity.id).iter().chain(of_groups).copied();
    // What a policy that was rewritten says now is for its writer to say.
    all.filter(|grant| {
        let is_rewritten = matches!(&grant.via, Via::Managed { native_id, .. }
            if form.has(&Change::Rewritten(native_id.clone())));
        is_rewritten || !form.drops(grant)
    })
}

/// The customer managed policy that is a permissions boundary.
pub(super) fn customer_boundary(grant: &Grant) -> Option<&str> {
    match &grant.via {
        Via::Boundary { native_id } if !native_id.contains(":iam::aws:") => Some(native_id),
        _ => None,
    }
}

/// The customer managed policy that an attachment is of. Nobody writes versions of those of AWS.
pub(super) fn customer_policy(grant: &Grant) -> Option<&str> {
    match &grant.via {
        Via::Managed { native_id, .. } if !native_id.contains(":iam::aws:") => Some(native_id),
        _ => None,
    }
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
