//! The language of directory roles: what an entry such as `microsoft.directory/groups/allProperties/update` covers.
//!
//! `{namespace}/{entity}/{property set}/{action}`; an entity may have a subtype (`applications.myOrganization`) and things
//! of its own (`users/authenticationMethods`).
//! <https://learn.microsoft.com/entra/identity/role-based-access-control/privileged-roles-permissions#how-to-understand-role-permissions>,
//! <https://learn.microsoft.com/graph/api/resources/unifiedrolepermission#allowedresourceactions-property>

use crate::truth::Truth;

/// All properties, privileged ones included. In lower case, like all words here.
const ALL_PROPERTIES: &str = "allproperties";

/// Every action.
const ALL_TASKS: &str = "alltasks";

/// Everything of a namespace.
pub(super) const ALL_ENTITIES: &str = "allentities";

/// What creates, reads, updates or deletes as a whole. The last four set a property or take back a deletion.
const WHOLE: [&str; 8] = [
    "create",
    "createasowner",
    "delete",
    "read",
    "restore",
    "enable",
    "disable",
    "invalidateallrefreshtokens",
];

/// An operation of the directory, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operation(Box<str>);

impl Operation {
    /// An operation of `microsoft.directory`, `None` of anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_segment = |one: &str| {
            !one.is_empty()
                && one.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        };
        let lower = text.to_ascii_lowercase();
        let rest = lower.strip_prefix(super::NAMESPACE)?;
        let is_one = rest.contains('/') && rest.split('/').all(is_segment);
        is_one.then(|| Self(lower.into()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is done to: `applications`, without a subtype.
    pub(super) fn entity(&self) -> &str {
        base(self.0.split('/').nth(1).unwrap_or_default())
    }

    /// What is done, from the property set on: `credentials/update`.
    pub(super) fn action(&self) -> &str {
        self.0.splitn(3, '/').nth(2).unwrap_or_default()
    }

    /// Whether it only reads.
    pub(super) fn is_read(&self) -> bool {
        self.0.rsplit('/').next().is_some_and(|verb| verb == "read" || verb == "restrictedread")
    }

    /// Whether it makes something that is not there yet.
    pub(super) fn is_creation(&self) -> bool {
        matches!(self.action(), "create" | "createasowner")
    }

    /// The same, done to an entity of another name.
    pub(super) fn of_entity(&self, entity: &str) -> Self {
        let namespace = self.0.split('/').next().unwrap_or_default();
        Self(format!("{namespace}/{entity}/{}", self.action()).into())
    }
}

/// How an entry covers an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    /// Certain, or not told.
    pub(super) truth: Truth,
    /// The subtype of which alone the entry speaks, where the operation names none: `myorganization`.
    pub(super) subtype: Option<String>,
}

/// Whether an entry of a role covers an operation. Case does not count.
pub(super) fn fit(entry: &str, asked: &Operation) -> Option<Fit> {
    let entry = entry.to_ascii_lowercase();
    let given: Vec<&str> = entry.split('/').collect();
    let wanted: Vec<&str> = asked.0.split('/').collect();
    let ([namespace, entity, given @ ..], [asked_namespace, asked_entity, wanted @ ..]) =
        (given.as_slice(), wanted.as_slice())
    else {
        return None;
    };
    if namespace != asked_namespace {
        return None;
    }
    if *entity == ALL_ENTITIES {
        return Some(Fit { truth: tail(given, wanted)?, subtype: None });
    }
    if base(entity) != base(asked_entity) {
        return None;
    }
    let subtype = match (entity.split_once('.'), asked_entity.split_once('.')) {
        (None, _) => None,
        (Some((_, one)), None) => Some(one.to_owned()),
        (Some(_), Some(_)) if covers_segment(entity, asked_entity) => None,
        (Some(_), Some(_)) => return None,
    };
    Some(Fit { truth: tail(given, wanted)?, subtype })
}

fn base(entity: &str) -> &str {
    entity.split('.').next().unwrap_or(entity)
}

