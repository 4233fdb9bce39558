//! What access policies of vaults give, for whoever composes how far an identity reaches. Role assignments are not looked at
//! here but for writing access policies, which makes all that such a vault holds one's own.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{AccessModel, Decision, Identity, Index, Proof, ScopeId, Vault, VaultId, Verdict, Via};

use crate::{
    azure::{
        access::{Access, Plane, Question, Spot},
        held::{Held, Weight},
    },
    truth::Truth,
};

/// From how many vaults on reading secrets by access policies is broad. A workload has a vault of its own and often shares
/// one with its platform; whoever reads a third reads what is others'.
const MANY: usize = 3;

const READ: &str = "data:Microsoft.KeyVault/vaults/secrets/getSecret/action";
const WRITE: [&str; 2] =
    ["control:Microsoft.KeyVault/vaults/accessPolicies/write", "control:Microsoft.KeyVault/vaults/write"];

/// The secrets that an identity reads by access policies, where those are many vaults', and the vaults in which it can add a
/// policy for itself: one for each scope at which it holds such a role.
pub(in crate::azure) fn held<'e>(index: &Index<'e>, access: &Access<'e>, identity: &Identity) -> Vec<Held> {
    let groups =
        access.memberships_read(&identity.id).iter().flat_map(|one| index.grants_of_group(&one.group));
    let grants = || index.grants_of_identity(&identity.id).iter().chain(groups.clone()).copied();
    let named: BTreeSet<&VaultId> = grants()
        .filter_map(|grant| match &grant.via {
            Via::AccessPolicy { vault, .. } => Some(vault),
            _ => None,
        })
        .collect();
    let mut read: Vec<Held> = Vec::new();
    for vault in named.iter().filter_map(|id| index.vault(id)).filter(|vault| goes_by_policies(vault)) {
        let why = "reads the secrets of a vault by an access policy";
        read.extend(asked(access, READ, vault, identity, why));
    }
    if read.len() < MANY {
        read.clear();
    }
    read.extend(self_grants(index, access, identity, grants(), &named));
    read
}

fn self_grants<'e>(
    index: &Index<'e>,
    access: &Access<'e>,
    identity: &Identity,
    grants: impl Iterator<Item = &'e census_model::Grant>,
    named: &BTreeSet<&VaultId>,
) -> Vec<Held> {
    let writes: Vec<(Plane, Box<str>)> = WRITE
        .iter()
        .filter_map(|action| Some((Plane::Control, action.split_once(':')?.1.to_ascii_lowercase().into())))
        .collect();
    let roles: BTreeSet<&ScopeId> = grants
        .filter(|grant| matches!(grant.via, Via::RoleAssignment { .. }) && access.covers_any(grant, &writes))
        .map(|grant| &grant.scope)
        .collect();
    if roles.is_empty() {
        return Vec::new();
    }
    let mut first: BTreeMap<&ScopeId, Held> = BTreeMap::new();
    let others = index.estate().vaults.iter().filter(|vault| goes_by_policies(vault));
    for vault in others.filter(|vault| !named.contains(&vault.id)) {
        let chain = access.chain(&Spot::Vault(vault));
        let above: Vec<&ScopeId> = roles.iter().copied().filter(|scope| chain.contains(scope)).collect();
        if above.iter().all(|scope| first.contains_key(scope)) {
            continue;
        }
        let why = "adds an access policy for itself, and so reads all that the vault holds";
        let found = WRITE.iter().filter_map(|action| asked(access, action, vault, identity, why));
        if let Some(held) = found.max_by_key(|held| held.truth)
            && let Some(scope) = above.first()
        {
            first.entry(scope).or_insert(held);
        }
    }
    first.into_values().collect()
}

fn goes_by_policies(vault: &Vault) -> bool {
    vault.access == Some(AccessModel::AccessPolicies) && vault.deleted.is_none()
}

fn asked<'e>(
    access: &Access<'e>,
    action: &str,
    vault: &'e Vault,
    identity: &Identity,
    why: &str,
) -> Option<Held> {
    let question = Question::new(action, "").ok()?;
    let verdict: Verdict = access.ask_about(&question, &Spot::Vault(vault)).ok()?.verdict(identity);
    let truth = match verdict.decision {
        Decision::Allowed => Truth::Yes,
        Decision::Conditional => Truth::Maybe,
        Decision::Unknown | Decision::Denied => return None,
    };
    let proof = Proof {
        action: action.split_once(':').map_or(action, |(_, action)| action).into(),
        resource: vault.native_id.clone(),
        why: why.into(),
        decision: verdict.decision,
        residual: verdict.residual,
        because: verdict.because,
    };
    Some(Held { scope: vault.scope.clone(), weight: Weight::Secrets, truth, proof })
}

#[cfg(test)]
mod tests {
    use census_fixtures::azure as fake;
    use census_model::{Attachment, EstateBuilder, Grant, Policy, PolicyKind};

    use super::*;

    fn readers_of(vaults: usize) -> usize {
        let mut estate = EstateBuilder::new();
        fake::tenant(&mut estate);
        let app = fake::service_principal("app");
        estate.identity(app.clone());
        for number in 0..vaults {
            let vault =
                Vault { access: Some(AccessModel::AccessPolicies), ..fake::vault(&format!("v{number}")) };
            let text = r#"{"secrets":["get"]}"#;
            let policy = Some(estate.policy(Policy::new(PolicyKind::KeyVaultPermissions, text)));
            let via = Via::AccessPolicy { vault: vault.id.clone(), application: None };
            let grant = fake::grant(Attachment::Identity(app.id.clone()), via, vault.scope.clone());
            estate.grant(Grant { policy, ..grant });
            estate.vault(vault);
        }
        let estate = census_fixtures::finish(estate);
        let index = Index::new(&estate);
        let access = Access::new(&index);
        let app = index.identity(&app.id).expect("it was added");
        held(&index, &access, app).len()
    }

    #[test]
    fn two_vaults_are_ordinary_and_a_third_is_broad() {
        assert_eq!([0, 1, 2, 3, 4].map(readers_of), [0, 0, 0, 3, 4]);
    }

    #[test]
    fn writing_policies_of_others_vaults_is_held_once_for_a_scope() {
        let mut estate = EstateBuilder::new();
        fake::tenant(&mut estate);
        let app = fake::service_principal("app");
        estate.identity(app.clone());
        for name in ["a", "b", "c"] {
            estate.vault(Vault { access: Some(AccessModel::AccessPolicies), ..fake::vault(name) });
        }
        let text = r#"[{"actions":["Microsoft.KeyVault/*"]}]"#;
        let policy = Some(estate.policy(Policy::new(PolicyKind::AzurePermissions, text)));
        let grant = fake::role_assignment(&app.id, fake::subscription_scope(), "Key Vault Contributor");
        estate.grant(Grant { policy, ..grant });
        let estate = census_fixtures::finish(estate);
        let index = Index::new(&estate);
        let access = Access::new(&index);
        let found = held(&index, &access, index.identity(&app.id).expect("it was added"));
        assert_eq!(found.len(), 1);
        assert!(found.iter().all(|held| held.weight == Weight::Secrets && held.truth == Truth::Yes));
        assert!(found.iter().all(|held| held.scope == fake::resource_group_scope()));
    }
}
