//! Conditions of role assignments and role definitions: Azure attribute-based access control.
//!
//! Two versions of the syntax are about; the first has suboperations as an attribute of the request, the second as a
//! function. Both are read.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/conditions-format>

mod compare;
mod parse;

use std::collections::BTreeSet;

use self::compare::Comparison;
use super::matching;
use crate::truth::Truth;

/// Where an attribute is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// `@Request`: what the request asks for.
    Request,
    /// `@Resource`: what the request is about.
    Resource,
    /// `@Principal`: custom security attributes of whoever asks.
    Principal,
    /// `@Environment`: the circumstances of the request.
    Environment,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::Request => "Request",
            Self::Resource => "Resource",
            Self::Principal => "Principal",
            Self::Environment => "Environment",
        }
    }

    fn of(word: &str) -> Option<Self> {
        let all = [Self::Request, Self::Resource, Self::Principal, Self::Environment];
        all.into_iter().find(|one| one.as_str().eq_ignore_ascii_case(word))
    }
}

/// An attribute: `@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attribute {
    /// Where it is found.
    pub source: Source,
    /// Its name. Case does not count.
    pub path: Box<str>,
}

impl Attribute {
    /// Reads `@Source[path]`; the `@` may be left out.
    pub fn parse(text: &str) -> Option<Self> {
        let (source, path) =
            text.trim().trim_start_matches('@').strip_suffix(']').and_then(|rest| rest.split_once('['))?;
        let path = path.trim();
        Some(Self { source: Source::of(source)?, path: path.into() }).filter(|one| !one.path.is_empty())
    }

    /// Whether two are the same.
    pub fn is(&self, other: &Self) -> bool {
        self.source == other.source && self.path.eq_ignore_ascii_case(&other.path)
    }

    fn shown(&self) -> String {
        format!("@{}[{}]", self.source.as_str(), self.path)
    }
}

/// What is known of a request.
pub(super) trait Facts {
    /// The action, in lower case.
    fn action(&self) -> &str;

    /// The values of an attribute; none where it is known to be absent, `None` where nothing is known of it.
    fn values(&self, attribute: &Attribute) -> Option<Vec<String>>;
}

/// The name of the attribute by which version 1 asks for the suboperation.
const SUB_OPERATION: &str = "subOperation";

/// A value in a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Operand {
    Attribute(Attribute),
    Values(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Action(Vec<String>),
    SubOperation(Vec<String>),
    Exists(Attribute),
    Compare { left: Operand, how: Comparison, right: Operand },
}

/// A condition that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression(Node);

impl Expression {
    /// Reads a condition; `None` where it does not follow the documented syntax.
    pub fn parse(text: &str) -> Option<Self> {
        parse::expression(text).map(Self)
    }

    /// Whether it holds.
    pub(super) fn holds(&self, facts: &dyn Facts) -> Truth {
        self.0.holds(facts)
    }

    /// The values that an attribute is compared with.
    pub(super) fn compared_with(&self, attribute: &Attribute) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        self.0.compared_with(attribute, &mut found);
        found
    }

    /// What stays open, of one that may hold.
    pub(super) fn open(&self, facts: &dyn Facts) -> BTreeSet<String> {
        let mut open = BTreeSet::new();
        self.0.open(facts, &mut open);
        open
    }
}

fn sub_operation(facts: &dyn Facts) -> Option<Vec<String>> {
    facts.values(&Attribute { source: Source::Request, path: SUB_OPERATION.into() })
}

impl Operand {
    fn values(&self, facts: &dyn Facts) -> Option<Vec<String>> {
        match self {
            Self::Values(values) => Some(values.clone()),
            Self::Attribute(attribute) => facts.values(attribute),
        }
    }

    fn unknown(&self, facts: &dyn Facts, open: &mut BTreeSet<String>) {
        if let Self::Attribute(attribute) = self
            && facts.values(attribute).is_none()
        {
            open.insert(attribute.shown());
        }
    }
}

impl Node {
    fn holds(&self, facts: &dyn Facts) -> Truth {
        match self {
            Self::All(nodes) => Truth::all(nodes.iter().map(|node| node.holds(facts))),
            Self::Any(nodes) => Truth::any(nodes.iter().map(|node| node.holds(facts))),
            Self::Not(node) => !node.holds(facts),
            Self::Action(patterns) => {
                patterns.iter().any(|pattern| matching::covers(pattern, facts.action())).into()
            }
            Self::SubOperation(patterns) => match sub_operation(facts) {
                Some(values) => values
                    .iter()
                    .any(|value| patterns.iter().any(|pattern| matching::covers(pattern, value)))
                    .into(),
                None => Truth::Maybe,
            },
            Self::Exists(attribute) => {
                facts.values(attribute).map_or(Truth::Maybe, |values| (!values.is_empty()).into())
            }
            Self::Compare { left, how, right } => match (left.values(facts), right.values(facts)) {
                (Some(left), Some(right)) => how.holds(&left, &right),
                _ => Truth::Maybe,
            },
        }
    }

    fn compared_with<'n>(&'n self, attribute: &Attribute, found: &mut BTreeSet<&'n str>) {
        match self {
            Self::All(nodes) | Self::Any(nodes) => {
                nodes.iter().for_each(|node| node.compared_with(attribute, found));
            }
            Self::Not(node) => node.compared_with(attribute, found),
            Self::Compare { left: Operand::Attribute(one), right: Operand::Values(values), .. }
            | Self::Compare { left: Operand::Values(values), right: Operand::Attribute(one), .. }
                if one.is(attribute) =>
            {
                found.extend(values.iter().map(String::as_str));
            }
            Self::Action(_) | Self::SubOperation(_) | Self::Exists(_) | Self::Compare { .. } => {}
        }
    }

    fn open(&self, facts: &dyn Facts, open: &mut BTreeSet<String>) {
        if self.holds(facts) != Truth::Maybe {
            return;
        }
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().for_each(|node| node.open(facts, open)),
            Self::Not(node) => node.open(facts, open),
            Self::Action(_) => {}
            Self::SubOperation(_) => {
                open.insert(format!("@Request[{SUB_OPERATION}]"));
            }
            Self::Exists(attribute) => {
                open.insert(attribute.shown());
            }
            Self::Compare { left, right, .. } => {
                left.unknown(facts, open);
                right.unknown(facts, open);
            }
        }
    }
}

/// The ids that a text names, in lower case.
pub(crate) fn guids(text: &str) -> BTreeSet<String> {
    let parts = text.split(|one: char| !one.is_ascii_hexdigit() && one != '-');
    let is_guid = |part: &&str| {
        let groups: Vec<usize> = part.split('-').map(str::len).collect();
        groups == [8, 4, 4, 4, 12]
    };
    parts.filter(is_guid).map(str::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_conditions() {
        let text =
            "GuidEquals {8E3AF657-a8ff-443c-a75c-2fe8c4bcb635, 1-2}'acdd72a7-3385-48ef-bd42-f606fba81ae7'";
        let found: Vec<String> = guids(text).into_iter().collect();
        assert_eq!(found, ["8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "acdd72a7-3385-48ef-bd42-f606fba81ae7"]);
    }
}
