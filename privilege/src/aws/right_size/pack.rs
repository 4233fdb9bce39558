//! Statements into policies that AWS takes.

use census_model::SizedPolicy;
use serde_json::{Value, json};

use super::allowance::{NewStatement, Statements};
use crate::aws::{document::Version, json::canonical};

/// The most characters that a managed policy takes, white space apart.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub const MAX_CHARACTERS: usize = 6_144;

/// The characters of a policy that count against its quota.
pub(super) fn characters(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// Writes statements into as few policies as their order allows, each within the quota. What one version of the language
/// says another may not, so versions are kept apart.
pub(super) fn pack(statements: Statements) -> Vec<SizedPolicy> {
    let mut policies = Vec::new();
    let mut open: Vec<(Version, Vec<Value>)> = Vec::new();
    for (version, statement) in statements.finish() {
        for piece in pieces(version, statement) {
            let value = piece.to_value();
            match open.iter_mut().find(|(of, _)| *of == version) {
                Some((_, list)) => {
                    list.push(value);
                    if characters(&policy(version, list)) > MAX_CHARACTERS
                        && let Some(last) = list.pop().filter(|_| !list.is_empty())
                    {
                        policies.push((version, std::mem::replace(list, vec![last])));
                    }
                }
                None => open.push((version, vec![value])),
            }
        }
    }
    policies.extend(open);
    policies.iter().map(|(version, list)| sized(policy(*version, list))).collect()
}

fn sized(text: String) -> SizedPolicy {
    SizedPolicy { characters: characters(&text), text: text.into() }
}

/// A statement in pieces that fit, as far as it can be divided.
fn pieces(version: Version, statement: NewStatement) -> Vec<NewStatement> {
    let mut whole = Vec::new();
    let mut rest = vec![statement];
    while let Some(one) = rest.pop() {
        let is_long = characters(&policy(version, &[one.to_value()])) > MAX_CHARACTERS;
        match one.halves().filter(|_| is_long) {
            Some((first, second)) => rest.extend([second, first]),
            None => whole.push(one),
        }
    }
    whole
}

fn policy(version: Version, statements: &[Value]) -> String {
    let version = match version {
        Version::V2008 => "2008-10-17",
        Version::V2012 => "2012-10-17",
    };
    canonical(&json!({ "Version": version, "Statement": statements }))
}
