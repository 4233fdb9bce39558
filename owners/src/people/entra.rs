//! Users of Entra ID as people whom a directory lists.
//!
//! Only those are read who own or hold something, so they never count as a directory in which somebody could be missed.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use census_model::{Estate, GroupId, Identity, IdentityKind, Index, Text};

use super::directory::{Directory, Employment, PartyId, Person};
use crate::{gaps::hides_people, registry::day};

impl Directory {
    /// This directory with the users of Entra ID. One whose mail address or login a person here has is that person, and
    /// adds names. A person has left when all their accounts say so: disabled, deleted, past the last day. It takes one
    /// source to say that somebody left.
    pub(crate) fn with_users(&self, index: &Index<'_>) -> Cow<'_, Self> {
        let mut users = users(index.estate()).peekable();
        let gone = gone(index);
        if users.peek().is_none() && gone.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut all = self.clone();
        let mut accounts: BTreeMap<PartyId, Vec<(Employment, Text)>> = BTreeMap::new();
        for user in users {
            let names = names(user);
            let known = names.iter().filter(|name| name.contains('@')).find_map(|name| all.only(name));
            let id = match known {
                Some(id) => {
                    all.call(id, &names);
                    id
                }
                None => all.add(person(user, names, self)),
            };
            accounts.entry(id).or_default().push(standing(user, index));
        }
        for (id, accounts) in accounts {
            all.stand(id, accounts);
        }
        all.add_people(gone.into_iter().map(|id| Person {
            label: id.into(),
            names: vec![id.to_owned(), format!("azure:{id}")],
            employment: Employment::Left,
            manager: None,
            team: None,
            location: "Entra ID, which has no such user any more".into(),
        }));
        Cow::Owned(all)
    }

    /// Takes over what a person's accounts say together.
    fn stand(&mut self, id: PartyId, accounts: Vec<(Employment, Text)>) {
        let PartyId::Person(index) = id else { return };
        let Some(person) = self.people_mut().get_mut(index) else { return };
        let ended = |one: &Employment| matches!(one, Employment::Left | Employment::Until(_));
        let all_end = accounts.iter().all(|(employment, _)| ended(employment));
        let any_works = accounts.iter().any(|(employment, _)| *employment == Employment::Here);
        if person.employment == Employment::Unread && any_works {
            person.employment = Employment::Here;
        }
        let last = accounts.into_iter().max_by_key(|(employment, _)| match employment {
            Employment::Until(day) => Some(*day),
            _ => None,
        });
        if let Some((employment, location)) = last.filter(|_| all_end && !ended(&person.employment)) {
            person.employment = employment;
            person.location = location;
        }
    }
}

/// The people among the identities, by id.
pub(super) fn users(estate: &Estate) -> impl Iterator<Item = &Identity> {
    estate.identities.iter().filter(|one| one.kind == IdentityKind::EntraUser && one.person.is_some())
}

/// Everything that only this user is called: mail address, login, object id.
fn names(user: &Identity) -> Vec<String> {
    let person = user.person.iter();
    let written = person.flat_map(|one| one.mail.iter().chain(&one.login)).map(|name| name.to_string());
    written.chain([user.native_id.to_string(), user.id.to_string()]).collect()
}

/// A user whom no other source lists. The display name counts unless it is somebody's there.
fn person(user: &Identity, mut names: Vec<String>, others: &Directory) -> Person {
    let label = names.first().map_or_else(|| user.native_id.clone(), |name| name.as_str().into());
    if others.named(&crate::owner_name::key(&user.name)).is_empty() {
        names.push(user.name.to_string());
    }
    Person {
        label,
        names,
        // Until the accounts say.
        employment: Employment::Unread,
        manager: None,
        team: None,
        location: format!("Entra ID, user {}", user.native_id).into(),
    }
}

/// Whether a user is here, and where that stands.
fn standing(user: &Identity, index: &Index<'_>) -> (Employment, Text) {
    let leaves = user.person.as_ref().and_then(|person| person.leaves);
    let open = user.person.as_ref().is_some_and(|person| person.open.is_some());
    let past = leaves.filter(|at| *at <= index.estate().as_of);
    let (employment, why) = match (past, user.deleted, user.disabled, leaves) {
        (Some(at), ..) => (Employment::Until(day(at)), "last day"),
        (None, Some(_), ..) => (Employment::Left, "deleted"),
        (None, None, true, _) => (Employment::Left, "disabled"),
        (None, None, false, Some(at)) => (Employment::Until(day(at)), "last day"),
        (None, None, false, None) if open => {
            (Employment::Unread, "of which it is not told whether it is enabled")
        }
        (None, None, false, None) => (Employment::Here, "enabled"),
    };
    (employment, format!("Entra ID, user {}, {why}", user.native_id).into())
}

/// The object ids of those whom the directory names as owners and no longer has. Where users, groups or applications were
/// not read nobody is known to be gone.
fn gone<'a>(index: &Index<'a>) -> BTreeSet<&'a str> {
    let estate = index.estate();
    let missing = |id: &str| index.identity(&id.into()).is_none() && index.group(&GroupId::new(id)).is_none();
    let named = estate.directory_owners.iter().map(|owner| owner.who.as_str()).filter(|id| missing(id));
    let mut ids: BTreeSet<&str> = named.filter_map(|id| id.strip_prefix("azure:")).collect();
    if ids.is_empty() {
        return ids;
    }
    for gap in estate.gaps.iter().filter(|gap| hides_people(gap)) {
        if gap.affects.is_empty() {
            return BTreeSet::new();
        }
        for one in &gap.affects {
            ids.remove(one.strip_prefix("azure:").unwrap_or(one));
        }
    }
    ids
}
