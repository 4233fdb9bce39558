//! Principals outside the estate whom a resource's own policy lets in.

use std::collections::BTreeMap;

use census_model::{Decision, PrincipalSet, Verdict};

use super::{Access, Question, caller::Subject};
use crate::aws::{
    caller::{Caller, RoleCaller, Session},
    document::StatementEffect,
    policy::PolicyType,
};

impl<'e> Access<'e> {
    /// Whoever is outside the estate and is let in by the resource's own policy, should their own side allow it too.
    /// Empty for a pattern of resources.
    pub fn outsiders(&self, question: &Question) -> Vec<(PrincipalSet, Verdict)> {
        let mut found = BTreeMap::new();
        let partition = question.target().text().split(':').nth(1).unwrap_or("aws");
        for grant in self.grants_of_resource(question.target().text()) {
            let policy = grant.policy.as_ref().and_then(|id| self.compiled(id, PolicyType::of(grant)));
            let Some(Ok(policy)) = policy else { continue };
            let statements = policy
                .with(StatementEffect::Allow)
                .filter(|statement| statement.names_action(&question.action));
            let named = statements.filter_map(|statement| statement.principals());
            for caller in named.flat_map(|principals| principals.callers()) {
                if let Some(name) = self.name_of_outsider(&caller, partition) {
                    found.entry(name).or_insert(caller);
                }
            }
        }
        found
            .into_iter()
            .map(|(name, caller)| (name, self.verdict_of(&Subject::outside(anybody_of(caller)), question)))
            .filter(|(_, verdict)| verdict.decision != Decision::Denied)
            .collect()
    }

    /// What to call a caller that is not in the estate; `None` for one that is.
    fn name_of_outsider(&self, caller: &Caller, partition: &str) -> Option<PrincipalSet> {
        let estate = self.index.estate();
        let is_scanned = |account: &str| {
            estate.scopes.get(format!("aws:account/{account}").as_str()).is_some_and(|scope| scope.scanned)
        };
        match caller {
            Caller::Anonymous => Some(PrincipalSet::Everyone),
            Caller::Service(name) => Some(PrincipalSet::Service(name.clone())),
            Caller::Federated(issuer) => Some(PrincipalSet::External(issuer.clone())),
            _ if caller.account().is_some_and(is_scanned) => None,
            Caller::Root { account } => Some(PrincipalSet::Account(account.clone())),
            Caller::User { arn, .. } | Caller::FederatedUser { arn, .. } => {
                Some(PrincipalSet::Identity(arn.clone()))
            }
            Caller::Role(RoleCaller { account, name, path, session }) => {
                let path = path.as_deref().unwrap_or("/");
                let arn = match session {
                    Session::Named(session) => {
                        format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}")
                    }
                    Session::Unnamed | Session::Chosen => {
                        format!("arn:{partition}:iam::{account}:role{path}{name}")
                    }
                };
                Some(PrincipalSet::Identity(arn.into()))
            }
        }
    }
}

/// An account stands for all of its principals, not for its root user alone, who may do more here and less there.
/// Everybody may be a principal of any account, which gets in wherever nobody in particular does.
fn anybody_of(caller: Caller) -> Caller {
    let account = match caller {
        Caller::Root { account } => account,
        Caller::Anonymous => "".into(),
        other => return other,
    };
    Caller::User { arn: format!("arn:aws:iam::{account}:user/*").into(), account }
}
