use std::collections::{BTreeSet, HashMap};

use census_model::{AccessModel, Evidence, Provider, Severity, VaultId, Via};

use crate::{
    Docs, Draft, Findings, Rule, View,
    entra::{VAULTS, holder_id, update_vault},
    policies::Shown,
};

pub(crate) static RULE: Rule = Rule {
    id: "vault-access-policies",
    version: 1,
    title: "A key vault whose access is decided by its own policies",
    severity: Severity::Medium,
    finding_types: &["KV-SELF-GRANT"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A key vault decides by access policies, not by role assignments.",
        why: "Whoever may write the vault, as Contributor and Key Vault Contributor may, can give themselves access to all that \
              it holds by adding a policy. Policies reach the whole vault, never a single secret, and no eligible or \
              reviewed role stands behind them.",
        remedy: "Give those who are named in the policies the matching roles, on single secrets where that is enough. Then \
                 switch the vault to role assignments: from that moment its policies count no more.",
        limits: "Who may write the vault is not looked at here. A vault whose document does not say is not reported, nor one \
                 that is deleted. Managed HSMs have roles of their own and are not meant.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let mut named: HashMap<&VaultId, BTreeSet<&str>> = HashMap::new();
    for grant in &view.estate().grants {
        if let (Via::AccessPolicy { vault, .. }, Some(who)) = (&grant.via, holder_id(&grant.attached_to)) {
            named.entry(vault).or_default().insert(who);
        }
    }
    for vault in view.estate().vaults.iter().filter(|vault| vault.deleted.is_none()) {
        if vault.access != Some(AccessModel::AccessPolicies) {
            continue;
        }
        let principals = named.get(&vault.id).map_or(0, BTreeSet::len);
        let title = format!("access to vault `{}` is decided by its own policies", Shown(&vault.name));
        let draft = Draft::new(title)
            .facts([Evidence::new("access", AccessModel::AccessPolicies.as_str()).from_source(VAULTS)])
            .evidence("vault", &*vault.native_id)
            .evidence("principals named in its policies", principals.to_string())
            .remedy("assign the matching roles to those in the policies, then switch to role assignments");
        findings.vault(vault, "", update_vault(draft, vault, &["--enable-rbac-authorization", "true"]));
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::Attachment;

    use crate::testing::{Case, World};
    let access = |model: Option<AccessModel>| {
        move |w: &mut World| {
            w.vault("payments", |vault| vault.access = model);
        }
    };
    vec![
        Case::fires("policies", |w| {
            let vault = w.vault("payments", |vault| vault.access = Some(AccessModel::AccessPolicies));
            let app = w.app("billing");
            let via = Via::AccessPolicy { vault: vault.id.clone(), application: None, tenant: None };
            w.estate.grant(azure::grant(Attachment::Identity(app.id.clone()), via, vault.scope));
        })
        .says("--enable-rbac-authorization")
        .says("value: \"1\""),
        Case::silent("role assignments", access(Some(AccessModel::RoleAssignments))),
        Case::silent("an HSM's own roles", access(Some(AccessModel::LocalRoles))),
        Case::silent("not told", access(None)),
    ]
}
