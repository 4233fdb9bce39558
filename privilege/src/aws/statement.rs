//! A statement, compiled, and whether it applies to a request.

use std::collections::BTreeSet;

use super::{
    caller::Caller,
    catalogue::{self, Known, known},
    condition::Test,
    context::{Context, Facts},
    document::{self, Element, StatementEffect, Version},
    pattern::{Pattern, Wildcards},
    principal::{Hold, Principals},
};
use crate::truth::Truth;

/// What is asked: may this caller do this to that?
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// What, in lower case: `s3:getobject`.
    pub action: &'a str,
    /// To which resource.
    pub resource: Target<'a>,
    /// What else is known.
    pub facts: &'a dyn Facts,
}

/// The resource of a request.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// This one; `*` for an action that has none.
    One(&'a str),
    /// Any that matches: what holds for all of them holds, what holds for some of them may.
    Any {
        /// What they match.
        pattern: &'a Pattern,
        /// The same as it was written.
        text: &'a str,
    },
}

impl<'a> Target<'a> {
    /// The ARN, or the pattern as it was written.
    pub fn text(self) -> &'a str {
        match self {
            Self::One(text) | Self::Any { text, .. } => text,
        }
    }
}

/// A statement, compiled.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The `Sid`, else `#` and a digest.
    pub label: Box<str>,
    /// `Effect`.
    pub effect: StatementEffect,
    principals: Option<Principals>,
    action: Element<Pattern>,
    resource: Option<Element<Pattern>>,
    tests: Vec<Test>,
}

impl Statement {
    /// Compiles a statement.
    ///
    /// # Errors
    /// With the element and what is wrong with it.
    pub fn compile(
        statement: &document::Statement,
        version: Version,
    ) -> Result<Self, (&'static str, String)> {
        let actions = |texts: &Vec<String>| {
            texts.iter().map(|text| Pattern::glob(&text.to_ascii_lowercase())).collect()
        };
        let resources = |texts: &Vec<String>| {
            texts.iter().map(|text| Pattern::new(text, Wildcards::Expanded, version)).collect()
        };
        Ok(Self {
            label: statement.label.as_str().into(),
            effect: statement.effect,
            principals: statement
                .principal
                .as_ref()
                .map(Principals::compile)
                .transpose()
                .map_err(|problem| ("Principal", problem))?,
            action: statement.action.map(actions),
            resource: statement.resource.as_ref().map(|element| element.map(resources)),
            tests: statement
                .condition
                .iter()
                .map(|test| Test::compile(test, version))
                .collect::<Result<_, _>>()
                .map_err(|problem| ("Condition", problem))?,
        })
    }

    /// A statement that allows everything.
    pub fn everything(principals: Option<Principals>) -> Self {
        let any = || Element::Only(vec![Pattern::glob("*")]);
        Self {
            label: "everything".into(),
            effect: StatementEffect::Allow,
            principals,
            action: any(),
            resource: Some(any()),
            tests: Vec::new(),
        }
    }

    /// Whether it applies, whoever calls.
    pub fn applies(&self, request: &Request<'_>) -> Truth {
        if !self.names_action(request.action) {
            return Truth::No;
        }
        let resource = self.names_resource(request);
        if resource == Truth::No {
            return Truth::No;
        }
        resource & Truth::all(self.tests.iter().map(|test| self.holds(test, request.facts)))
    }

    /// Whether a test holds: one that the caller decides comes out as the caller likes.
    fn holds(&self, test: &Test, facts: &dyn Facts) -> Truth {
        if test.is_chosen(facts) {
            Truth::from(self.effect == StatementEffect::Allow)
        } else {
            test.holds(facts)
        }
    }

    /// Whether it applies to the caller that its `Principal` must name, and by how much it names the caller.
    pub fn applies_to(&self, request: &Request<'_>) -> Option<(Truth, Hold)> {
        if !self.names_action(request.action) {
            return None;
        }
        let (meant, hold) = self.principals.as_ref()?.hold(request.caller, self.effect)?;
        match meant & self.applies(request) {
            Truth::No => None,
            truth => Some((truth, hold)),
        }
    }

    /// The tests that cannot be decided for a request.
    pub fn open_tests(&self, request: &Request<'_>) -> impl Iterator<Item = &Test> {
        let facts = request.facts;
        self.tests.iter().filter(move |test| self.holds(test, facts) == Truth::Maybe)
    }

