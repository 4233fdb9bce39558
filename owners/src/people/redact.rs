//! People's names out of what is handed on: each is replaced by a pseudonym that stays the same.

use std::{borrow::Cow, collections::BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};
use census_model::{Digest, Estate, IdentityKind, Index, Ownership};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Directory, entra::users};
use crate::{owner_name::key, records::Records};

/// How many bytes of a digest tell two people apart.
const PSEUDONYM_BYTES: usize = 5;

/// The shortest name that is looked for inside longer texts.
const SHORTEST: usize = 2;

/// Mail addresses of programs, by the ends of their domains.
const PROGRAMS: [&str; 2] = ["gserviceaccount.com", "noreply.github.com"];

/// Replaces people's names.
///
/// Replaced are mail addresses, the names of people whom a directory lists, and whatever is named as an owner, steward,
/// backup or reviewer and is no team that a catalogue lists. A pseudonym is a digest of who is meant and of a secret, so
/// that it is the same in every report made with that secret, and cannot be guessed by trying names.
#[derive(Debug)]
pub struct Redactor<'a> {
    directory: Cow<'a, Directory>,
    secret: &'a str,
    /// Names that no policy or resource has by chance: those with a space or a dot in them.
    telling: Terms,
    /// Others, which are looked for only where people are spoken of.
    plain: Terms,
}

/// What kind of value is redacted. A name that is a plain word is looked for only where people are spoken of: anywhere
/// else it may be an action, an id, or a word of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// Owners and findings, which name people and have sentences about them.
    OfPeople,
    /// What a cloud says, in which tags name people.
    OfThings,
    /// What a cloud says of a person.
    OfPerson,
}

impl Speech {
    fn names_people(self, field: &str) -> bool {
        match self {
            Self::OfPeople => PEOPLE.contains(&field),
            Self::OfThings => field == TAGS,
            Self::OfPerson => PERSON.contains(&field),
        }
    }

    /// Whether the members of this field are not fields of ours.
    fn is_map(self, field: &str) -> bool {
        field == TAGS
    }
}

/// The fields of owners and findings that name people, or have sentences that may.
const PEOPLE: [&str; 10] = [
    "business_owner",
    "technical_steward",
    "who",
    "by",
    "value",
    "source",
    "because",
    "title",
    "text",
    "detail",
];

/// The fields of a person's own identity that name the person.
const PERSON: [&str; 4] = ["name", "aliases", "login", "mail"];

/// The fields of a registration that hold words of ours or of the configuration, and name nobody.
const WORDS: [&str; 8] = [
    "review_every",
    "used_every",
    "every",
    "idle",
    "risk_class",
    "data_class",
    "environment",
    "approved_pattern",
];

const TAGS: &str = "tags";

/// Names to be found in texts.
#[derive(Debug)]
struct Terms {
    finder: Option<AhoCorasick>,
    keys: BTreeSet<String>,
}

impl<'a> Redactor<'a> {
    /// Prepares for the names in what was written down, read and decided. `secret` is what keeps pseudonyms from being guessed.
    ///
    /// # Errors
    /// When the names are more than can be looked for.
    pub fn new(
        records: &'a Records,
        estate: &Estate,
        ownership: &Ownership,
        secret: &'a str,
    ) -> Result<Self, String> {
        let directory = records.directory.with_users(&Index::new(estate));
        let mut names: BTreeSet<String> = directory.people_names().map(str::to_owned).collect();
        names.extend(named_in(ownership).map(str::to_owned));
        names.extend(written_in(records).map(str::to_owned));
        names.extend(users(estate).map(|user| user.name.to_string()));
        names.retain(|name| !is_object_id(name));
        names.retain(|name| !directory.is_group(&key(name)) && !is_reference_to_a_team(name));
        let (telling, plain) = names.into_iter().partition(|name| name.contains([' ', '.', '@']));
        Ok(Self { directory, secret, telling: Terms::new(telling)?, plain: Terms::new(plain)? })
    }

    /// The same value without people's names, wherever it holds texts, keys of maps included.
    ///
    /// # Errors
    /// When it is no longer of its type without them.
    pub fn apply<T: Serialize + DeserializeOwned>(&self, value: &T, speech: Speech) -> Result<T, String> {
        let mut json = serde_json::to_value(value).map_err(|error| error.to_string())?;
        self.walk(&mut json, "", speech);
        serde_json::from_value(json).map_err(|error| error.to_string())
    }

