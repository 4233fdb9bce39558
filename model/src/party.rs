//! Whom the names of owners mean, by the people and teams that were read.

use serde::{Deserialize, Serialize};

use crate::{OwnerRole, Text};

/// Whom a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartyKind {
    /// One person.
    Person,
    /// One team.
    Team,
    /// So many people or teams are called so: none of them in particular.
    Several(usize),
    /// Nobody who was read.
    Unlisted,
}

/// Somebody whom the deciding band names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NamedParty {
    /// As what.
    pub role: OwnerRole,
    /// Who, as shown.
    pub who: Text,
    /// Whom that means.
    pub kind: PartyKind,
    /// The alphabets, where the name mixes several, as names do that are made to look like another.
    pub scripts: Option<Text>,
}

/// How many people and teams were read. Of a kind of which none was read nobody can be missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectorySize {
    /// People, by directories and catalogues.
    pub people: usize,
    /// Teams, by catalogues.
    pub teams: usize,
}

impl DirectorySize {
    /// Whether nobody was read.
    pub fn is_empty(self) -> bool {
        self.people == 0 && self.teams == 0
    }
}
