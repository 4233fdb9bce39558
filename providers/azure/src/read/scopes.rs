//! The tree: tenant, management groups, subscriptions, and those resource groups and resources that something refers to.

use std::collections::{BTreeMap, HashMap, HashSet};

use census_model::{EstateBuilder, Provider, Scope, ScopeId, ScopeKind, Text};

use super::{
    arm_id::{self, Level},
    files::Files,
    tenant::Tenant,
};
use crate::documents::{arm, value::Str};

/// Which tenant each management group's name belongs to. A name is only unique in its tenant, and the same few occur in
/// many; where two tenants are read, the second's bears its tenant's id.
#[derive(Debug, Default)]
pub(super) struct GroupNames(HashMap<String, String>);

impl GroupNames {
    fn id(&mut self, name: &str, tenant: &str) -> ScopeId {
        let owner = self.0.entry(name.to_owned()).or_insert_with(|| tenant.to_owned());
        if owner == tenant {
            ScopeId::new(format!("azure:management-group/{name}"))
        } else {
            ScopeId::new(format!("azure:management-group/{tenant}/{name}"))
        }
    }
}

/// Tags as the estate has them.
pub(super) fn tags(tags: Option<&arm::Tags<'_>>) -> BTreeMap<Text, Text> {
    let text = |value: &Option<Str<'_>>| value.as_deref().unwrap_or_default().into();
    tags.into_iter().flatten().map(|(name, value)| (name.as_str().into(), text(value))).collect()
}

/// What is known of the things in the tree, and which are already in the estate.
pub(super) struct Scopes<'f> {
    tenant: ScopeId,
    tenant_id: String,
    group_names: &'f mut GroupNames,
    subscriptions: HashMap<String, &'f arm::Subscription<'f>>,
    /// Names of management groups, by name in lower case.
    branches: HashMap<String, Text>,
    /// What lies above management groups and subscriptions, by normal id.
    above: HashMap<String, String>,
    resource_groups: HashMap<String, &'f arm::ResourceGroup<'f>>,
    resources: HashMap<String, &'f arm::Resource<'f>>,
    there: HashSet<String>,
}

impl<'f> Scopes<'f> {
    pub(super) fn new(tenant: &Tenant, files: &'f Files<'_>, group_names: &'f mut GroupNames) -> Self {
        let mut scopes = Self {
            tenant: tenant.scope.clone(),
            tenant_id: tenant.id.clone(),
            group_names,
            subscriptions: files.subscriptions.iter().map(|one| (one.subscription_id.lower(), one)).collect(),
            branches: HashMap::new(),
            above: HashMap::new(),
            resource_groups: files.resource_groups.iter().map(|one| (arm_id::normal(&one.id), one)).collect(),
            resources: files.resources.iter().map(|one| (arm_id::normal(&one.id), one)).collect(),
            there: HashSet::new(),
        };
        for branch in files.management_groups.iter().chain(&files.descendants) {
            let id = arm_id::normal(&branch.id);
            let Some(properties) = &branch.properties else { continue };
            if let (Level::ManagementGroup(name), Some(shown)) =
                (arm_id::level(&id), &properties.display_name)
            {
                scopes.branches.entry(name.to_owned()).or_insert_with(|| shown.as_str().into());
            }
            let details = properties.details.as_ref().and_then(|details| details.parent.as_ref());
            if let Some(parent) = properties.parent.as_ref().or(details).and_then(|parent| parent.id.as_ref())
            {
                scopes.above.entry(id).or_insert_with(|| arm_id::normal(parent));
            }
        }
        scopes
    }

