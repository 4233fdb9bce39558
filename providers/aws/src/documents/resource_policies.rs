//! `resource-policies.json`: what resources allow by policies of their own.

use serde::{Deserialize, Serialize};

use super::{Item, Json, Str};

/// A resource and its policy. The file lists an account's resources that can have one; what it does not list has
/// none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcePolicy<'a> {
    /// The resource's ARN.
    #[serde(borrow)]
    pub resource: Str<'a>,
    /// Its policy: an object, or a string that holds the text, as AWS's APIs send it. `null` or absent: it has none.
    #[serde(default)]
    pub policy: Option<Json<'a>>,
}

impl ResourcePolicy<'_> {
    /// The policy, unless it is an empty object or text, which is how some APIs and exporters say that there is none.
    pub fn text(&self) -> Option<&Json<'_>> {
        let says_something = |json: &&Json<'_>| {
            let text = json.get().trim_matches('"').trim();
            let inside = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
            !inside.trim().is_empty()
        };
        self.policy.as_ref().filter(says_something)
    }
}

impl Item for ResourcePolicy<'_> {
    const KEY: &'static str = "ResourcePolicies";
}
