//! Whether a caller may call an action on something that it names or chooses itself.
//!
//! Policies often allow that only for names of some form (`function:app-*`). Whoever may choose the name chooses one that
//! they allow, so the resources that are tried are made from the caller's own policies.

use super::{
    actions::ActionNo,
    gifts,
    names::{NAME, Template, everywhere, examples, offered, template},
    needs::{self, Fixed},
    regions, taken,
    world::{Account, World},
};
use crate::{
    aws::{
        access::{Question, actor::Actor, home_region},
        account_of, catalogue,
        techniques::Need,
    },
    escalation::{Left, NodeId},
    truth::Truth,
};

/// A resource that was made up, as it is shown: what is free to choose is a star.
pub(super) fn shown(resource: &str) -> String {
    let mut parts: Vec<&str> = resource.splitn(6, ':').collect();
    let made_up = home_region(parts.get(1).copied().unwrap_or_default());
    if let Some(part) = parts.get_mut(3).filter(|part| **part == made_up) {
        *part = "*";
    }
    parts.join(":").replace(NAME, "*")
}

/// Whether there is a resource on which the caller may.
pub(super) fn may(
    world: &World<'_, '_>,
    need: &'static Need,
    action: ActionNo,
    caller: NodeId,
    fixed: Fixed<'_>,
) -> Truth {
    let found = of_each_type(world, need, world.actions.name(action), caller, fixed);
    match found {
        Types::Required(found) => Truth::all(found.into_iter().map(|(truth, _)| truth)),
        Types::Possible(found) => Truth::any(found.into_iter().map(|(truth, _)| truth)),
    }
}

/// A resource on which the caller may, the surest.
pub(super) fn example(
    world: &World<'_, '_>,
    need: &'static Need,
    action: &str,
    caller: NodeId,
    fixed: Fixed<'_>,
) -> Option<String> {
    let (Types::Required(found) | Types::Possible(found)) = of_each_type(world, need, action, caller, fixed);
    let best =
        found.into_iter().filter(|(truth, _)| *truth != Truth::No).rev().max_by_key(|(truth, _)| *truth);
    best.and_then(|(_, resource)| resource)
}

/// For each resource type of an action, the resource of it on which the caller may.
enum Types {
    /// A request names one of each.
    Required(Vec<(Truth, Option<String>)>),
    /// A request names one of any.
    Possible(Vec<(Truth, Option<String>)>),
}

fn of_each_type(
    world: &World<'_, '_>,
    need: &'static Need,
    name: &str,
    caller: NodeId,
    fixed: Fixed<'_>,
) -> Types {
    let (Some((_, known)), Some(actor), Some(node)) =
        (catalogue::action(name), world.actor(caller), world.node(caller))
    else {
        return Types::Possible(Vec::new());
    };
    let Some(account) = world.accounts.get(node.account) else { return Types::Possible(Vec::new()) };
    let asked = Asked { world, need, name, caller, actor, account, fixed };
    let of_type = |resource_type: &str| asked.of_type(resource_type);
    let of = |required: bool| {
        let types = known.resources.iter().filter(|resource| resource.required == required);
        types.map(|resource| of_type(resource.resource_type)).collect()
    };
    if known.resources.iter().any(|resource| resource.required) {
        Types::Required(of(true))
    } else {
        Types::Possible(of(false))
    }
}

/// An action that is asked about for some resource of a type.
struct Asked<'a, 's, 'e> {
    world: &'a World<'s, 'e>,
    need: &'static Need,
    name: &'a str,
    caller: NodeId,
    actor: &'a Actor<'s, 'e>,
    account: &'a Account<'e>,
    fixed: Fixed<'a>,
}

impl Asked<'_, '_, '_> {
    /// The resource of a type on which the caller may most surely.
    fn of_type(&self, resource_type: &str) -> (Truth, Option<String>) {
        let Some(template) = template(self.name, resource_type, self.account) else {
            return (Truth::No, None);
        };
        let mut best = (Truth::No, None);
        let (tries, left_out) = self.tries(resource_type, &template);
        for (will_do, resource) in tries {
            if creates(self.name) && exists(self.world, &resource) {
                continue;
            }
            let truth = will_do & self.on(&resource);
            if truth > best.0 {
                best = (truth, Some(resource));
            }
            if truth == Truth::Yes {
                break;
            }
        }
        if left_out && best.0 != Truth::Yes {
            self.world.end(self.caller, Left::Levels);
        }
        best
    }

    /// The resources of a type that are worth trying for the action, each with whether it would do, and whether there are
    /// more.
    fn tries(&self, resource_type: &str, template: &Template) -> (Vec<(Truth, String)>, bool) {
        let fixed = self.fixed.assigned.filter(|_| self.name.starts_with("sso:"));
        if let Some(one) = fixed.and_then(|one| one.resource(self.account.partition, resource_type)) {
            return (vec![(Truth::Yes, one)], false);
        }
        let made_up = examples(self.actor, &self.name.to_ascii_lowercase(), template);
        let all = everywhere(self.world, self.actor, self.account, made_up.resources);
        let Some(names) = self.need.offered.get(resource_type) else {
            return (all.into_iter().map(|resource| (Truth::Yes, resource)).collect(), made_up.left_out);
        };
        let all: Vec<String> = match self.fixed.region {
            Some(region) => all.iter().filter_map(|resource| self.beside(resource, region)).collect(),
            None => all,
        };
        let offered = offered(&all, names).into_iter().map(|resource| (Truth::Yes, resource));
        let own = all.iter().filter(|resource| account_of(resource).is_some() && !is_reserved(resource));
        let tries = offered.chain(own.map(|resource| (Truth::Maybe, resource.clone()))).collect();
        (tries, made_up.left_out)
    }

    /// A resource in the region of what it is used with, if it is there or may be anywhere.
    fn beside(&self, resource: &str, region: &str) -> Option<String> {
        let is_there = regions::of(resource) == Some(region);
        is_there
            .then(|| resource.to_owned())
            .or_else(|| regions::moved(resource, self.account.partition, region))
    }

    fn on(&self, resource: &str) -> Truth {
        gifts::best(self.world, self.need, self.caller, self.fixed.given, |gift| {
            let Some(mut question) = needs::question(self.name, resource, self.need, self.fixed, gift) else {
                return Truth::No;
            };
            choose(self.need, &mut question);
            self.world.access.may(self.actor, &self.world.access.aim(question))
        })
    }
}

