//! `organization.json`: the tree with its service and resource control policies.

use std::collections::BTreeMap;

use serde::Serialize;

use super::policy::{Document, allow, document};

/// An organization.
#[derive(Serialize)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) management_account: String,
    pub(crate) policies: BTreeMap<String, ControlPolicy>,
    pub(crate) targets: BTreeMap<String, Target>,
}

/// A service or resource control policy.
#[derive(Serialize)]
pub(crate) struct ControlPolicy {
    r#type: &'static str,
    name: String,
    document: Document,
}

/// The root, a unit or an account.
#[derive(Serialize)]
pub(crate) struct Target {
    parent: Option<String>,
    name: String,
    policies: Vec<String>,
}

/// What AWS attaches everywhere when control policies are enabled.
const FULL: [&str; 2] = ["p-FullAWSAccess", "p-RCPFullAWSAccess"];

impl Organization {
    /// An organization with its root unit and the two policies that AWS provides.
    pub(crate) fn new(id: &str, management_account: &str) -> Self {
        let mut organization = Self {
            id: id.to_owned(),
            management_account: management_account.to_owned(),
            policies: BTreeMap::new(),
            targets: BTreeMap::new(),
        };
        let everything = || allow("*").on("*");
        let [scp, rcp] = FULL;
        organization.scp(scp, "FullAWSAccess", document([everything()]));
        organization.rcp(rcp, "RCPFullAWSAccess", document([everything().everyone()]));
        organization
    }

    /// Adds a service control policy.
    pub(crate) fn scp(&mut self, id: &str, name: &str, document: Document) {
        self.control(id, "SERVICE_CONTROL_POLICY", name, document);
    }

    /// Adds a resource control policy.
    pub(crate) fn rcp(&mut self, id: &str, name: &str, document: Document) {
        self.control(id, "RESOURCE_CONTROL_POLICY", name, document);
    }

    fn control(&mut self, id: &str, r#type: &'static str, name: &str, document: Document) {
        let policy = ControlPolicy { r#type, name: name.to_owned(), document };
        self.policies.insert(id.to_owned(), policy);
    }

    /// Adds the root, a unit or an account with the policies attached to it beside the two of AWS.
    pub(crate) fn target(&mut self, id: &str, parent: Option<&str>, name: &str, policies: &[&str]) {
        let policies = FULL.iter().chain(policies).map(|id| (*id).to_owned()).collect();
        let target = Target { parent: parent.map(str::to_owned), name: name.to_owned(), policies };
        self.targets.insert(id.to_owned(), target);
    }
}
