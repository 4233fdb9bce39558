//! What is known of a request besides principal, action and resource: its condition keys.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use std::collections::BTreeMap;

use super::pattern::Pattern;

/// What is known of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// The request does not carry it.
    Absent,
    /// The request carries these values.
    Values(&'a [Box<str>]),
    /// The request carries one value, of which only a pattern is known.
    Like(&'a Pattern),
    /// The caller chooses the value, or to carry none.
    Chosen,
    /// It may carry the key with any value, or not carry it.
    Unknown,
}

/// Something that knows condition keys. Keys are asked for in lower case: they compare without case.
pub trait Facts {
    /// What is known of a key.
    fn lookup(&self, key: &str) -> Lookup<'_>;

    /// The keys that begin so and are known to have values, in lower case.
    fn names(&self, prefix: &str) -> Vec<&str>;
}

/// What holds for the keys that a context does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Rest {
    /// The request does not carry them: the context is complete.
    #[default]
    Absent,
    /// Nobody knows.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Values(Vec<Box<str>>),
    Like(Pattern),
    Chosen,
}

/// The known condition keys of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<Box<str>, Value>,
    absent: Vec<Box<str>>,
    chosen: Vec<Box<str>>,
    rest: Rest,
}

impl Context {
    /// A context that names nothing yet.
    pub fn new(rest: Rest) -> Self {
        Self { rest, ..Self::default() }
    }

    /// Sets a key to its values, in place of what was set before.
    pub fn set<V: Into<Box<str>>>(&mut self, key: &str, values: impl IntoIterator<Item = V>) {
        self.put(key, Value::Values(values.into_iter().map(Into::into).collect()));
    }

    /// Notes that a key has one value, of which only a pattern is known.
    pub fn set_like(&mut self, key: &str, pattern: Pattern) {
        self.put(key, Value::Like(pattern));
    }

    /// Leaves a key to the caller's choice.
    pub fn leave_to_caller(&mut self, key: &str) {
        self.put(key, Value::Chosen);
    }

    /// Leaves all keys that begin so, other than those that are set, to the caller's choice.
    pub fn leave_all_to_caller(&mut self, prefix: &str) {
        self.chosen.push(prefix.to_ascii_lowercase().into());
    }

    fn put(&mut self, key: &str, value: Value) {
        self.values.insert(key.to_ascii_lowercase().into(), value);
    }

    /// Notes that the request does not carry keys that begin so, other than those that are set.
    pub fn lacks(&mut self, prefix: &str) {
        self.absent.push(prefix.to_ascii_lowercase().into());
    }

    /// Whether a key has values here.
    pub fn has(&self, key: &str) -> bool {
        self.values.contains_key(key.to_ascii_lowercase().as_str())
    }
}

impl Facts for Context {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        match self.values.get(key) {
            Some(Value::Values(values)) => Lookup::Values(values),
            Some(Value::Like(pattern)) => Lookup::Like(pattern),
            Some(Value::Chosen) => Lookup::Chosen,
            None if begins(&self.absent, key) => Lookup::Absent,
            None if begins(&self.chosen, key) => Lookup::Chosen,
            None => match self.rest {
                Rest::Absent => Lookup::Absent,
                Rest::Unknown => Lookup::Unknown,
            },
        }
    }

    fn names(&self, prefix: &str) -> Vec<&str> {
        self.values.keys().filter(|key| key.starts_with(prefix)).map(|key| &**key).collect()
    }
}

fn begins(prefixes: &[Box<str>], key: &str) -> bool {
    prefixes.iter().any(|prefix| key.starts_with(&**prefix))
}

/// Several sources; the first that knows a key decides.
pub struct Layers<'a>(pub &'a [&'a dyn Facts]);

impl Facts for Layers<'_> {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        self.0
            .iter()
            .map(|facts| facts.lookup(key))
            .find(|found| *found != Lookup::Unknown)
            .unwrap_or(Lookup::Unknown)
    }

    fn names(&self, prefix: &str) -> Vec<&str> {
        self.0.iter().flat_map(|facts| facts.names(prefix)).collect()
    }
}
