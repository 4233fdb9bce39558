//! Managed policies by their ARNs, whoever has them.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
};

use census_model::{Grant, ScopeId, Via};

use super::Access;
use crate::aws::policy::{Policy, PolicyType};

/// What ends the ARN of the policy that gives all of IAM, in whatever partition.
const IAM_FULL_ACCESS: &str = ":iam::aws:policy/IAMFullAccess";

/// Its text, for accounts in which nobody has it and so nobody reads it.
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/IAMFullAccess.html>
const IAM_FULL_ACCESS_TEXT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*",
"organizations:DescribeAccount","organizations:DescribeOrganization","organizations:DescribeOrganizationalUnit",
"organizations:DescribePolicy","organizations:ListChildren","organizations:ListParents",
"organizations:ListPoliciesForTarget","organizations:ListRoots","organizations:ListPolicies",
"organizations:ListTargetsForPolicy"],"Resource":"*"}]}"#;

/// One attachment of each managed policy, gathered when one is first asked for.
#[derive(Default)]
pub(super) struct Managed<'e> {
    of_account: OnceCell<HashMap<&'e ScopeId, BTreeMap<&'e str, &'e Grant>>>,
    by_arn: OnceCell<HashMap<&'e str, &'e Grant>>,
    iam_full_access: OnceCell<Option<Policy>>,
}

impl<'e> Access<'e> {
    /// The managed policies that are attached to somebody of an account, or are somebody's boundary: by ARN, each with one
    /// such attachment.
    pub(crate) fn managed_of(&self, account: &ScopeId) -> impl Iterator<Item = (&'e str, &'e Grant)> + '_ {
        let all = self.managed.of_account.get_or_init(|| {
            let mut all: HashMap<&ScopeId, BTreeMap<&str, &Grant>> = HashMap::new();
            for (arn, grant) in self.managed_grants() {
                all.entry(&grant.scope).or_default().entry(arn).or_insert(grant);
            }
            all
        });
        all.get(account).into_iter().flatten().map(|(arn, grant)| (*arn, *grant))
    }

    /// A managed policy by its ARN, if its text is known and can be used.
    pub(crate) fn managed_policy(&self, arn: &str) -> Option<&Policy> {
        let all = self.managed.by_arn.get_or_init(|| {
            let mut all = HashMap::new();
            for (arn, grant) in self.managed_grants() {
                all.entry(arn).or_insert(grant);
            }
            all
        });
        if let Some(grant) = all.get(arn) {
            return self.policy_of(grant);
        }
        let known = || Policy::parse(IAM_FULL_ACCESS_TEXT, PolicyType::Identity).ok();
        let is_known = arn.ends_with(IAM_FULL_ACCESS);
        is_known.then(|| self.managed.iam_full_access.get_or_init(known).as_ref()).flatten()
    }

    fn managed_grants(&self) -> impl Iterator<Item = (&'e str, &'e Grant)> {
        self.index.estate().grants.iter().filter_map(|grant| match &grant.via {
            Via::Managed { native_id, .. } | Via::Boundary { native_id } => Some((&**native_id, grant)),
            _ => None,
        })
    }
}
