//! Who may hold an operation, and where, before anybody is asked: the roles that have it, by where they are assigned.

use std::collections::HashMap;

use census_model::{Attachment, Grant, PolicyId, PolicyKind, ScopeId, VaultId, Via};

use super::{
    directory::is_role,
    prepared::{OperationNo, Operations},
};
use crate::azure::access::{Access, Question};

/// Role assignments by what they may give.
pub(super) struct Holders<'e> {
    by_scope: HashMap<(OperationNo, &'e ScopeId), Vec<&'e Grant>>,
    /// Access policies, by their vault.
    by_vault: HashMap<&'e VaultId, Vec<&'e Grant>>,
    /// The operations that any role has that is assigned somewhere.
    by_text: HashMap<&'e PolicyId, Vec<OperationNo>>,
}

impl<'e> Holders<'e> {
    pub(super) fn new(access: &Access<'e>, operations: &Operations) -> Self {
        let estate = access.index().estate();
        let roles = estate.policies.values().filter(|policy| policy.kind == PolicyKind::AzurePermissions);
        let by_text: HashMap<&PolicyId, Vec<OperationNo>> = roles
            .filter_map(|policy| Some((&policy.id, covered(access, operations, &policy.id)?)))
            .filter(|(_, covered)| !covered.is_empty())
            .collect();
        let mut by_scope: HashMap<(OperationNo, &ScopeId), Vec<&Grant>> = HashMap::new();
        for grant in &estate.grants {
            let gives = grant.policy.as_ref().and_then(|id| by_text.get(id));
            for number in gives.into_iter().flatten().filter(|_| is_role(grant)) {
                by_scope.entry((*number, &grant.scope)).or_default().push(grant);
            }
        }
        let mut by_vault: HashMap<&VaultId, Vec<&Grant>> = HashMap::new();
        for grant in &estate.grants {
            if let Via::AccessPolicy { vault, .. } = &grant.via {
                by_vault.entry(vault).or_default().push(grant);
            }
        }
        Self { by_scope, by_vault, by_text }
    }

    /// What may give an operation on something, by the scopes that it lies in.
    pub(super) fn at<'h>(
        &'h self,
        number: OperationNo,
        chain: &'h [ScopeId],
    ) -> impl Iterator<Item = &'e Attachment> + use<'h, 'e> {
        let grants = chain.iter().filter_map(move |scope| self.by_scope.get(&(number, scope))).flatten();
        grants.map(|grant| &grant.attached_to)
    }

    /// Whom the access policies of a vault name.
    pub(super) fn by_policy(&self, vault: &VaultId) -> impl Iterator<Item = &'e Attachment> + '_ {
        self.by_vault.get(vault).into_iter().flatten().map(|grant| &grant.attached_to)
    }

    /// Whether the text of a role may give an operation.
    pub(super) fn gives(&self, text: &PolicyId, number: OperationNo) -> bool {
        self.by_text.get(text).is_some_and(|list| list.contains(&number))
    }
}

fn covered(access: &Access<'_>, operations: &Operations, id: &PolicyId) -> Option<Vec<OperationNo>> {
    let permissions = access.permissions_of(id)?;
    let numbered = (0..).map(OperationNo).zip(&operations.questions);
    let gives = |question: &Question| {
        let of_plane = question.plane_asked().map(|plane| permissions.covering(plane, question.action()));
        of_plane.is_some_and(|mut all| all.any(|one| one.taken.is_none()))
    };
    Some(numbered.filter(|(_, question)| gives(question)).map(|(number, _)| number).collect())
}
