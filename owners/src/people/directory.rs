//! People and teams, by everything that they are called.
//!
//! Of a person no more is kept than a verdict needs: what they are called, whether they are here, whom they report to
//! and which team they are in.

use std::collections::HashMap;

use census_model::Text;
use jiff::civil::Date;

use crate::{owner_name::key, registry::Location};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// How they are shown: mail address, else name, else id.
    pub(crate) label: Text,
    /// Everything that they are called.
    pub(crate) names: Vec<String>,
    /// Whether they are here.
    pub(crate) employment: Employment,
    /// Whom they report to, as it is written there.
    pub(crate) manager: Option<Text>,
    /// The team that they are in, as it is written there.
    pub(crate) team: Option<Text>,
    /// Where this stands: file and line, or the user of a cloud's directory.
    pub(crate) location: Text,
}

/// Whether somebody is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Employment {
    /// They are.
    Here,
    /// Until and including this day.
    Until(Date),
    /// They left; nobody wrote down when.
    Left,
    /// It is not written.
    Unknown,
    /// A directory tells it, and that was not read.
    Unread,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// How it is shown: mail address, else name.
    pub(crate) label: Text,
    /// Everything that it is called.
    pub(crate) names: Vec<String>,
    /// Where this stands.
    pub(crate) location: Location,
}

/// Which person or team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PartyId {
    Person(usize),
    Group(usize),
}

/// People and teams, by everything that they are called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    people: Vec<Person>,
    groups: Vec<Group>,
    by_name: HashMap<String, Vec<PartyId>>,
}

impl Directory {
    /// How many people are known.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// How many teams are known.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty() && self.groups.is_empty()
    }

    /// Who is called so; several where a name is not one person's or team's.
    pub(crate) fn named(&self, key: &str) -> &[PartyId] {
        self.by_name.get(key).map_or(&[], Vec::as_slice)
    }

    /// Everything that people are called, as it is written.
    pub(crate) fn people_names(&self) -> impl Iterator<Item = &str> {
        self.people
            .iter()
            .flat_map(|person| std::iter::once(&*person.label).chain(person.names.iter().map(String::as_str)))
    }

    /// Whether a team is called so, and nobody else.
    pub(crate) fn is_group(&self, key: &str) -> bool {
        let called = self.named(key);
        !called.is_empty() && called.iter().all(|id| matches!(id, PartyId::Group(_)))
    }

    /// How the one person is shown who is called so.
    pub(crate) fn only_person(&self, key: &str) -> Option<&Text> {
        match self.named(key) {
            [PartyId::Person(index)] => self.person(*index).map(|person| &person.label),
            _ => None,
        }
    }

    pub(crate) fn person(&self, index: usize) -> Option<&Person> {
        self.people.get(index)
    }

    pub(crate) fn group(&self, index: usize) -> Option<&Group> {
        self.groups.get(index)
    }

    /// Adds people whose employment is known.
    pub(crate) fn add_people(&mut self, people: impl IntoIterator<Item = Person>) {
        for person in people {
            self.add(person);
        }
    }

    /// Adds people whom a catalogue knows. One whom the directory has under the same mail address (the first of the
    /// names) is the same, and gets the other names.
    pub(crate) fn add_catalog_people(&mut self, people: impl IntoIterator<Item = Person>) {
        for person in people {
            let known = person.names.first().map_or(&[][..], |mail| self.named(&key(mail)));
            match *known {
                [id @ PartyId::Person(_)] => self.call(id, &person.names),
                _ => self.add_people([person]),
            }
        }
    }

    /// Adds teams.
    pub(crate) fn add_groups(&mut self, groups: impl IntoIterator<Item = Group>) {
        for group in groups {
            let id = PartyId::Group(self.groups.len());
            self.call(id, &group.names);
            self.groups.push(group);
        }
    }

    /// Adds one person.
    pub(super) fn add(&mut self, person: Person) -> PartyId {
        let id = PartyId::Person(self.people.len());
        self.call(id, &person.names);
        self.people.push(person);
        id
    }

    /// The one person who is called so.
    pub(super) fn only(&self, name: &str) -> Option<PartyId> {
        match *self.named(&key(name)) {
            [id @ PartyId::Person(_)] => Some(id),
            _ => None,
        }
    }

    pub(super) fn people_mut(&mut self) -> &mut [Person] {
        &mut self.people
    }

    pub(super) fn call(&mut self, id: PartyId, names: &[String]) {
        for name in names {
            let key = key(name);
            if key.is_empty() {
                continue;
            }
            let called = self.by_name.entry(key).or_default();
            if !called.contains(&id) {
                called.push(id);
            }
        }
    }
}
