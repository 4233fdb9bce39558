//! What a role definition or deny assignment covers.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/role-definitions>

use serde::Deserialize;

use super::access::Plane;

/// Patterns whose `/*/` also stands for a single slash: what the roles that have them are for says so, and the operation
/// that they name otherwise does not exist.
///
/// - Managed Identity Operator: "Read and Assign User Assigned Identity".
/// - Key Vault Reader and its like: "Read metadata of key vaults".
///
/// <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles>
const EMPTY_SEGMENT: [(&str, &str); 2] = [
    (
        "microsoft.managedidentity/userassignedidentities/*/assign/action",
        "microsoft.managedidentity/userassignedidentities/assign/action",
    ),
    ("microsoft.keyvault/vaults/*/read", "microsoft.keyvault/vaults/read"),
];

/// Whether a pattern covers an action. Case does not count; `*` is any characters, none and slashes included.
pub(crate) fn covers(pattern: &str, action: &str) -> bool {
    glob(pattern.as_bytes(), action.as_bytes())
        || EMPTY_SEGMENT
            .iter()
            .any(|(wide, one)| pattern.eq_ignore_ascii_case(wide) && action.eq_ignore_ascii_case(one))
}

/// Goes back to the last `*` where the texts differ, which is enough: what an earlier one takes, the last can take.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(at) {
        match pattern.get(place) {
            Some(b'*') => {
                back = Some((place, at));
                place += 1;
            }
            Some(one) if one.eq_ignore_ascii_case(byte) => {
                at += 1;
                place += 1;
            }
            _ => match &mut back {
                Some((star, from)) => {
                    *from += 1;
                    (place, at) = (*star + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern.get(place..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

/// The `permissions` of a role definition or deny assignment.
#[derive(Debug, Deserialize)]
pub(super) struct Permissions(Vec<Permission>);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Permission {
    #[serde(default)]
    actions: Vec<Box<str>>,
    #[serde(default)]
    not_actions: Vec<Box<str>>,
    #[serde(default)]
    data_actions: Vec<Box<str>>,
    #[serde(default)]
    not_data_actions: Vec<Box<str>>,
    condition: Option<Box<str>>,
}

/// An entry that covers an action.
#[derive(Clone, Copy, Debug)]
pub(super) struct Covered<'p> {
    /// The entry.
    pub(super) pattern: &'p str,
    /// The entry of the same permission that takes it away again.
    pub(super) taken: Option<&'p str>,
    /// The condition of that permission.
    pub(super) condition: Option<&'p str>,
}

impl Permissions {
    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The first entry of each permission that covers an action. What one permission takes away, another may give.
    pub(super) fn covering<'p>(
        &'p self,
        plane: Plane,
        action: &'p str,
    ) -> impl Iterator<Item = Covered<'p>> + 'p {
        self.0.iter().filter_map(move |one| {
            let (gives, takes) = match plane {
                Plane::Control => (&one.actions, &one.not_actions),
                Plane::Data => (&one.data_actions, &one.not_data_actions),
            };
            let first = |list: &'p [Box<str>]| list.iter().map(|one| &**one).find(|one| covers(one, action));
            Some(Covered { pattern: first(gives)?, taken: first(takes), condition: one.condition.as_deref() })
        })
    }

    /// The entries that give something on a plane.
    pub(super) fn entries(&self, plane: Plane) -> impl Iterator<Item = &str> {
        let of_plane = self.0.iter().flat_map(move |one| match plane {
            Plane::Control => &one.actions,
            Plane::Data => &one.data_actions,
        });
        of_plane.map(|one| &**one)
    }

    /// Whether an entry of the data plane is this action, letter for letter.
    pub(super) fn names_data_action(&self, action: &str) -> bool {
        let mut entries = self.0.iter().flat_map(|one| one.data_actions.iter().chain(&one.not_data_actions));
        entries.any(|entry| entry.eq_ignore_ascii_case(action))
    }
}

/// Whether the `permissions` of a role have an entry that covers everything on a plane: `*`. What the role takes away again
/// is not looked at. `false` of a text that is none.
pub fn allows_everything(text: &str, plane: Plane) -> bool {
    Permissions::parse(text).is_some_and(|permissions| permissions.entries(plane).any(|entry| entry == "*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_characters_with_slashes_and_none() {
        for (pattern, action, expected) in [
            ("*", "Microsoft.X/y/read", true),
            ("*/read", "Microsoft.X/y/z/read", true),
            ("*/read", "Microsoft.X/y/reader", false),
            ("Microsoft.X/*", "microsoft.x/y/write", true),
            ("Microsoft.X/*", "Microsoft.Xa/y/write", false),
            ("Microsoft.*/a/*/write", "Microsoft.X/a/b/a/c/write", true),
            ("Microsoft.X/y/*", "Microsoft.X/y", false),
            ("Microsoft.X/y*", "Microsoft.X/y", true),
            ("Microsoft.X/*/write", "Microsoft.X/write", false),
            ("microsoft.web/sites/restart/Action", "Microsoft.Web/sites/Restart/action", true),
            ("**", "", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(covers(pattern, action), expected, "{pattern} {action}");
        }
    }
}