    /// `field` is the member of an object that the value is, or is in.
    fn walk(&self, value: &mut Value, field: &str, speech: Speech) {
        match value {
            Value::String(text) => self.text(text, speech.names_people(field)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item, field, speech)),
            Value::Object(members) => {
                let is_person =
                    members.get("kind").is_some_and(|kind| kind == IdentityKind::EntraUser.as_str());
                let speech = if is_person { Speech::OfPerson } else { speech };
                let renamed = std::mem::take(members).into_iter().map(|(mut name, mut member)| {
                    let within = if speech.is_map(field) || WORDS.contains(&field) { field } else { &*name };
                    self.walk(&mut member, within, speech);
                    self.text(&mut name, false);
                    (name, member)
                });
                let mut kept = serde_json::Map::new();
                for (mut name, member) in renamed {
                    // Two names of one person are still two members.
                    while kept.contains_key(&name) {
                        name.push('\'');
                    }
                    kept.insert(name, member);
                }
                *members = kept;
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// `plain`: whether plain words may be names here.
    fn text(&self, text: &mut String, plain: bool) {
        let is_name = |text: &str| {
            let key = key(text);
            self.plain.keys.contains(&key) || self.telling.keys.contains(&key)
        };
        if plain && is_name(text) {
            *text = self.pseudonym(text);
            return;
        }
        let mut found = mails(text);
        found.retain(|(start, end)| {
            text.get(*start..*end).is_some_and(|mail| !self.directory.is_group(&key(mail)))
        });
        found.extend(self.telling.find(
            text,
            |before| !before.is_alphanumeric(),
            |after| !after.starts_with(char::is_alphanumeric),
        ));
        if plain {
            // Parts of ids and of names with hyphens are no people.
            let opens = |c: char| c.is_whitespace() || matches!(c, '(' | '[' | '`' | '"' | ',' | ';');
            let closes = |after: &str| {
                let ends =
                    |c: char| c.is_whitespace() || matches!(c, ')' | ']' | '`' | '"' | ',' | ';' | '\'');
                let mut next = after.chars();
                match next.next() {
                    Some(':' | '.') => next.next().is_none_or(char::is_whitespace),
                    first => first.is_none_or(ends),
                }
            };
            found.extend(self.plain.find(text, opens, closes));
        }
        if found.is_empty() {
            return;
        }
        // Of two that overlap the first, and of those the longer one.
        found.sort_unstable_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)));
        let mut redacted = String::with_capacity(text.len());
        let mut at = 0;
        for (start, end) in found {
            if let (true, Some(before), Some(name)) = (start >= at, text.get(at..start), text.get(start..end))
            {
                redacted.push_str(before);
                redacted.push_str(&self.pseudonym(name));
                at = end;
            }
        }
        redacted.push_str(text.get(at..).unwrap_or_default());
        *text = redacted;
    }

    /// The same for all names of one person whom the directory lists.
    fn pseudonym(&self, name: &str) -> String {
        let key = key(name);
        let who = self.directory.only_person(&key).map_or(key, |label| crate::owner_name::key(label));
        format!("person-{}", Digest::new("pseudonym").part(self.secret).part(&who).hex(PSEUDONYM_BYTES))
    }
}

impl Terms {
    fn new(names: BTreeSet<String>) -> Result<Self, String> {
        let keys = names.iter().map(|name| key(name)).collect();
        let names: Vec<String> = names.into_iter().filter(|name| name.chars().count() >= SHORTEST).collect();
        let finder = match names.is_empty() {
            true => None,
            false => Some(
                AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostLongest)
                    .ascii_case_insensitive(true)
                    .build(&names)
                    .map_err(|error| error.to_string())?,
            ),
        };
        Ok(Self { finder, keys })
    }

    /// Where names stand behind what opens and before what closes, as ranges of bytes.
    fn find<'t>(
        &'t self,
        text: &'t str,
        opens: impl Fn(char) -> bool + 't,
        closes: impl Fn(&str) -> bool + 't,
    ) -> impl Iterator<Item = (usize, usize)> + 't {
        let whole = move |start: usize, end: usize| {
            let before = text.get(..start).and_then(|before| before.chars().next_back());
            before.is_none_or(&opens) && closes(text.get(end..).unwrap_or_default())
        };
        self.finder
            .iter()
            .flat_map(move |finder| finder.find_iter(text))
            .map(|found| (found.start(), found.end()))
            .filter(move |(start, end)| whole(*start, *end))
    }
}

