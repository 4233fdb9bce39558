//! What catalogues and code say of identities that they name by their ids.

use std::collections::HashMap;

use census_model::{Claim, Identity, Text};

use super::Names;
use crate::{owner_name, records::Statement};

/// Claims of statements.
#[derive(Debug)]
pub(crate) struct StatementSource<'a> {
    by_id: HashMap<&'a str, Vec<&'a Statement>>,
}

impl<'a> StatementSource<'a> {
    pub(crate) fn new(statements: &'a [Statement]) -> Self {
        let mut by_id: HashMap<&str, Vec<&Statement>> = HashMap::new();
        for statement in statements {
            for id in &statement.ids {
                by_id.entry(id).or_default().push(statement);
            }
        }
        Self { by_id }
    }

    /// What is said of an identity.
    pub(crate) fn claims(&self, identity: &Identity) -> Vec<Claim> {
        let mut found: Vec<&Statement> = Vec::new();
        for id in Names::of(identity).ids() {
            for statement in self.by_id.get(id).into_iter().flatten() {
                // One that names it by several ids says one thing.
                if !found.iter().any(|known| std::ptr::eq(*known, *statement)) {
                    found.push(statement);
                }
            }
        }
        found.into_iter().filter_map(|statement| claim(statement, identity)).collect()
    }
}

fn claim(statement: &Statement, identity: &Identity) -> Option<Claim> {
    let other = |(said, own): (&Text, &Text)| said != own;
    if statement.immutable_id.as_ref().zip(identity.immutable_id.as_ref()).is_some_and(other) {
        return None;
    }
    Some(Claim {
        source: statement.source,
        business_owner: Some(owner_name::named(&statement.owner)?),
        technical_steward: None,
        evidence: statement.evidence.clone(),
    })
}
