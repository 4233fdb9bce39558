//! Whom the principals of a resource's policy stand for.

use std::collections::BTreeSet;

use census_model::PrincipalSet;
use census_privilege::aws::document::{Element, PrincipalKey, Statement, Test};

use crate::{
    conditions::{self, Hold},
    policies::names_action,
};

/// Who gets in by a resource's policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Guest {
    /// Whoever has an account of AWS, or nobody in particular.
    Anybody,
    /// An account, or one of its principals.
    Account(String),
}

/// Whom a principal of a policy stands for. Everybody under a condition that names accounts is those, and under one that
/// names an organization, a network or the source of a service's call nobody in particular.
pub(super) fn guests_of(who: &PrincipalSet, action: &str, statements: &[Statement]) -> BTreeSet<Guest> {
    match who {
        PrincipalSet::Account(id) => [Guest::Account(id.to_string())].into(),
        PrincipalSet::Identity(arn) => {
            arn.split(':').nth(4).map(|id| Guest::Account(id.to_owned())).into_iter().collect()
        }
        PrincipalSet::Everyone => {
            let about = statements.iter().filter(|one| names_everybody(one) && names_action(one, action));
            about.flat_map(|statement| behind(&statement.condition)).collect()
        }
        _ => BTreeSet::new(),
    }
}

fn names_everybody(statement: &Statement) -> bool {
    match &statement.principal {
        Some(Element::Only(entries)) => entries.iter().any(|entry| match entry.kind {
            PrincipalKey::Star => true,
            PrincipalKey::Aws => entry.value == "*",
            _ => false,
        }),
        Some(Element::AllBut(_)) => true,
        None => false,
    }
}

/// Who is behind everybody under these tests.
fn behind(tests: &[Test]) -> BTreeSet<Guest> {
    if let Some(accounts) = conditions::caller_accounts(tests) {
        return accounts.into_iter().map(|id| Guest::Account(id.to_owned())).collect();
    }
    if conditions::bound_by_global_keys(tests) != Hold::Open || names_owner(tests) {
        return BTreeSet::new();
    }
    [Guest::Anybody].into()
}

/// Keys of single services that name the account of the caller or of the source, in policies that AWS writes itself.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account>
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html>
fn names_owner(tests: &[Test]) -> bool {
    tests.iter().any(|test| {
        ["aws:SourceOwner", "kms:CallerAccount"].iter().any(|key| test.is_about(key))
            && conditions::undemanding(test, tests).is_none()
            && test.values.iter().all(|value| !value.is_empty() && !value.contains(['*', '?', '$']))
    })
}