/// Whoever is named in what was decided.
fn named_in(ownership: &Ownership) -> impl Iterator<Item = &str> {
    let records = ownership.records.values().flat_map(|record| {
        let own = [&record.business_owner, &record.technical_steward].into_iter().flatten();
        let claims =
            record.claims.iter().flat_map(|one| [&one.business_owner, &one.technical_steward]).flatten();
        // Of several tags one decides, and the others are shown beside it.
        let tags =
            record.claims.iter().flat_map(|one| &one.evidence).filter(|fact| fact.label.contains("tag "));
        let tags = tags.map(|fact| &fact.value);
        let departed = record.departed.iter().map(|one| &one.who);
        let successors = record.successors.iter().map(|one| &one.who);
        let backup = record.registration.iter().filter_map(|one| one.backup.as_ref()).map(|one| &one.value);
        let life = record.life.as_deref();
        let reviews = life.into_iter().flat_map(|life| [&life.business, &life.technical]);
        let by = reviews.filter_map(|review| review.last.as_ref()?.by.as_ref());
        own.chain(claims).chain(tags).chain(departed).chain(successors).chain(backup).chain(by)
    });
    let ghosts = ownership.ghosts.iter().filter_map(|ghost| ghost.business_owner.as_ref());
    records.chain(ghosts).map(|name| &**name)
}

/// Whoever is named in what was written down, whether it counts or not.
fn written_in(records: &Records) -> impl Iterator<Item = &str> {
    let entries = records.registry.entries().iter();
    let entries =
        entries.flat_map(|one| [&one.business_owner, &one.technical_steward, &one.backup]).flatten();
    let attested = records.attestations.iter().map(|one| &one.by);
    let stated = records.statements.iter().map(|one| &one.owner);
    let repositories = records.repositories.values().flatten().map(|one| &one.owner);
    entries.chain(attested).chain(stated).chain(repositories).map(|name| &**name)
}

