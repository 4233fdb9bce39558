//! What resources' own policies give to principals outside the estate: asked of the engine, one operation at a time.

mod guests;
mod operations;

use std::collections::{BTreeMap, BTreeSet};

use census_model::{Decision, Gap, Grant, ScopeId, StatementEffect, Via};
use census_privilege::aws::{access::Question, document::Statement};

pub(crate) use self::{
    guests::Guest,
    operations::{Gain, Operation},
};
use self::{guests::guests_of, operations::OPERATIONS};
use crate::View;

/// What a request of somebody carries who is of another organization.
const STRANGER: [(&str, &str); 3] = [
    ("aws:PrincipalIsAWSService", "false"),
    ("aws:PrincipalOrgID", "o-0000000000"),
    ("aws:PrincipalOrgPaths", "o-0000000000/r-0000/"),
];

/// An operation that somebody outside may do.
pub(crate) struct Opening {
    pub(crate) operation: &'static Operation,
    /// Whether it depends on what is open at run time.
    pub(crate) conditional: bool,
    /// The condition keys that it depends on.
    pub(crate) keys: Vec<String>,
    /// The gaps because of which it may be less.
    pub(crate) gaps: Vec<Gap>,
}

impl Opening {
    /// Whether it gives the resource away, or a secret.
    pub(crate) fn weighs(&self) -> bool {
        self.operation.gain == Gain::Administration
            || self.operation.action == "secretsmanager:GetSecretValue"
    }
}

/// What S3 Block Public Access makes of a bucket's policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PublicAccess {
    /// A policy that is public lets in nobody outside the account.
    Restricted,
    /// A public policy counts as it stands, though S3 would refuse it today.
    Refused,
    /// It is off.
    Open,
    /// It was not read for the bucket or for the account.
    Unread,
}

/// A resource with a policy of its own.
pub(crate) struct Shared<'a> {
    pub(crate) arn: &'a str,
    pub(crate) grant: &'a Grant,
    /// Of a bucket.
    pub(crate) public_access: Option<PublicAccess>,
    pub(crate) guests: BTreeMap<Guest, Vec<Opening>>,
}

/// The resources that let somebody in who is no part of the scan, by ARN.
pub(crate) fn shared<'a>(view: &View<'a>) -> Vec<Shared<'a>> {
    let arns: BTreeSet<&str> = view.index.resources_with_policies().collect();
    arns.into_iter().filter_map(|arn| of_resource(view, arn)).filter(|one| !one.guests.is_empty()).collect()
}

fn of_resource<'a>(view: &View<'a>, arn: &'a str) -> Option<Shared<'a>> {
    let grants = view.index.grants_of_resource(arn).iter().copied();
    let gives = |via: &Via| matches!(via, Via::ResourcePolicy | Via::KeyGrant { .. });
    let grants: Vec<&Grant> = grants.filter(|grant| gives(&grant.via)).collect();
    let grant = *grants.iter().find(|grant| grant.via == Via::ResourcePolicy).or(grants.first())?;
    let service = arn.split(':').nth(2)?;
    let account = grant.scope.as_str().strip_prefix("aws:account/")?;
    let statements: Vec<Statement> = grants
        .iter()
        .filter_map(|grant| view.policies.document(grant.policy.as_ref()?))
        .flat_map(|document| document.statements)
        .filter(|statement| statement.effect == StatementEffect::Allow)
        .collect();
    let mut guests: BTreeMap<Guest, Vec<Opening>> = BTreeMap::new();
    let of_service = |one: &&Operation| one.action.split_once(':').is_some_and(|(of, _)| of == service);
    for operation in OPERATIONS.iter().filter(of_service) {
        let Ok(mut question) = Question::new(operation.action, &format!("{arn}{}", operation.within)) else {
            continue;
        };
        if question.of_account(account).is_err() {
            continue;
        }
        let found = view.policies.access().outsiders(&question);
        // Whoever is of no organization of ours is of another one, which is what perimeters ask about.
        STRANGER.iter().for_each(|(key, value)| question.with(key, vec![(*value).to_owned()]));
        let strangers = view.policies.access().outsiders(&question);
        for (who, verdict) in found {
            let as_stranger = strangers.iter().any(|(stranger, _)| *stranger == who);
            let opening = || Opening {
                operation,
                conditional: verdict.decision != Decision::Allowed,
                keys: verdict.residual.iter().flat_map(|one| &one.atoms).map(ToString::to_string).collect(),
                gaps: verdict.may_narrow.clone(),
            };
            for guest in guests_of(&who, operation.action, &statements) {
                let is_stranger = match &guest {
                    Guest::Anybody => true,
                    Guest::Account(id) => matches!(kinship(view, &grant.scope, id), Kinship::Outside),
                };
                if as_stranger || !is_stranger {
                    guests.entry(guest).or_default().push(opening());
                }
            }
        }
    }
    let public_access = (service == "s3").then(|| public_access(view, arn, &grant.scope));
    // What lets in everybody without a condition is public whatever S3 makes of conditions, and then all of the policy
    // stops at the account.
    let is_public = guests.get(&Guest::Anybody).is_some_and(|all| all.iter().any(|one| !one.conditional));
    if is_public && public_access == Some(PublicAccess::Restricted) {
        guests.clear();
    }
    Some(Shared { arn, grant, public_access, guests })
}

/// The more restrictive of what is set for the bucket and for its account counts.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
fn public_access(view: &View<'_>, bucket: &str, account: &ScopeId) -> PublicAccess {
    let set = |of: &str| view.estate().public_access_blocks.get(of);
    let blocks = [set(bucket), set(account.as_str())];
    if blocks.iter().flatten().any(|block| block.restrict_public_buckets) {
        PublicAccess::Restricted
    } else if blocks.iter().any(Option::is_none) {
        PublicAccess::Unread
    } else if blocks.iter().flatten().any(|block| block.block_public_policy) {
        PublicAccess::Refused
    } else {
        PublicAccess::Open
    }
}

/// Whether an account is of the organization of a scope.
pub(crate) enum Kinship<'a> {
    Inside,
    Outside,
    /// The gaps are why, where there are any.
    Unknown(Vec<&'a Gap>),
}

/// Whether an account belongs to the organization of a scope. One that is scanned too is the company's in any case.
pub(crate) fn kinship<'a>(view: &View<'a>, scope: &ScopeId, account: &str) -> Kinship<'a> {
    let theirs = view.estate().scopes.get(format!("aws:account/{account}").as_str());
    if theirs.is_some_and(|theirs| theirs.scanned) {
        return Kinship::Inside;
    }
    let gaps = || -> Vec<&Gap> {
        let tree = |gap: &&Gap| gap.read.starts_with("organizations:") && !gap.read.contains("Polic");
        view.estate().gaps.iter().filter(tree).collect()
    };
    match (view.organization(scope), theirs.and_then(|theirs| view.organization(&theirs.id))) {
        (Some(ours), Some(theirs)) if ours.id == theirs.id => Kinship::Inside,
        (Some(_), Some(_)) => Kinship::Outside,
        (Some(_), None) if gaps().is_empty() => Kinship::Outside,
        _ => Kinship::Unknown(gaps()),
    }
}
