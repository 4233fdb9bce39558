//! Small random accounts for the laws of reach.

pub(crate) mod build;
pub(crate) mod change;
pub(crate) mod draw;
pub(crate) mod order;

use std::collections::{BTreeMap, BTreeSet};

use census_model::{Estate, Index, Reaches};
use serde_json::Value;

pub(crate) const USERS: [&str; 3] = ["dev", "ops", "bot"];
pub(crate) const ROLES: [&str; 3] = ["app", "mid", "svc"];
pub(crate) const GROUPS: [&str; 2] = ["admins", "team"];

/// Whoever carries policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    User(usize),
    Role(usize),
    Group(usize),
}

/// All of them.
pub(crate) fn everybody() -> Vec<Who> {
    let users = (0..USERS.len()).map(Who::User);
    let roles = (0..ROLES.len()).map(Who::Role);
    users.chain(roles).chain((0..GROUPS.len()).map(Who::Group)).collect()
}

impl Who {
    /// The ARN in the account.
    pub(crate) fn arn(self) -> String {
        let (kind, name) = match self {
            Self::User(at) => ("user", USERS[at]),
            Self::Role(at) => ("role", ROLES[at]),
            Self::Group(at) => ("group", GROUPS[at]),
        };
        format!("arn:aws:iam::{}:{kind}/{name}", census_fixtures::ACCOUNT)
    }
}

/// An account, in a form that laws can change: policies stay JSON.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    /// Statements of inline policies.
    pub(crate) inline: BTreeMap<Who, Vec<Value>>,
    /// Statements of the one managed policy, and to whom it is attached.
    pub(crate) managed: Vec<Value>,
    pub(crate) managed_by: BTreeSet<Who>,
    /// Users in groups.
    pub(crate) members: BTreeSet<(usize, usize)>,
    /// Statements of trust policies, by role.
    pub(crate) trusts: BTreeMap<usize, Vec<Value>>,
    pub(crate) boundaries: BTreeMap<Who, Vec<Value>>,
    /// What the organization allows and denies in the account; `None`, everything.
    pub(crate) control: Option<Vec<Value>>,
    /// The roles as which a function and an instance run.
    pub(crate) function: usize,
    pub(crate) instance: usize,
    /// The keys of users.
    pub(crate) keys: [usize; 3],
    /// Who is not there.
    pub(crate) gone: Option<Who>,
}

impl World {
    /// How far everybody reaches.
    pub(crate) fn reaches(&self) -> Reaches {
        let estate = build::estate(self);
        of_estate(&estate)
    }
}

/// How far everybody of an estate reaches.
pub(crate) fn of_estate(estate: &Estate) -> Reaches {
    let index = Index::new(estate);
    let aws = census_privilege::aws::access::Access::new(&index);
    let azure = census_privilege::azure::access::Access::new(&index);
    census_privilege::reach::of_estate(&aws, &azure)
}