    /// Adds every management group and subscription.
    pub(super) fn add_tree(&mut self, estate: &mut EstateBuilder) {
        let mut ids: Vec<String> = self.above.keys().chain(self.above.values()).cloned().collect();
        ids.extend(
            self.branches
                .keys()
                .map(|name| format!("/providers/microsoft.management/managementgroups/{name}")),
        );
        ids.extend(self.subscriptions.keys().map(|id| format!("/subscriptions/{id}")));
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            if matches!(arm_id::level(&id), Level::ManagementGroup(_) | Level::Subscription(_)) {
                self.refer(&id, estate);
            }
        }
    }

    /// The scope of an ARM id, which is in the estate from now on, with all that it lies in.
    pub(super) fn refer(&mut self, arm_id: &str, estate: &mut EstateBuilder) -> ScopeId {
        let normal = arm_id::normal(arm_id);
        let id = self.id(&normal);
        let mut next = normal;
        while self.there.insert(next.clone()) {
            let (scope, above) = self.scope(&next);
            estate.scope(scope);
            match above {
                Some(above) => next = above,
                None => break,
            }
        }
        id
    }

    /// The scope that a normal id has.
    fn id(&mut self, normal: &str) -> ScopeId {
        match arm_id::level(normal) {
            Level::Root => self.tenant.clone(),
            Level::ManagementGroup(name) => self.group_names.id(name, &self.tenant_id),
            Level::Subscription(id) => ScopeId::new(format!("azure:subscription/{id}")),
            Level::ResourceGroup(_) | Level::Resource(_) => ScopeId::new(format!("azure:{normal}")),
        }
    }

    /// A scope, and the normal id of what it lies in unless that is the tenant, which is always there.
    fn scope(&mut self, normal: &str) -> (Scope, Option<String>) {
        let (kind, native_id, name, known_tags, scanned): (_, Text, Option<Text>, _, _) =
            match arm_id::level(normal) {
                Level::Root => {
                    (ScopeKind::Tenant, self.tenant_id.as_str().into(), None, BTreeMap::new(), true)
                }
                Level::ManagementGroup(name) => {
                    let shown = self.branches.get(name).cloned();
                    (ScopeKind::ManagementGroup, name.into(), shown, BTreeMap::new(), false)
                }
                Level::Subscription(id) => {
                    let known = self.subscriptions.get(id);
                    let shown = known.and_then(|one| one.display_name.as_deref()).map(Text::from);
                    let known_tags = tags(known.and_then(|one| one.tags.as_ref()));
                    (ScopeKind::Subscription, id.into(), shown, known_tags, known.is_some())
                }
                Level::ResourceGroup(name) => {
                    let known = self.resource_groups.get(normal);
                    let native_id = known.map_or(normal, |one| one.id.as_str());
                    let shown = known.and_then(|one| one.name.as_deref()).unwrap_or(name);
                    let known_tags = tags(known.and_then(|one| one.tags.as_ref()));
                    (ScopeKind::ResourceGroup, native_id.into(), Some(shown.into()), known_tags, false)
                }
                Level::Resource(name) => {
                    let known = self.resources.get(normal);
                    let native_id = known.map_or(normal, |one| one.id.as_str());
                    let shown = known.and_then(|one| one.name.as_deref()).unwrap_or(name);
                    let known_tags = tags(known.and_then(|one| one.tags.as_ref()));
                    (ScopeKind::Resource, native_id.into(), Some(shown.into()), known_tags, false)
                }
            };
        let above = match kind {
            ScopeKind::Tenant => None,
            ScopeKind::ManagementGroup | ScopeKind::Subscription => {
                // All of them lie below the root management group, which is called as the tenant, whatever is between.
                let root = format!("/providers/microsoft.management/managementgroups/{}", self.tenant_id);
                let above = self.above.get(normal).cloned();
                Some(if normal == root { "/".to_owned() } else { above.unwrap_or(root) })
            }
            _ => Some(arm_id::parent(normal)),
        };
        // A management group that lies in itself would be its own ancestor.
        let parent = above.as_deref().filter(|above| *above != normal).map(|above| self.id(above));
        let scope = Scope {
            id: self.id(normal),
            native_id,
            provider: Provider::Azure,
            kind,
            name,
            parent,
            manages: None,
            tags: known_tags,
            scanned,
        };
        (scope, above)
    }
}
