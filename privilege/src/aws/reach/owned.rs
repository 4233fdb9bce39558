//! What an identity has of its own, in the form that it has at the time: groups, policies, a boundary.

use census_model::{Grant, GroupId, Identity, Via};

use super::world::World;
use crate::{
    aws::{
        access::{Change, Form},
        techniques::Possession,
    },
    escalation::NodeId,
};

/// The caller's own resources of a kind.
pub(super) fn own<'e>(world: &World<'_, 'e>, caller: NodeId, kind: Possession) -> Vec<&'e str> {
    let Some((identity, form)) = world.node(caller).and_then(|node| node.identity()) else {
        return Vec::new();
    };
    let index = world.access.index();
    let grants = || grants(world, identity, form);
    let mut found: Vec<&str> = match kind {
        Possession::Identity => vec![&*identity.native_id],
        Possession::Group => {
            let groups = groups(world, identity, form);
            groups.filter_map(|id| index.group(id)).map(|group| &*group.native_id).collect()
        }
        Possession::Policy => grants().filter_map(customer_policy).collect(),
        Possession::UnreadVersion => unread_versions(world, grants(), customer_policy),
        Possession::UnreadBoundary => unread_versions(world, grants(), customer_boundary),
        Possession::Boundary | Possession::RaisedBoundary
            if (kind == Possession::RaisedBoundary) == form.is_raised() =>
        {
            grants().filter_map(customer_boundary).collect()
        }
        Possession::Boundary | Possession::RaisedBoundary => Vec::new(),
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
