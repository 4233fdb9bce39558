//! Verdicts that rules ask for, about resources that stand for many.

use census_model::{Decision, Identity, Verdict};
use census_privilege::aws::access::Question;

use crate::View;

/// The name of a resource that no policy names: what is allowed for it is allowed for any name. A pattern in its place
/// would be weighed against the policies of all resources there are.
const ANY: &str = "any-name-that-no-policy-has";

/// Whether an identity may do something, if it can be asked at all. `without` are condition keys that the request does
/// not carry.
pub(crate) fn verdict<'a>(
    view: &View<'a>,
    identity: &'a Identity,
    action: &str,
    resource: &str,
    without: &[&str],
) -> Option<Verdict> {
    let mut question = Question::new(action, resource).ok()?;
    without.iter().for_each(|key| question.with(key, Vec::new()));
    Some(view.policies.access().verdict(identity, &question))
}

/// The same, if the answer is that it may whatever happens at run time.
pub(crate) fn allowed<'a>(
    view: &View<'a>,
    identity: &'a Identity,
    action: &str,
    resource: &str,
    without: &[&str],
) -> Option<Verdict> {
    verdict(view, identity, action, resource, without).filter(|verdict| verdict.decision == Decision::Allowed)
}

/// A resource of an identity's account that stands for all of its kind. In `form`, `{partition}`, `{account}` and
/// `{any}` take the place of what they say. A region is best left empty: so it stays open which one is meant.
pub(crate) fn standing_for_all(view: &View<'_>, identity: &Identity, form: &str) -> String {
    form.replace("{partition}", partition(identity))
        .replace("{account}", view.account(identity).unwrap_or_default())
        .replace("{any}", ANY)
}

/// A resource of an identity's account that a pattern of ARNs matches, with that same name in place of each `*`.
pub(crate) fn standing_for(view: &View<'_>, identity: &Identity, pattern: &str) -> String {
    let place = |(at, part): (usize, &str)| match (at, part) {
        (1, "*") => partition(identity).to_owned(),
        (4, "*") => view.account(identity).unwrap_or_default().to_owned(),
        _ => part.replace('*', ANY).replace('?', "x"),
    };
    pattern.splitn(6, ':').enumerate().map(place).collect::<Vec<String>>().join(":")
}

fn partition(identity: &Identity) -> &str {
    identity.native_id.split(':').nth(1).unwrap_or("aws")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[test]
    fn what_stands_for_a_pattern_lies_in_the_account() {
        let mut world = World::new();
        let role = world.role("r");
        world.look(|view| {
            let role = view.index.identity(&role.id).unwrap();
            let one = |pattern| standing_for(view, role, pattern);
            assert_eq!(one("arn:*:iam::*:role/a/*"), format!("arn:aws:iam::111122223333:role/a/{ANY}"));
            assert_eq!(one("arn:aws:iam::9:user/b?"), "arn:aws:iam::9:user/bx");
            let all = standing_for_all(view, role, "arn:{partition}:lambda::{account}:function:{any}");
            assert_eq!(all, format!("arn:aws:lambda::111122223333:function:{ANY}"));
        });
    }
}
