//! The tree of scopes in Azure Resource Manager.

use std::collections::HashMap;

use super::Tenant;
use crate::json::Object;

/// Which scope stands above which. Scopes are ARM ids in lower case; the tenant's root is the empty text.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    parents: HashMap<String, String>,
}

const GROUPS: &str = "/providers/microsoft.management/managementgroups/";
const AUTHORIZATION: &str = "/providers/microsoft.authorization/";

impl Scopes {
    pub(super) fn new(tenant: &Tenant) -> Self {
        let mut parents = HashMap::new();
        for item in &tenant.collection("arm/descendants").items {
            let parent = item.object().and_then(|object| {
                let properties = Object::parse(object.get("properties")?)?.get("parent")?.to_owned();
                Object::parse(&properties)?.text("id")
            });
            if let Some(parent) = parent {
                parents.insert(subscription_scope(&item.id), parent.to_ascii_lowercase());
            }
        }
        // What no document places hangs below the root group, as a new subscription does.
        let root_group = format!("{GROUPS}{}", tenant.id);
        for document in ["arm/managementGroups", "arm/subscriptions"] {
            for item in &tenant.collection(document).items {
                if item.id != root_group {
                    parents.entry(item.id.clone()).or_insert_with(|| root_group.clone());
                }
            }
        }
        Self { parents }
    }

    /// The scope itself and those above it, up to the root.
    pub(crate) fn chain(&self, scope: &str) -> Vec<String> {
        let mut chain = vec![scope.to_owned()];
        let mut at = scope.to_owned();
        while !at.is_empty() && chain.len() < 64 {
            at = self.parent(&at);
            chain.push(at.clone());
        }
        chain
    }

    fn parent(&self, scope: &str) -> String {
        if let Some(parent) = self.parents.get(scope) {
            return parent.clone();
        }
        if scope.starts_with(GROUPS) {
            return String::new();
        }
        let parts: Vec<_> = scope.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            ["subscriptions", subscription, "resourcegroups", group, "providers", ..] => {
                format!("/subscriptions/{subscription}/resourcegroups/{group}")
            }
            ["subscriptions", subscription, _, ..] => format!("/subscriptions/{subscription}"),
            _ => String::new(),
        }
    }

    /// Whether `inner` is `outer` or lies below it.
    pub(crate) fn is_within(&self, inner: &str, outer: &str) -> bool {
        self.chain(inner).iter().any(|scope| scope == outer)
            || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/') && !outer.is_empty())
    }
}

/// The scope that an object of authorization stands at, from its id.
pub(crate) fn scope_of(id: &str) -> String {
    let id = id.to_ascii_lowercase();
    id.rfind(AUTHORIZATION).and_then(|at| id.get(..at)).unwrap_or(&id).to_owned()
}

/// A subscription's ARM id, which among descendants is written as a child of a management group.
fn subscription_scope(id: &str) -> String {
    match id.rsplit_once("/subscriptions/") {
        Some((_, subscription)) => format!("/subscriptions/{subscription}"),
        None => id.to_owned(),
    }
}
