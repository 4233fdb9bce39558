//! Resources' own policies.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{Attachment, Effect, EstateBuilder, Grant, PolicyId, PublicAccessBlock, Text, Via};

use census_privilege::aws::{access::RESOURCE_POLICY_READS, policy::PolicyType};

use super::{
    account::Account,
    files::{Files, items},
    gaps::{Noted, Presence, Unfetched},
    policies::Texts,
};
use crate::documents::{AccountFile, AuthorizationDetails};

/// The read that stands for those of all services in gaps.
const READ: &str = {
    let [first, ..] = RESOURCE_POLICY_READS;
    first
};

/// An account without the file has one gap, which stands for every resource in it.
const ABSENCE: Unfetched = Unfetched {
    live: "the documents do not hold `resource-policies.json`, with the policies of buckets, keys, queues, secrets and \
           other resources",
    folder: "the folder does not hold `resource-policies.json`, with the policies of buckets, keys, queues, secrets \
             and other resources",
};

/// What a resource says in the file, once for each way in which it says it: `None` where it has no policy.
type Found<'f> = BTreeMap<&'f str, BTreeSet<Option<PolicyId>>>;

/// Attaches to each resource the policy that the file holds for it. A resource that the file does not list has none;
/// without a gap nothing else is open.
pub(super) fn read(
    account: &Account<'_>,
    files: &Files<'_>,
    details: &AuthorizationDetails<'_>,
    noted: &Noted,
    estate: &mut EstateBuilder,
) {
    let presence = Presence::of_list(&files.resource_policies);
    noted.coverage_unfetched(&account.scope, AccountFile::ResourcePolicies, presence, &ABSENCE, estate);
    let mut texts = Texts::default();
    let mut found = Found::new();
    for (_, one) in items(&files.resource_policies) {
        let resource = one.resource.as_str();
        if let Some(block) = one.public_access_block {
            let account_itself = resource.ends_with(":root").then(|| account.scope.as_str());
            let block = PublicAccessBlock {
                restrict_public_buckets: block.restrict_public_buckets,
                block_public_policy: block.block_public_policy,
            };
            estate.public_access_block(account_itself.unwrap_or(resource), block);
        }
        let kind = PolicyType::of_resource(resource);
        let policy = one.text().map(|json| texts.policy(json, kind, resource, estate));
        found.entry(resource).or_default().insert(policy);
    }
    for (resource, policies) in &found {
        for policy in policies.iter().flatten() {
            estate.grant(Grant {
                attached_to: Attachment::Resource((*resource).into()),
                via: Via::ResourcePolicy,
                policy: Some(policy.clone()),
                effect: Effect::Allow,
                scope: account.scope.clone(),
                activation: census_model::Activation::Standing,
                condition: None,
            });
        }
    }
    // A role is a resource too, and its policy is the trust policy that the details hold.
    for role in &details.role_detail_list {
        if let Some(policies) = found.get_mut(role.arn.as_str()) {
            policies.insert(Some(texts.trust(&role.assume_role_policy_document, &role.arn, estate).0));
        }
    }
    contradictions(account, &found, estate);
    texts.finish(&account.scope, READ, estate);
}

/// Policies that differ are all kept: which of them counts is not known.
fn contradictions(account: &Account<'_>, found: &Found<'_>, estate: &mut EstateBuilder) {
    let differing = found.iter().filter(|(_, policies)| policies.len() > 1);
    let affects: Vec<Text> = differing.map(|(resource, _)| (*resource).into()).collect();
    if !affects.is_empty() {
        let detail = "the documents hold these resources twice, with policies that differ";
        account.inconsistent(READ, detail, affects, estate);
    }
}
