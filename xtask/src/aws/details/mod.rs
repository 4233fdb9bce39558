//! Users, groups, roles and policies, with the fields and the order in which
//! `aws iam get-account-authorization-details` prints them.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

mod role;
mod user;

use serde::Serialize;

use super::{clock::Stamp, dice::Dice, policy::Document};

pub(crate) use role::Role;
pub(crate) use user::User;

/// The account that things are made for, and the seed they are made from.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The seed.
    pub(crate) seed: u64,
    /// Twelve digits.
    pub(crate) account: String,
}

impl Place {
    /// The stream of numbers for one thing of this account.
    pub(crate) fn dice(&self, kind: &str, name: &str) -> Dice {
        Dice::of(self.seed, &format!("{}/{kind}/{name}", self.account))
    }

    /// An IAM ARN: `user/ci`, `role/x/y`.
    pub(crate) fn arn(&self, rest: &str) -> String {
        format!("arn:aws:iam::{}:{rest}", self.account)
    }

    /// A customer managed policy of this account.
    pub(crate) fn policy(&self, name: &str) -> Attached {
        Attached { policy_name: name.to_owned(), policy_arn: self.arn(&format!("policy/{name}")) }
    }
}

/// An attached managed policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Attached {
    pub(crate) policy_name: String,
    pub(crate) policy_arn: String,
}

/// An inline policy.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Inline {
    policy_name: String,
    policy_document: Document,
}

/// A permissions boundary.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Boundary {
    permissions_boundary_type: &'static str,
    pub(crate) permissions_boundary_arn: String,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    key: String,
    value: String,
}

/// An item of `GroupDetailList`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Group {
    path: String,
    pub(crate) group_name: String,
    group_id: String,
    arn: String,
    create_date: Stamp,
    group_policy_list: Vec<Inline>,
    pub(crate) attached_managed_policies: Vec<Attached>,
}

impl Group {
    /// A group.
    pub(crate) fn new(place: &Place, name: &str) -> Self {
        let mut dice = place.dice("group", name);
        let age = dice.between(800, 1600);
        Self {
            path: "/".into(),
            group_name: name.into(),
            group_id: dice.unique_id("AGPA"),
            arn: place.arn(&format!("group/{name}")),
            create_date: Stamp::days_ago(age, &mut dice),
            group_policy_list: Vec::new(),
            attached_managed_policies: Vec::new(),
        }
    }

    /// Attaches a managed policy.
    pub(crate) fn attach(mut self, policy: Attached) -> Self {
        self.attached_managed_policies.push(policy);
        self
    }

    /// Adds an inline policy.
    pub(crate) fn inline(mut self, name: &str, document: Document) -> Self {
        self.group_policy_list.push(inline(name, document));
        self
    }
}

fn inline(name: &str, document: Document) -> Inline {
    Inline { policy_name: name.into(), policy_document: document }
}

fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.into(), value: value.into() }
}

fn boundary(policy: Attached) -> Boundary {
    Boundary { permissions_boundary_type: "Policy", permissions_boundary_arn: policy.policy_arn }
}
