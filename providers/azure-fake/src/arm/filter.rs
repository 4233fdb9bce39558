//! The part of OData's `$filter` that these lists know.

use crate::{
    faults,
    http::{Answer, Request},
};

/// One clause.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Clause {
    /// `atScope()`, and `atScopeAndBelow()` of role definitions, which hides nothing that is served here.
    AtScope,
    AtScopeAndBelow,
    /// `name eq 'value'`, the name in lower case.
    Equals(String, String),
    /// `assignedTo('id')`
    AssignedTo(String),
}

/// The clauses of the request's filter, all of which must hold.
pub(super) fn clauses(request: &Request) -> Result<Vec<Clause>, Box<Answer>> {
    let text = request.query.get("$filter").unwrap_or_default();
    text.split(" and ")
        .map(str::trim)
        .filter(|clause| !clause.is_empty())
        .map(|part| clause(part).ok_or_else(|| unsupported(request, part)))
        .collect()
}

/// The refusal of a clause that the list does not know.
pub(super) fn unsupported(request: &Request, clause: &str) -> Box<Answer> {
    let message = format!("The filter '{clause}' is not supported.");
    faults::error(request, 400, "UnsupportedQuery", &message)
}

fn clause(text: &str) -> Option<Clause> {
    match text.to_ascii_lowercase().as_str() {
        "atscope()" => return Some(Clause::AtScope),
        "atscopeandbelow()" => return Some(Clause::AtScopeAndBelow),
        _ => {}
    }
    if let Some(inner) = text.strip_prefix("assignedTo(").and_then(|rest| rest.strip_suffix(')')) {
        return Some(Clause::AssignedTo(quoted(inner)?));
    }
    let (name, value) = text.split_once(" eq ")?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    is_name.then_some(Clause::Equals(name.to_ascii_lowercase(), quoted(value.trim())?))
}

fn quoted(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_known_or_refused() {
        assert_eq!(clause("atScope()"), Some(Clause::AtScope));
        assert_eq!(clause("assignedTo('a')"), Some(Clause::AssignedTo("a".to_owned())));
        assert_eq!(
            clause("roleName eq 'it''s'"),
            Some(Clause::Equals("rolename".to_owned(), "it's".to_owned()))
        );
        for other in ["startswith(name,'a')", "name ne 'a'", "name eq a"] {
            assert_eq!(clause(other), None, "{other}");
        }
    }
}