/// Whether a segment is the same, or one that has the other as subtype.
fn covers_segment(given: &str, wanted: &str) -> bool {
    wanted.strip_prefix(given).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn covers_all(given: &[&str], wanted: &[&str]) -> bool {
    given.len() == wanted.len() && given.iter().zip(wanted).all(|(one, other)| covers_segment(one, other))
}

/// Whether what stands behind the entity covers what is asked.
fn tail(given: &[&str], wanted: &[&str]) -> Option<Truth> {
    if covers_all(given, wanted) {
        return Some(Truth::Yes);
    }
    let (before, set, verb) = match given {
        [before @ .., set, verb] => (before, Some(*set), *verb),
        [verb] => (&[] as &[&str], None, *verb),
        [] => return None,
    };
    let rest = wanted.get(before.len()..).filter(|_| {
        let start = wanted.get(..before.len()).unwrap_or_default();
        covers_all(before, start)
    })?;
    let all_properties = set.is_none_or(|set| set == ALL_PROPERTIES);
    match (verb, rest) {
        (ALL_TASKS, [one]) if all_properties => {
            Some(if WHOLE.contains(one) { Truth::Yes } else { Truth::Maybe })
        }
        (ALL_TASKS, [_, "read" | "update" | ALL_TASKS]) if all_properties => Some(Truth::Yes),
        // Things of their own stand beside `allTasks` in Microsoft's roles, and nobody says that they need not.
        (ALL_TASKS, [_, _, ..]) if all_properties => Some(Truth::Maybe),
        (ALL_TASKS, [asked, "read" | "update" | "create" | "delete"]) => {
            set.is_some_and(|set| covers_segment(set, asked)).then_some(Truth::Yes)
        }
        ("read" | "update", [_, asked]) if set == Some(ALL_PROPERTIES) => {
            (*asked == verb).then_some(Truth::Yes)
        }
        ("update", ["enable" | "disable"]) if set == Some(ALL_PROPERTIES) => Some(Truth::Maybe),
        ("read" | "update", [_, .., asked]) if set == Some(ALL_PROPERTIES) => {
            (*asked == verb).then_some(Truth::Maybe)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(entry: &str, asked: &str) -> Truth {
        let asked = Operation::parse(&format!("microsoft.directory/{asked}")).unwrap();
        fit(&format!("microsoft.directory/{entry}"), &asked).map_or(Truth::No, |fit| fit.truth)
    }

    #[test]
    fn words_cover_what_microsoft_says_that_they_stand_for() {
        use Truth::{Maybe, No, Yes};
        for (entry, asked, expected) in [
            ("applications/credentials/update", "applications/credentials/update", Yes),
            ("Applications/Credentials/Update", "applications/credentials/update", Yes),
            ("applications/credentials/update", "applications/owners/update", No),
            ("applications/credentials/update", "servicePrincipals/credentials/update", No),
            ("applications/allProperties/allTasks", "applications/credentials/update", Yes),
            ("applications/allProperties/allTasks", "applications/create", Yes),
            ("applications/allProperties/allTasks", "applications/synchronization/standard/read", Maybe),
            ("applications/allProperties/update", "applications/credentials/update", Yes),
            ("applications/allProperties/update", "applications/delete", No),
            ("applications/allProperties/update", "applications/standard/read", No),
            ("applications/allProperties/read", "applications/owners/read", Yes),
            ("applications/allProperties/read", "applications/owners/update", No),
            ("applications/standard/read", "applications/allProperties/read", No),
            ("applications/basic/update", "applications/credentials/update", No),
            ("applications/allProperties/update", "applications/allProperties/allTasks", No),
            ("applications.myOrganization/credentials/update", "applications/credentials/update", Yes),
            ("applications/credentials/update", "applications.myOrganization/credentials/update", Yes),
            ("groups.security/members/update", "groups.security.assignedMembership/members/update", Yes),
            ("groups.security.assignedMembership/members/update", "groups.security/members/update", No),
            ("groups.unified/members/update", "groups.security/members/update", No),
            ("groups/members/update", "groupsAssignableToRoles/members/update", No),
            ("users/allProperties/allTasks", "users/password/update", Yes),
            ("users/allProperties/allTasks", "users/disable", Yes),
            ("users/allProperties/allTasks", "users/inviteGuest", Maybe),
            ("users/allProperties/allTasks", "users/authenticationMethods/basic/update", Maybe),
            ("users/allProperties/update", "users/disable", Maybe),
            ("organization/strongAuthentication/allTasks", "organization/strongAuthentication/update", Yes),
            ("organization/strongAuthentication/allTasks", "organization/basic/update", No),
            ("deletedItems/restore", "deletedItems.applications/restore", Yes),
            ("deletedItems.groups/restore", "deletedItems.applications/restore", No),
            (
                "accessReviews/definitions/allProperties/allTasks",
                "accessReviews/definitions.groups/create",
                Yes,
            ),
            ("allEntities/allProperties/allTasks", "applications/credentials/update", Yes),
            ("allEntities/allProperties/read", "applications/credentials/update", No),
            ("allEntities/allTasks", "groups/members/update", Yes),
        ] {
            assert_eq!(truth(entry, asked), expected, "{entry} {asked}");
        }
        let asked = Operation::parse("microsoft.directory/users/password/update").unwrap();
        assert_eq!(fit("microsoft.office365.exchange/allEntities/allTasks", &asked), None);
    }

    #[test]
    fn a_subtype_is_told() {
        let asked = Operation::parse("microsoft.directory/applications/credentials/update").unwrap();
        let fit = fit("microsoft.directory/applications.myOrganization/allProperties/update", &asked);
        assert_eq!(fit.and_then(|fit| fit.subtype).as_deref(), Some("myorganization"));
    }

    #[test]
    fn half_an_operation_is_none() {
        for text in
            ["microsoft.directory/", "microsoft.directory/users", "microsoft.directory//x", "Microsoft.X/y/z"]
        {
            assert_eq!(Operation::parse(text), None, "{text}");
        }
        let operation = Operation::parse("Microsoft.Directory/groups.security/members/update").unwrap();
        assert_eq!((operation.entity(), operation.action()), ("groups", "members/update"));
    }
}
