//! What something may be called that a caller names itself: resources of a type, made from the caller's own policies.

use super::{
    regions,
    world::{Account, World},
};
use crate::aws::{
    access::{actor::Actor, home_region},
    catalogue,
    context::Facts,
    document::{Element, StatementEffect},
    pattern::Pattern,
};

/// How many resources are tried for one type; more forms of names in one policy are very rare.
const TRIED: usize = 16;

/// What stands for a name that is free to choose.
pub(super) const NAME: &str = "census-made-up";

/// What resources of a type look like in an account, with a star in place of each name.
pub(super) struct Template {
    /// The ARN with a star for each name; region and account are filled in.
    text: String,
}

pub(super) fn template(action: &str, resource_type: &str, account: &Account<'_>) -> Option<Template> {
    let (service, _) = catalogue::action(action)?;
    let arn = service.resource_type(resource_type)?.arn;
    let region = home_region(account.partition);
    Some(Template { text: filled(arn, (account.partition, region, account.id), "*") })
}

/// The resources, and then the same in each other region that is worth trying.
pub(super) fn everywhere<'s, 'e>(
    world: &World<'s, 'e>,
    actor: &Actor<'s, 'e>,
    account: &Account<'e>,
    resources: Vec<String>,
) -> Vec<String> {
    let others = regions::others(world, actor, account);
    let moved = |region: &&str| {
        let moved = |resource: &String| regions::moved(resource, account.partition, region);
        resources.iter().filter_map(moved).collect::<Vec<_>>()
    };
    let elsewhere: Vec<String> = others.iter().flat_map(moved).collect();
    [resources, elsewhere].concat()
}

/// What AWS offers to all accounts by some names, in the regions of resources of the type.
pub(super) fn offered(resources: &[String], names: &[Box<str>]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for resource in resources {
        let parts: Vec<&str> = resource.splitn(6, ':').collect();
        let [arn, partition, service, region, _, rest] = parts.as_slice() else { continue };
        let Some((kind, _)) = rest.split_once('/') else { continue };
        for name in names {
            let one = format!("{arn}:{partition}:{service}:{region}::{kind}/{name}");
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    found
}

/// The ARN of a resource type with partition, region and account filled in, and this in place of each name.
pub(super) fn filled(arn: &str, (partition, region, account): (&str, &str, &str), name: &str) -> String {
    let mut text = String::new();
    let mut rest = arn;
    while let Some((before, (variable, after))) =
        rest.split_once("${").and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        text.push_str(before);
        text.push_str(match variable {
            "Partition" => partition,
            "Region" => region,
            "Account" => account,
            _ => name,
        });
        rest = after;
    }
    text.push_str(rest);
    text
}

/// Resources of a type that are worth trying.
pub(super) struct Examples {
    pub(super) resources: Vec<String>,
    /// Whether the policies have forms for more.
    pub(super) left_out: bool,
}

/// Resources of the type to try, in a fixed order: one of no particular name, then those of the forms that the caller's
/// policies have for the action.
pub(super) fn examples(actor: &Actor<'_, '_>, action: &str, template: &Template) -> Examples {
    let mut forms: Vec<String> = actor
        .limiting()
        .flat_map(|policy| policy.statements.iter())
        .filter(|statement| statement.names_action(action))
        .filter_map(|statement| match (statement.effect, statement.resource()) {
            (StatementEffect::Allow, Some(Element::Only(patterns)))
            | (StatementEffect::Deny, Some(Element::AllBut(patterns))) => Some(patterns),
            _ => None,
        })
        .flatten()
        .filter(|pattern| !pattern.is_universal())
        .filter_map(|pattern| overlaid(pattern, template, actor.facts()))
        .collect();
    forms.sort_unstable();
    forms.dedup();
    let left_out = forms.len() > TRIED;
    forms.truncate(TRIED);
    forms.insert(0, template.text.replace('*', NAME));
    Examples { resources: forms, left_out }
}

/// A resource of the type that a pattern matches, if there is one: what the pattern leaves open is taken from the type.
pub(super) fn overlaid(pattern: &Pattern, template: &Template, facts: &dyn Facts) -> Option<String> {
    let wanted = pattern.as_glob(facts)?;
    let wanted: Vec<&str> = wanted.splitn(6, ':').collect();
    let offered: Vec<&str> = template.text.splitn(6, ':').collect();
    let mut parts: Vec<String> = Vec::with_capacity(offered.len());
    for (number, offer) in offered.iter().enumerate() {
        let part = match wanted.get(number) {
            // A star that goes over the rest of the ARN.
            None => (*offer).to_owned(),
            Some(want) if !want.is_empty() && want.chars().all(|c| c == '*') => (*offer).to_owned(),
            // What AWS itself offers to all has no account, or `aws` in its place.
            Some(want) if number == 4 && matches!(*want, "" | "aws") => (*want).to_owned(),
            // Where, and the name: what the pattern says. The rest is as it is.
            Some(want) if number == 3 || number == 5 => want.replace('*', NAME).replace('?', "x"),
            Some(_) => (*offer).to_owned(),
        };
        parts.push(part);
    }
    let resource = parts.join(":").replace('*', NAME);
    // Of the type it is by its name, wherever it is.
    let mut same: Vec<&str> = offered.clone();
    for number in [3, 4] {
        if let (Some(slot), Some(part)) = (same.get_mut(number), parts.get(number)) {
            *slot = part;
        }
    }
    Pattern::glob(&same.join(":")).matches_fixed(&resource).then_some(resource)
}
