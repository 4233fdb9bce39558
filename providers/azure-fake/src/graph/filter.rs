//! The part of OData's `$filter` that Graph's lists know here.

use serde_json::Value;

use crate::json::Object;

/// The most alternatives that Graph takes in one filter.
const MOST: usize = 15;

/// Alternatives, of which one must hold with all its clauses.
#[derive(Debug)]
pub(super) struct Filter(Vec<Vec<Clause>>);

#[derive(Debug, PartialEq)]
enum Clause {
    /// `name eq value`
    Equals(String, Value),
    /// `name in ('a','b')`
    In(String, Vec<Value>),
    /// `names/any(n:n eq 'a')`
    Any(String, Value),
    /// `startswith(name,'a')`
    StartsWith(String, String),
}

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut alternatives = Vec::new();
        for part in split(text, " or ") {
            let clauses = split(part, " and ").into_iter().map(|part| {
                Clause::parse(strip_parentheses(part.trim()))
                    .ok_or_else(|| format!("Unsupported or invalid query filter clause: '{part}'."))
            });
            alternatives.push(clauses.collect::<Result<Vec<_>, _>>()?);
        }
        let filter = Self(alternatives);
        match filter.width() {
            width if width > MOST => Err(format!(
                "Too many child clauses specified in search filter expression containing 'OR' operators: \
                 {width}. Max allowed: {MOST}."
            )),
            _ => Ok(filter),
        }
    }

    fn width(&self) -> usize {
        let widths = self.0.iter().flatten().map(|clause| match clause {
            Clause::In(_, values) => values.len(),
            _ => 1,
        });
        widths.max().unwrap_or(0).max(self.0.len())
    }

    pub(super) fn holds(&self, item: &str) -> bool {
        let Some(object) = Object::parse(item) else { return false };
        self.0.iter().any(|clauses| clauses.iter().all(|clause| clause.holds(&object)))
    }

    /// The value that the filter demands of a member, whatever else holds.
    pub(super) fn demanded(&self, name: &str) -> Option<&str> {
        let [clauses] = self.0.as_slice() else { return None };
        clauses.iter().find_map(|clause| match clause {
            Clause::Equals(member, value) if member == name => value.as_str(),
            _ => None,
        })
    }
}

impl Clause {
    fn parse(text: &str) -> Option<Self> {
        if let Some(inner) = call(text, "startswith(").or_else(|| call(text, "startsWith(")) {
            let (name, value) = inner.split_once(',')?;
            let value = literal(value.trim())?.as_str()?.to_owned();
            return Some(Self::StartsWith(member(name)?, value));
        }
        if let Some((name, rest)) = text.split_once("/any(") {
            let (variable, test) = rest.strip_suffix(')')?.split_once(':')?;
            let (tested, value) = test.split_once(" eq ")?;
            let is_same = tested.trim() == variable.trim();
            return is_same.then_some(Self::Any(member(name)?, literal(value.trim())?));
        }
        if let Some((name, rest)) = text.split_once(" in ") {
            let list = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
            let values: Option<Vec<Value>> =
                split(list, ",").into_iter().map(|text| literal(text.trim())).collect();
            return Some(Self::In(member(name)?, values?));
        }
        let (name, value) = text.split_once(" eq ")?;
        Some(Self::Equals(member(name)?, literal(value.trim())?))
    }

    fn holds(&self, object: &Object<'_>) -> bool {
        let value = |name: &str| -> Option<Value> { serde_json::from_str(object.get(name)?).ok() };
        match self {
            Self::Equals(name, wanted) => same(&value(name).unwrap_or(Value::Null), wanted),
            Self::In(name, wanted) => value(name).is_some_and(|found| wanted.iter().any(|w| same(&found, w))),
            Self::Any(name, wanted) => {
                value(name).and_then(|found| Some(found.as_array()?.iter().any(|f| same(f, wanted))))
                    == Some(true)
            }
            Self::StartsWith(name, wanted) => {
                value(name).and_then(|found| {
                    Some(found.as_str()?.to_lowercase().starts_with(&wanted.to_lowercase()))
                }) == Some(true)
            }
        }
    }
}

/// Texts are the same whatever their case, as in Graph.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_str(), other.as_str()) {
        (Some(one), Some(other)) => one.to_lowercase() == other.to_lowercase(),
        _ => one == other,
    }
}

fn call<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.strip_prefix(name)?.strip_suffix(')')
}

fn member(name: &str) -> Option<String> {
    let name = name.trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| name.to_owned())
}

fn literal(text: &str) -> Option<Value> {
    match text {
        "true" => Some(true.into()),
        "false" => Some(false.into()),
        "null" => Some(Value::Null),
        _ => {
            let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
            Some(inner.replace("''", "'").into())
        }
    }
}

fn strip_parentheses(text: &str) -> &str {
    text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text)
}

/// Splits where the separator stands outside of quotes and parentheses.
fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let (mut parts, mut start, mut quoted, mut depth) = (Vec::new(), 0, false, 0_u32);
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth = depth.saturating_add(1),
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_here = !quoted && depth == 0 && at >= start;
        if is_here && text.get(at..).is_some_and(|rest| rest.starts_with(separator)) {
            parts.push(text.get(start..at).unwrap_or_default());
            start = at.saturating_add(separator.len());
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: &str = r#"{"id":"A","name":"it's and that","on":true,"uris":["x","y"]}"#;

    #[test]
    fn filters_choose() {
        for (filter, holds) in [
            ("id eq 'a'", true),
            ("id in ('b', 'A')", true),
            ("id in ('b')", false),
            ("name eq 'it''s and that' and on eq true", true),
            ("on eq false", false),
            ("uris/any(u:u eq 'y')", true),
            ("uris/any(u:u eq 'z')", false),
            ("startswith(name,'IT')", true),
            ("(id eq 'b') or (on eq true)", true),
            ("missing eq null", true),
        ] {
            assert_eq!(Filter::parse(filter).unwrap().holds(ITEM), holds, "{filter}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for filter in ["id ne 'a'", "id eq", "contains(name,'a')", "uris/any(u:u ne 'a')"] {
            assert!(Filter::parse(filter).is_err(), "{filter}");
        }
        let many: Vec<_> = (0..16).map(|n| format!("'{n}'")).collect();
        assert!(Filter::parse(&format!("id in ({})", many.join(","))).is_err());
        assert!(Filter::parse(&format!("id in ({})", many[..15].join(","))).is_ok());
    }
}
