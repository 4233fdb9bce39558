//! Owner tags on the identity itself.

use std::collections::BTreeMap;

use census_model::{Claim, ClaimSource, Evidence, Identity, IdentityKind, Index, Text};

use crate::{config::OwnersConfig, owner_name};

/// Claims of tags.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TagSource<'a> {
    config: &'a OwnersConfig,
}

/// What the one whom a tag names does.
#[derive(Clone, Copy, Debug)]
enum Role {
    Owner,
    Steward,
}

impl<'a> TagSource<'a> {
    pub(crate) fn new(config: &'a OwnersConfig) -> Self {
        Self { config }
    }

    /// What the tags of an identity claim. A system-assigned identity of Azure lives and dies with its resource, whose tags
    /// are its own.
    pub(crate) fn claims(&self, identity: &Identity, index: &Index<'_>) -> Vec<Claim> {
        let mut claims = self.of_both(&identity.tags);
        if identity.kind == IdentityKind::AzureSystemAssignedIdentity {
            for host in index.workloads(&identity.id) {
                let mut found = self.of_both(&host.tags);
                let evidence = found.iter_mut().flat_map(|claim| &mut claim.evidence);
                evidence.for_each(|one| one.source = Some(host.native_id.clone()));
                claims.extend(found);
            }
        }
        claims
    }

    fn of_both(&self, tags: &BTreeMap<Text, Text>) -> Vec<Claim> {
        let levels = [ClaimSource::RequiredTag, ClaimSource::FreeTag];
        levels.into_iter().flat_map(|source| self.of_tags(tags, source)).collect()
    }

    /// What the tags of a scope claim about everything in it.
    pub(crate) fn scope_claims(&self, tags: &BTreeMap<Text, Text>) -> Vec<Claim> {
        self.claims_as(tags, ClaimSource::AccountOwner)
    }

    /// What tags of something else claim about an identity: those of the strongest level that names anybody.
    pub(crate) fn claims_as(&self, tags: &BTreeMap<Text, Text>, source: ClaimSource) -> Vec<Claim> {
        let levels = [ClaimSource::RequiredTag, ClaimSource::FreeTag];
        let strongest = levels.into_iter().map(|source| self.of_tags(tags, source)).find(|c| !c.is_empty());
        strongest.into_iter().flatten().map(|claim| Claim { source, ..claim }).collect()
    }

    fn of_tags(&self, tags: &BTreeMap<Text, Text>, source: ClaimSource) -> Vec<Claim> {
        if tags.is_empty() {
            return Vec::new();
        }
        let (owner, steward) = (&self.config.owner_tags, &self.config.steward_tags);
        let (owner_keys, steward_keys) = match source {
            ClaimSource::RequiredTag => (&owner.required, &steward.required),
            _ => (&owner.free, &steward.free),
        };
        let mut claims = speaking(tags, owner_keys, source, Role::Owner);
        claims.extend(speaking(tags, steward_keys, source, Role::Steward));
        claims
    }
}

/// The claims of the first key that names somebody. Tag keys have case in AWS, so one key may speak twice.
fn speaking(tags: &BTreeMap<Text, Text>, keys: &[String], source: ClaimSource, role: Role) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for key in keys {
        let values = tags
            .iter()
            .filter(|(tag, _)| tag.trim().to_lowercase() == key.trim().to_lowercase())
            .filter_map(|(tag, value)| owner_name::named(value).map(|name| (tag, name)));
        let found: Vec<Claim> = values.map(|(tag, name)| claim(source, role, tag, name)).collect();
        if claims.is_empty() {
            claims = found;
        } else {
            let beside = found
                .into_iter()
                .flat_map(|claim| claim.evidence)
                .map(|evidence| Evidence { label: format!("also {}", evidence.label).into(), ..evidence });
            if let Some(first) = claims.first_mut() {
                first.evidence.extend(beside);
            }
        }
    }
    claims
}

fn claim(source: ClaimSource, role: Role, tag: &str, name: Text) -> Claim {
    let evidence = vec![Evidence::new(format!("tag {tag}"), name.clone())];
    let (business_owner, technical_steward) = match role {
        Role::Owner => (Some(name), None),
        Role::Steward => (None, Some(name)),
    };
    Claim { source, business_owner, technical_steward, evidence }
}
