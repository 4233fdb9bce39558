//! Trusts, grouped by whom they trust and put into words.

use std::collections::{BTreeMap, HashSet};

use census_model::{Attachment, Confidence, Evidence, Identity, Mechanism, Policy, PrincipalSet, Trust};
use census_privilege::aws::document::StatementEffect;

use crate::{Draft, View};

/// The longest condition that a finding quotes, in characters.
const QUOTED: usize = 2_000;

/// The trusts by which others get a session as `identity`, by the principal they name. One principal is one finding
/// however many statements name it, so that reordering statements changes no fingerprint.
pub(crate) fn by_principal<'a>(
    view: &View<'a>,
    identity: &Identity,
) -> BTreeMap<&'a PrincipalSet, Vec<&'a Trust>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for trust in view.index.trusts(&identity.id) {
        if trust.mechanism != Mechanism::Other {
            found.entry(&trust.who).or_default().push(*trust);
        }
    }
    for trusts in found.values_mut() {
        trusts.sort_unstable();
    }
    found
}

/// The roles whose trust policy also denies. Denials may close what an allowing statement leaves open.
#[derive(Debug)]
pub(crate) struct Denials<'a>(HashSet<&'a str>);

impl<'a> Denials<'a> {
    pub(crate) fn of(view: &View<'a>) -> Self {
        let estate = view.estate();
        let denying = |policy: &Policy| {
            // Most trust policies deny nothing, and need no parsing to say so.
            policy.text.contains("Deny")
                && view
                    .policies
                    .document(&policy.id)
                    .is_some_and(|it| it.statements.iter().any(|one| one.effect == StatementEffect::Deny))
        };
        let roles = estate.grants.iter().filter_map(|grant| match (&grant.attached_to, &grant.policy) {
            (Attachment::Resource(role), Some(policy)) => {
                estate.policies.get(policy).filter(|policy| denying(policy)).map(|_| &**role)
            }
            _ => None,
        });
        Self(roles.collect())
    }

    /// Lowers the confidence where the role's trust policy also denies, and says so.
    pub(crate) fn doubt(&self, draft: Draft, role: &Identity) -> Draft {
        if !self.0.contains(&*role.native_id) {
            return draft;
        }
        draft
            .at_most(Confidence::Medium)
            .evidence("not certain because", "the trust policy also denies, which is not weighed here")
    }
}

/// What tells this principal from others in a fingerprint.
pub(crate) fn distinguisher(who: &PrincipalSet) -> String {
    let (kind, id) = match who {
        PrincipalSet::Identity(id) => ("identity", &**id),
        PrincipalSet::Account(id) => ("account", &**id),
        PrincipalSet::Organization(id) => ("organization", &**id),
        PrincipalSet::Everyone => ("everyone", ""),
        PrincipalSet::Authenticated => ("authenticated", ""),
        PrincipalSet::Service(id) => ("service", &**id),
        PrincipalSet::External(id) => ("external", &**id),
        PrincipalSet::Deleted(id) => ("deleted", &**id),
        PrincipalSet::Unrecognized(id) => ("unrecognized", &**id),
    };
    format!("{kind}:{id}")
}

/// The account of a principal that an ARN or account id names.
pub(crate) fn account_of(who: &PrincipalSet) -> Option<&str> {
    match who {
        PrincipalSet::Account(id) => Some(id),
        PrincipalSet::Identity(arn) => arn.split(':').nth(4),
        _ => None,
    }
}

/// Each statement with its condition, as evidence.
pub(crate) fn statements<'t>(trusts: impl IntoIterator<Item = &'t Trust>) -> Vec<Evidence> {
    trusts
        .into_iter()
        .map(|trust| {
            let condition = trust.condition.as_ref().map_or_else(
                || "without a condition".to_owned(),
                |condition| format!("if {}", quoted(&condition.text)),
            );
            let except = match trust.except.len() {
                0 => String::new(),
                n => format!(" but for {n} named in NotPrincipal"),
            };
            Evidence::new(
                "trust statement",
                format!("statement {}: {}{except}, {condition}", trust.statement, mechanism(trust.mechanism)),
            )
        })
        .collect()
}

fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        None => text.to_owned(),
        Some((at, _)) => {
            format!("{}… ({} characters in all)", text.get(..at).unwrap_or_default(), text.chars().count())
        }
    }
}

fn mechanism(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::AssumeRole => "sts:AssumeRole",
        Mechanism::WebIdentity => "sts:AssumeRoleWithWebIdentity",
        Mechanism::Saml => "sts:AssumeRoleWithSAML",
        Mechanism::FederatedCredential => "federated credential",
        Mechanism::Other => "no session",
    }
}

/// The command that shows a role's trust policy, and the one that replaces it after editing.
pub(crate) fn edit_trust(role: &Identity) -> [[&str; 7]; 2] {
    [
        ["aws", "iam", "get-role", "--role-name", &role.name, "--query", "Role.AssumeRolePolicyDocument"],
        [
            "aws",
            "iam",
            "update-assume-role-policy",
            "--role-name",
            &role.name,
            "--policy-document",
            "file://trust-policy.json",
        ],
    ]
}