    /// The tests that do not hold for a request.
    pub fn failing_tests(&self, request: &Request<'_>) -> impl Iterator<Item = &Test> {
        let facts = request.facts;
        self.tests.iter().filter(move |test| self.holds(test, facts) == Truth::No)
    }

    /// Its tests.
    pub fn tests(&self) -> &[Test] {
        &self.tests
    }

    /// Whether it names its principals, and which.
    pub fn principals(&self) -> Option<&Principals> {
        self.principals.as_ref()
    }

    /// Whether it denies everybody whom its `NotPrincipal` does not list.
    pub fn denies_all_but(&self) -> bool {
        self.effect == StatementEffect::Deny && self.principals.as_ref().is_some_and(Principals::is_inverted)
    }

    /// Whether it is about this action, given in lower case.
    pub fn names_action(&self, action: &str) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches_fixed(action));
        match &self.action {
            Element::Only(patterns) => any(patterns),
            Element::AllBut(patterns) => !any(patterns),
        }
    }

    /// Whether it is about the resource of a request. A resource's own policy may leave out the resource.
    pub fn names_resource(&self, request: &Request<'_>) -> Truth {
        let any = |patterns: &[Pattern]| {
            Truth::any(patterns.iter().map(|pattern| match request.resource {
                Target::One(resource) => pattern.matches(resource, request.facts),
                Target::Any { pattern: query, .. } => pattern.covers(query, request.facts),
            }))
        };
        match &self.resource {
            None => Truth::Yes,
            Some(Element::Only(patterns)) => any(patterns),
            Some(Element::AllBut(patterns)) => !any(patterns),
        }
    }

    /// The services, in lower case, of all actions that it is about; `None` where a wildcard stands for services.
    pub(crate) fn services(&self) -> Option<BTreeSet<&str>> {
        let Element::Only(patterns) = &self.action else { return None };
        patterns.iter().map(|pattern| Some(pattern.literal_beginning().split_once(':')?.0)).collect()
    }

    /// Whether it denies its actions whatever the resource and the request.
    pub(crate) fn denies_everywhere(&self) -> bool {
        let is_everything = match &self.resource {
            None => true,
            Some(Element::Only(patterns)) => patterns.iter().any(Pattern::is_universal),
            Some(Element::AllBut(_)) => false,
        };
        self.effect == StatementEffect::Deny && self.tests.is_empty() && is_everything
    }

    /// The actions of the catalogue that it is about, in lower case. One that the catalogue does not know is among them
    /// where it is named as such.
    pub(crate) fn actions(&self) -> impl Iterator<Item = String> + '_ {
        let globs: Vec<String> = match &self.action {
            Element::Only(_) => self.action_globs().collect(),
            Element::AllBut(_) => vec!["*".to_owned()],
        };
        let spelt: Vec<String> = globs.iter().filter(|glob| !glob.contains(['*', '?'])).cloned().collect();
        let found = globs.into_iter().flat_map(|glob| catalogue::expand(&glob));
        let found =
            found.map(|(service, action)| format!("{}:{}", service.prefix, action.name).to_ascii_lowercase());
        spelt.into_iter().chain(found).filter(|action| self.names_action(action))
    }

    /// Whether an entry of `Action` or `NotAction` matches no action of the catalogue.
    pub(crate) fn names_unknown_action(&self) -> bool {
        self.action_globs().any(|glob| !matches!(known(&glob), Known::All | Known::Some))
    }

    /// The entries of `Action` or `NotAction`, in lower case.
    fn action_globs(&self) -> impl Iterator<Item = String> + '_ {
        let (Element::Only(patterns) | Element::AllBut(patterns)) = &self.action;
        patterns.iter().filter_map(|pattern| pattern.as_glob(&Context::default()))
    }

    /// The resources that it names, or all but those.
    pub(crate) fn resource(&self) -> Option<&Element<Pattern>> {
        self.resource.as_ref()
    }

    /// The condition keys on which the resource depends, in lower case.
    pub fn resource_keys(&self) -> impl Iterator<Item = &str> {
        let patterns = match &self.resource {
            None => &[],
            Some(Element::Only(patterns) | Element::AllBut(patterns)) => patterns.as_slice(),
        };
        patterns.iter().flat_map(Pattern::keys)
    }
}
