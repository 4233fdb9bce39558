//! Asking the engine whether somebody may do something somewhere. What is asked of many is prepared once.

use std::collections::HashMap;

use census_model::{Decision, Identity, ScopeId, ScopeKind, Verdict, Via};

use super::{operations::Table, texts::Texts};
use crate::{
    azure::access::{Access, Inquiry, Plane, Question},
    truth::Truth,
};

/// Asks, and remembers what was prepared.
pub(super) struct Asker<'a, 'e> {
    pub(super) access: &'a Access<'e>,
    pub(super) texts: &'a Texts<'e>,
    pub(super) table: &'static Table,
    /// The names of roles that are held, or may be assigned, by the last part of their ids.
    roles: HashMap<String, &'e str>,
    prepared: HashMap<(&'e ScopeId, &'a str, Plane), Option<Inquiry<'a, 'e>>>,
}

/// What the engine says of it.
pub(super) struct Answer {
    pub(super) truth: Truth,
    pub(super) verdict: Verdict,
}

impl Answer {
    fn of(verdict: Verdict) -> Self {
        let truth = match verdict.decision {
            Decision::Allowed => Truth::Yes,
            Decision::Conditional => Truth::Maybe,
            // What was not read is weighed for the identity as a whole.
            Decision::Unknown | Decision::Denied => Truth::No,
        };
        Self { truth, verdict }
    }
}

impl<'a, 'e> Asker<'a, 'e> {
    pub(super) fn new(access: &'a Access<'e>, texts: &'a Texts<'e>, table: &'static Table) -> Self {
        let named = access.index().estate().grants.iter().filter_map(|grant| match &grant.via {
            Via::RoleAssignment { role, name, .. } => Some((last_part(role), &**name)),
            _ => None,
        });
        let defined =
            access.index().estate().role_definitions.iter().map(|one| (one.id.to_string(), &*one.name));
        Self { access, texts, table, roles: defined.chain(named).collect(), prepared: HashMap::new() }
    }

    /// The name of a role, or its id where nobody holds it.
    pub(super) fn role_name(&self, id: &str) -> String {
        self.roles.get(id).map_or_else(|| id.to_owned(), |name| (*name).to_owned())
    }

    /// Whether an identity may do it in a scope.
    pub(super) fn may(
        &mut self,
        identity: &Identity,
        question: &'a Question,
        scope: &'e ScopeId,
    ) -> Option<Answer> {
        let kind = self.access.index().estate().scopes.get(scope)?.kind;
        if kind == ScopeKind::Resource {
            // Few hold something on the same resource.
            let inquiry = self.access.ask_at(question, scope)?;
            return Some(Answer::of(inquiry.verdict(identity)));
        }
        let key = (scope, question.action(), question.plane_asked()?);
        let access = self.access;
        let inquiry = self.prepared.entry(key).or_insert_with(|| access.ask_at(question, scope));
        Some(Answer::of(inquiry.as_ref()?.verdict(identity)))
    }

    /// The same of a question that only this identity is asked.
    pub(super) fn may_itself(
        &self,
        identity: &Identity,
        question: &Question,
        scope: &ScopeId,
    ) -> Option<Answer> {
        Some(Answer::of(self.access.ask_at(question, scope)?.verdict(identity)))
    }
}

fn last_part(id: &str) -> String {
    id.rsplit('/').next().unwrap_or(id).to_ascii_lowercase()
}