/// An object id of Entra ID, or what an identity of it is called in an estate: that is no name, and other things refer to
/// it.
fn is_object_id(name: &str) -> bool {
    let id = name.strip_prefix("azure:").unwrap_or(name);
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && id.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// `team:payments`, `group:default/payments`, `@org/payments`.
fn is_reference_to_a_team(name: &str) -> bool {
    let name = key(name);
    name.starts_with("team:") || name.starts_with("group:") || (name.starts_with('@') && name.contains('/'))
}

/// Where mail addresses stand, as ranges of bytes.
fn mails(text: &str) -> Vec<(usize, usize)> {
    let local = |c: char| {
        !c.is_whitespace()
            && !matches!(
                c,
                '/' | ':'
                    | '<'
                    | '>'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | ','
                    | ';'
                    | '"'
                    | '`'
                    | '@'
                    | '='
                    | '{'
                    | '}'
                    | '|'
                    | '\\'
            )
    };
    let domain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    let mail = |at: usize, sign: &str| {
        let (before, after) = (text.get(..at)?, text.get(at + sign.len()..)?);
        let start = before.char_indices().rev().take_while(|(_, c)| local(*c)).last()?.0;
        let length: usize = after.chars().take_while(|c| domain(*c)).map(char::len_utf8).sum();
        let host = after.get(..length)?.trim_end_matches(['.', '-']);
        let top = host.rsplit_once('.')?.1;
        let told = top.chars().nth(1).is_some() && top.starts_with(char::is_alphabetic);
        let program = PROGRAMS.iter().any(|end| host.ends_with(end));
        (told && !program).then_some((start, at + sign.len() + host.len()))
    };
    // In a URL the sign is encoded.
    ["@", "%40"]
        .iter()
        .flat_map(|sign| text.match_indices(*sign).filter_map(|(at, sign)| mail(at, sign)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use census_model::{OwnerRecord, OwnerStatus};

    use super::*;

    fn ownership(owner: &str) -> Ownership {
        let record = OwnerRecord {
            status: OwnerStatus::Registered,
            business_owner: Some(owner.into()),
            technical_steward: Some("team:payments".into()),
            claims: Vec::new(),
            gaps: Vec::new(),
            departed: Vec::new(),
            parties: Vec::new(),
            successors: Vec::new(),
            registration: None,
            life: None,
            because: format!("registry names {owner}").into(),
        };
        Ownership { records: BTreeMap::from([("a".into(), record)]), ..Ownership::default() }
    }

    fn estate() -> Estate {
        census_fixtures::finish(census_fixtures::account())
    }

    fn redacted(owner: &str, text: &str, speech: Speech) -> String {
        let (records, ownership) = (Records::default(), ownership(owner));
        let redactor = Redactor::new(&records, &estate(), &ownership, "secret").unwrap();
        redactor.apply(&text.to_owned(), speech).unwrap()
    }

    #[test]
    fn mail_addresses_go_wherever_they_stand() {
        for text in
            ["ada@example.com", "by ada@example.com.", "arn:aws:sts::1:assumed-role/x/ada@example.com"]
        {
            for speech in [Speech::OfPeople, Speech::OfThings] {
                let shown = redacted("bob", text, speech);
                assert!(!shown.contains("ada") && shown.contains("person-"), "{shown}");
            }
        }
        assert_eq!(
            redacted("x", "<ada@example.com>", Speech::OfThings),
            redacted("x", "<Ada@Example.com>", Speech::OfThings)
        );
        for text in ["actions/checkout@v4", "a@b", "@", "sa@p.iam.gserviceaccount.com", "pkg@1.2.3", "é@"] {
            assert_eq!(redacted("bob", text, Speech::OfPeople), text);
        }
    }

    #[test]
    fn a_plain_name_goes_only_where_people_are_spoken_of() {
        let (records, ownership) = (Records::default(), ownership("high"));
        let redactor = Redactor::new(&records, &estate(), &ownership, "secret").unwrap();
        let value = serde_json::json!({
            "business_owner": "High", "title": "`high` left, high (steward)", "severity": "high",
            "because": "role/high-five", "tags": {"owner": "high", "high": "x"}, "high": {"who": "high"},
        });
        let people = redactor.apply(&value, Speech::OfPeople).unwrap();
        let name = people["business_owner"].as_str().unwrap();
        assert!(name.starts_with("person-"));
        assert_eq!(people["title"], format!("`{name}` left, {name} (steward)"));
        assert_eq!((&people["severity"], &people["because"]), (&"high".into(), &"role/high-five".into()));
        assert_eq!(people["high"]["who"], name);
        let things = redactor.apply(&value, Speech::OfThings).unwrap();
        assert_eq!(things["tags"], serde_json::json!({"owner": name, "high": "x"}));
        assert_eq!(things["business_owner"], "High");
    }

    #[test]
    fn a_name_of_several_words_goes_everywhere() {
        for speech in [Speech::OfPeople, Speech::OfThings] {
            let shown = redacted("Ada Lovelace", "role of ada lovelace", speech);
            assert!(shown.starts_with("role of person-"), "{shown}");
        }
        assert_eq!(redacted("Ada Lovelace", "Ada Lovelaces", Speech::OfPeople), "Ada Lovelaces");
    }

    #[test]
    fn teams_stay_and_pseudonyms_depend_on_the_secret() {
        let (records, ownership) = (Records::default(), ownership("ada@example.com"));
        let with = |secret: &str| {
            let redactor = Redactor::new(&records, &estate(), &ownership, secret).unwrap();
            redactor.apply(&ownership, Speech::OfPeople).unwrap()
        };
        let (one, other) = (with("one"), with("other"));
        assert_eq!(one, with("one"));
        assert_ne!(one, other);
        let record = one.records.values().next().unwrap();
        assert_eq!(record.technical_steward.as_deref(), Some("team:payments"));
        let owner = record.business_owner.as_deref().unwrap();
        assert!(owner.starts_with("person-"), "{owner}");
        assert_eq!(&*record.because, format!("registry names {owner}").as_str());
    }

    #[test]
    fn users_of_entra_are_people() {
        let mut estate = census_fixtures::account();
        let mut ana = census_fixtures::azure::person("ana@brindlemoor.example");
        ana.name = "Ana".into();
        let guest = "eve_partner.example#EXT#@brindlemoor.example";
        estate.identity(census_fixtures::azure::person(guest));
        let mut app = census_fixtures::azure::service_principal("Ana");
        app.tags.insert("Ana".into(), "x".into());
        estate.identity(ana.clone());
        estate.identity(app.clone());
        let estate = census_fixtures::finish(estate);
        let (records, ownership) = (Records::default(), ownership("team:payments"));
        let redactor = Redactor::new(&records, &estate, &ownership, "secret").unwrap();
        let shown = redactor.apply(&estate, Speech::OfThings).unwrap();
        let user = shown.identities.iter().find(|one| one.id == ana.id).unwrap();
        let person = user.person.as_ref().unwrap();
        assert!(user.name.starts_with("person-"), "{}", user.name);
        assert_eq!((person.login.as_ref(), person.mail.as_ref()), (Some(&user.name), Some(&user.name)));
        assert_eq!(user.aliases, std::slice::from_ref(&user.name));
        assert_eq!(user.native_id, ana.native_id);
        let json = serde_json::to_string(&shown).unwrap();
        assert!(!json.contains("brindlemoor") && !json.contains("eve_partner"), "{json}");
        // A program of the same name keeps it, and what refers to the person still does.
        assert!(shown.identities.iter().any(|one| one.id == app.id && *one.name == *"Ana"));
        let title = redactor.apply(&"`Ana` left".to_owned(), Speech::OfPeople).unwrap();
        assert_eq!(title, "`Ana` left", "a text of its own is no field that names people");
    }
}
