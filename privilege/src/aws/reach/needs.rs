//! What a technique needs, and on which resources.

use std::collections::BTreeMap;

use census_model::{Grant, Identity, Via};

use super::{
    actions::{ActionNo, Actions, Mask},
    fresh,
    gifts::Gift,
    world::World,
};
use crate::{
    aws::{
        access::Question,
        techniques::{Becomes, Need, On, ResourcePolicy, TargetKind, Technique},
    },
    escalation::NodeId,
};

/// A technique with its actions by their numbers.
pub(super) struct Prepared {
    pub(super) technique: &'static Technique,
    /// For each need its actions.
    pub(super) needs: Vec<Vec<ActionNo>>,
    /// The needs, by position, that are about one and the same thing that the caller names.
    pub(super) shared: Vec<Vec<usize>>,
}

impl Prepared {
    pub(super) fn all(techniques: &'static [Technique], actions: &mut Actions) -> Vec<Self> {
        let mut prepare = |technique: &'static Technique| Self {
            technique,
            needs: technique
                .needs
                .iter()
                .map(|need| need.any.iter().map(|action| actions.number(action)).collect())
                .collect(),
            shared: shared(technique),
        };
        techniques.iter().map(&mut prepare).collect()
    }

    /// The actions that are asked about a particular resource.
    pub(super) fn aimed(&self) -> impl Iterator<Item = ActionNo> + '_ {
        self.each().filter(|(need, _)| is_aimed(need.on)).flat_map(|(_, actions)| actions.iter().copied())
    }

    /// The needs with their actions.
    pub(super) fn each(&self) -> impl Iterator<Item = (&'static Need, &[ActionNo])> {
        self.technique.needs.iter().zip(self.needs.iter().map(Vec::as_slice))
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

fn is_aimed(on: On) -> bool {
    matches!(on, On::Target | On::TargetPolicy | On::Workload)
}

/// The resources of one step.
#[derive(Clone, Debug, Default)]
pub(super) struct Resources<'e> {
    /// The target itself, or the identity provider.
    pub(super) target: Option<&'e str>,
    /// Customer managed policies of the target.
    pub(super) policies: Vec<&'e str>,
    /// The workload.
    pub(super) workload: Option<&'e str>,
    /// The service to which a role is passed.
    pub(super) service: Option<&'static str>,
}

impl<'e> Resources<'e> {
    /// The resources on which a permission is asked; empty where that is not about the target.
    pub(super) fn on(&self, on: On) -> Vec<&'e str> {
        match on {
            On::Target => self.target.into_iter().collect(),
            On::TargetPolicy => self.policies.clone(),
            On::Workload => self.workload.into_iter().collect(),
            On::Caller | On::OwnGroup | On::OwnPolicy | On::New | On::None => Vec::new(),
        }
    }
}

/// A question with what the step itself fixes.
pub(super) fn question(
    action: &str,
    on: &str,
    need: &Need,
    service: Option<&str>,
    gift: &Gift,
) -> Option<Question> {
    let mut question = Question::new(action, on).ok()?;
    let partition = on.split(':').nth(1).unwrap_or("aws");
    for (key, value) in &need.with {
        let value = match &**value {
            "$service" => service?.to_owned(),
            "$administrator" => Gift::AdministratorAccess.arn(partition),
            "$administers" => gift.arn(partition),
            other => other.to_owned(),
        };
        question.with(key, vec![value]);
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
    match on {
        On::Caller => vec![&*identity.native_id],
        On::OwnGroup => {
            let groups = index.groups_of(&identity.id).iter().map(|group| &*group.native_id);
            let joined = form.joined().filter_map(|id| index.group(id)).map(|group| &*group.native_id);
            groups.chain(joined).collect()
        }
        On::OwnPolicy => {
            let joined = form.joined().flat_map(|group| index.grants_of_group(group));
            let mut arns = customer_policies(world, identity);
            arns.extend(joined.filter_map(|grant| customer_policy(grant)));
            arns.sort_unstable();
            arns.dedup();
            arns
        }
        _ => Vec::new(),
    }
}

/// The customer managed policies that an identity has, directly or through groups.
pub(super) fn customer_policies<'e>(world: &World<'_, 'e>, identity: &Identity) -> Vec<&'e str> {
    let index = world.access.index();
    let groups = index.groups_of(&identity.id).iter().flat_map(|group| index.grants_of_group(&group.id));
    let grants = index.grants_of_identity(&identity.id).iter().chain(groups);
    let mut arns: Vec<&str> = grants.filter_map(|grant| customer_policy(grant)).collect();
    arns.sort_unstable();
    arns.dedup();
    arns
}

/// The customer managed policy that an attachment is of. Nobody writes versions of those of AWS.
fn customer_policy(grant: &Grant) -> Option<&str> {
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
        TargetKind::Group | TargetKind::None => false,
    }
}
