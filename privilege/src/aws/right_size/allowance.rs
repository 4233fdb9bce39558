//! Statements on their way into new policies.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::aws::document::{Element, Statement, StatementEffect, Version};

/// What stays of all policies: what is allowed, by where and when, and what is denied.
#[derive(Default)]
pub(super) struct Statements {
    allowed: BTreeMap<Scope, BTreeSet<String>>,
    denied: BTreeSet<Denial>,
}

/// The resources and the condition of a statement, as they are written in a policy of some version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Scope {
    version: Version,
    resource: Listed,
    condition: Option<String>,
}

/// An element that has a `Not` form, its texts sorted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Listed {
    Only(Vec<String>),
    AllBut(Vec<String>),
}

impl Listed {
    fn of(element: &Element<String>) -> Self {
        let sorted =
            |texts: &Vec<String>| texts.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        match element {
            Element::Only(texts) => Self::Only(sorted(texts)),
            Element::AllBut(texts) => Self::AllBut(sorted(texts)),
        }
    }
}

/// A statement that denies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Denial {
    scope: Scope,
    action: Listed,
}

impl Denial {
    pub(super) fn of(version: Version, statement: &Statement) -> Self {
        Self { scope: Scope::of(version, statement), action: Listed::of(&statement.action) }
    }
}

impl Scope {
    fn of(version: Version, statement: &Statement) -> Self {
        // A policy of an identity always names its resources; nothing is what one without would be about.
        let resource = statement.resource.as_ref().map_or(Listed::Only(Vec::new()), Listed::of);
        Self { version, resource, condition: statement.condition_text.clone() }
    }
}

impl Statements {
    /// Allows actions where and when a statement allowed them.
    pub(super) fn allow(&mut self, version: Version, statement: &Statement, actions: BTreeSet<String>) {
        if !actions.is_empty() {
            self.allowed.entry(Scope::of(version, statement)).or_default().extend(actions);
        }
    }

    /// Keeps a denial.
    pub(super) fn deny(&mut self, denial: Denial) {
        self.denied.insert(denial);
    }

    /// The statements, each with the version of the language that it is written in: what is denied first.
    pub(super) fn finish(self) -> Vec<(Version, NewStatement)> {
        let denied =
            self.denied.into_iter().map(|denial| (denial.scope, denial.action, StatementEffect::Deny));
        let allowed = self
            .allowed
            .into_iter()
            .map(|(scope, actions)| (scope, Listed::Only(without_covered(actions)), StatementEffect::Allow));
        denied
            .chain(allowed)
            .map(|(scope, action, effect)| {
                let Scope { version, resource, condition } = scope;
                (version, NewStatement { effect, action, resource, condition })
            })
            .collect()
    }
}

/// Actions, without those that a star at the end of another covers.
fn without_covered(actions: BTreeSet<String>) -> Vec<String> {
    let stars: Vec<String> = actions
        .iter()
        .filter_map(|text| text.strip_suffix('*'))
        .filter(|text| !text.contains(['*', '?']))
        .map(str::to_ascii_lowercase)
        .collect();
    let is_covered = |text: &String| {
        let lower = text.to_ascii_lowercase();
        stars.iter().any(|star| lower.starts_with(star.as_str()) && lower != format!("{star}*"))
    };
    actions.into_iter().filter(|text| !is_covered(text)).collect()
}

/// A statement of a new policy.
#[derive(Clone, Debug)]
pub(super) struct NewStatement {
    effect: StatementEffect,
    action: Listed,
    resource: Listed,
    condition: Option<String>,
}

impl NewStatement {
    /// As JSON.
    pub(super) fn to_value(&self) -> Value {
        let mut object = Map::new();
        let effect = match self.effect {
            StatementEffect::Allow => "Allow",
            StatementEffect::Deny => "Deny",
        };
        object.insert("Effect".to_owned(), effect.into());
        let mut put = |name: &str, element: &Listed| match element {
            Listed::Only(texts) => object.insert(name.to_owned(), texts.clone().into()),
            Listed::AllBut(texts) => object.insert(format!("Not{name}"), texts.clone().into()),
        };
        put("Action", &self.action);
        put("Resource", &self.resource);
        // It was canonical JSON when the document was parsed.
        if let Some(condition) = self.condition.as_deref().and_then(|text| serde_json::from_str(text).ok()) {
            object.insert("Condition".to_owned(), condition);
        }
        Value::Object(object)
    }

    /// Two statements that together say the same, if one can be made two: half of its actions each, else half of its
    /// resources.
    pub(super) fn halves(&self) -> Option<(Self, Self)> {
        let cut = |listed: &Listed| match listed {
            Listed::Only(texts) if texts.len() > 1 => {
                let (one, two) = texts.split_at(texts.len() / 2);
                Some((Listed::Only(one.to_vec()), Listed::Only(two.to_vec())))
            }
            _ => None,
        };
        if let Some((one, two)) = cut(&self.action) {
            return Some((Self { action: one, ..self.clone() }, Self { action: two, ..self.clone() }));
        }
        let (one, two) = cut(&self.resource)?;
        Some((Self { resource: one, ..self.clone() }, Self { resource: two, ..self.clone() }))
    }
}