/// What names of documents may not begin with, in lower case, but for those of AWS.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html#systemsmanager-CreateDocument-request-Name>
const RESERVED: [&str; 3] = ["aws", "amazon", "amzn"];

/// Whether no account can have something of its own of this name.
fn is_reserved(resource: &str) -> bool {
    let name = resource.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    RESERVED.iter().any(|prefix| name.starts_with(prefix))
}

/// The resource type that a request for an action names first.
pub(super) fn first_type(action: &str) -> Option<(&'static str, &'static str)> {
    let (service, known) = catalogue::action(action)?;
    let named =
        known.resources.iter().find(|resource| resource.required).or_else(|| known.resources.first())?;
    Some((service.prefix, named.resource_type))
}

/// Whether an action makes something, and so fails for a name that is taken.
fn creates(action: &str) -> bool {
    action.split_once(':').is_some_and(|(_, name)| name.starts_with("Create"))
}

/// Whether something is called so already. Names of IAM are taken in every path and whatever the case of their letters.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub(super) fn exists(world: &World<'_, '_>, resource: &str) -> bool {
    let index = world.access.index();
    match taken::name(resource) {
        Some(name) => world.names.has(world, &name),
        None => index.native(resource).is_some() || index.workload(resource).is_some(),
    }
}

/// Whether there is one resource on which the caller has all of several permissions: what it makes and what it then uses.
pub(super) fn may_all(
    world: &World<'_, '_>,
    needs: &[(&'static Need, &[ActionNo])],
    caller: NodeId,
    fixed: Fixed<'_>,
) -> Truth {
    let (Some(actor), Some(node)) = (world.actor(caller), world.node(caller)) else { return Truth::No };
    let Some(account) = world.accounts.get(node.account) else { return Truth::No };
    let asked = |need, action: ActionNo| Asked {
        world,
        need,
        name: world.actions.name(action),
        caller,
        actor,
        account,
        fixed,
    };
    let each = || needs.iter().flat_map(|(need, actions)| actions.iter().map(|action| (*need, *action)));
    let Some((first, (_, shared))) =
        each().find_map(|(_, action)| Some((action, first_type(world.actions.name(action))?)))
    else {
        return Truth::No;
    };
    let Some(template) = template(world.actions.name(first), shared, account) else {
        return Truth::No;
    };
    let examples = each().map(|(_, action)| examples(actor, world.actions.lower(action), &template));
    let examples: Vec<_> = examples.collect();
    let left_out = examples.iter().any(|examples| examples.left_out);
    let mut resources: Vec<String> = examples.into_iter().flat_map(|examples| examples.resources).collect();
    resources.sort_unstable();
    resources.dedup();
    let mut resources = everywhere(world, actor, account, resources);
    if each().any(|(_, action)| creates(world.actions.name(action))) {
        resources.retain(|resource| !exists(world, resource));
    }
    // What else a request names besides.
    let besides = |need, action: ActionNo| {
        let known = catalogue::action(world.actions.name(action)).map(|(_, known)| known);
        let others = known.into_iter().flat_map(|known| known.resources.iter());
        let others = others.filter(|resource| resource.required && resource.resource_type != shared);
        Truth::all(others.map(|resource| asked(need, action).of_type(resource.resource_type).0))
    };
    let truth = Truth::any(resources.iter().map(|resource| {
        Truth::all(needs.iter().map(|(need, actions)| {
            let any =
                actions.iter().map(|action| asked(*need, *action).on(resource) & besides(*need, *action));
            Truth::any(any)
        }))
    }));
    if left_out && truth != Truth::Yes {
        world.end(caller, Left::Levels);
    }
    truth
}

/// Says what whoever makes something chooses: the region, and that it has no permissions boundary.
pub(super) fn choose(need: &Need, question: &mut Question) {
    question.leave_region_to_caller();
    if !need.with.contains_key("iam:PermissionsBoundary") {
        question.lacks("iam:PermissionsBoundary");
    }
}

/// Whether a resource is one of the account's own in place of what AWS offers: nobody says what is in it.
pub(super) fn may_not_do(need: &Need, resource: &str) -> bool {
    !need.offered.is_empty() && account_of(resource).is_some()
}
