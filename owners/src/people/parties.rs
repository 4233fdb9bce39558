//! Whom the texts of registries, tags and catalogues mean.

use std::collections::HashMap;

use census_model::{Evidence, Text};
use jiff::civil::Date;

use super::{Directory, Employment, Group, Person, directory::PartyId};
use crate::owner_name::key;

/// How many managers are passed by in search of one who is here.
const MANAGERS: usize = 10;

/// Resolves texts to people and teams.
#[derive(Debug)]
pub(crate) struct Parties<'a> {
    directory: &'a Directory,
    /// What a text stands for, by its key.
    aliases: HashMap<String, &'a str>,
    today: Date,
}

/// What two texts have in common that mean the same person or team.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PartyKey {
    /// Nobody knows whom, or it is not clear: the text itself.
    Text(String),
    /// Somebody who is known, by what they are shown as, so that the order of files orders nothing.
    Known(Text, PartyId),
}

/// Whom a text means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Party<'a> {
    /// A person.
    Person(&'a Person),
    /// A team.
    Group(&'a Group),
    /// So many people or teams are called so.
    Several(usize),
    /// Nobody is known by it.
    Unlisted,
}

/// A text, resolved.
#[derive(Clone, Debug)]
pub(crate) struct Resolved<'a> {
    /// Equal for all texts that mean the same.
    pub(crate) key: PartyKey,
    /// How the owner is shown.
    pub(crate) label: Text,
    /// Whom it means.
    pub(crate) party: Party<'a>,
}

impl<'a> Parties<'a> {
    /// `aliases` give texts another meaning before they are looked up.
    pub(crate) fn new(
        directory: &'a Directory,
        aliases: impl IntoIterator<Item = (&'a String, &'a String)>,
        today: Date,
    ) -> Self {
        let aliases = aliases.into_iter().map(|(alias, meaning)| (key(alias), meaning.as_str())).collect();
        Self { directory, aliases, today }
    }

    /// Whom a text means.
    pub(crate) fn resolve(&self, text: &Text) -> Resolved<'a> {
        let mut key = key(text);
        let mut label = text.clone();
        if let Some(meaning) = self.aliases.get(&key) {
            key = crate::owner_name::key(meaning);
            label = (*meaning).into();
        }
        match self.directory.named(&key) {
            [] => Resolved { key: PartyKey::Text(key), label, party: Party::Unlisted },
            [id] => match self.party(*id) {
                Party::Person(person) => self.known(*id, &person.label, Party::Person(person)),
                Party::Group(group) => self.known(*id, &group.label, Party::Group(group)),
                other => Resolved { key: PartyKey::Text(key), label, party: other },
            },
            several => Resolved { key: PartyKey::Text(key), label, party: Party::Several(several.len()) },
        }
    }

    fn known(&self, id: PartyId, label: &Text, party: Party<'a>) -> Resolved<'a> {
        Resolved { key: PartyKey::Known(label.clone(), id), label: label.clone(), party }
    }

    fn party(&self, id: PartyId) -> Party<'a> {
        let found = match id {
            PartyId::Person(index) => self.directory.person(index).map(Party::Person),
            PartyId::Group(index) => self.directory.group(index).map(Party::Group),
        };
        found.unwrap_or(Party::Unlisted)
    }

    /// What shows that nobody whom a text means is here any more; of several people all have to have left.
    pub(crate) fn departure(&self, text: &Text) -> Option<Evidence> {
        let resolved = self.resolve(text);
        match resolved.party {
            Party::Person(person) => self.left(person),
            Party::Several(_) => {
                let PartyKey::Text(key) = &resolved.key else { return None };
                let all = self.directory.named(key).iter().map(|id| match self.party(*id) {
                    Party::Person(person) => self.left(person),
                    _ => None,
                });
                let all: Option<Vec<Evidence>> = all.collect();
                all.and_then(|all| all.into_iter().next())
            }
            Party::Group(_) | Party::Unlisted => None,
        }
    }

    fn left(&self, person: &Person) -> Option<Evidence> {
        let value = match person.employment {
            Employment::Until(last) if last < self.today => format!("{last}"),
            Employment::Left => "on a day that is not written down".to_owned(),
            Employment::Until(_) | Employment::Here | Employment::Unknown | Employment::Unread => {
                return None;
            }
        };
        Some(Evidence::new("left", value).from_source(person.location.clone()))
    }

    /// The nearest manager who is here.
    pub(crate) fn manager(&self, person: &'a Person) -> Option<(Text, &'a Person)> {
        let mut under = person;
        for _ in 0..MANAGERS {
            let name = under.manager.as_ref()?;
            let found = self.resolve(name);
            match found.party {
                Party::Person(manager) if self.left(manager).is_some() => under = manager,
                Party::Several(_) => return None,
                _ => return Some((found.label, under)),
            }
        }
        None
    }
}
