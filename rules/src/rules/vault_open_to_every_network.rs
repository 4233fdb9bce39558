use census_model::{Evidence, Exposure, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    entra::{VAULTS, update_vault},
    policies::Shown,
};

pub(crate) static RULE: Rule = Rule {
    id: "vault-open-to-every-network",
    version: 1,
    title: "A vault that answers from every network",
    severity: Severity::Medium,
    finding_types: &["KV-UNPROTECTED"],
    providers: &[Provider::Azure],
    except_controls: &[("CIS-AZURE", "6.0:6.1.1.4"), ("CIS-AZURE", "4.0:9.3.5")],
    thresholds: &[],
    docs: Docs {
        finds: "A key vault or managed HSM can be reached from every network.",
        why: "A token or secret that was stolen works from wherever the thief is. With private endpoints or rules for networks \
              it works from inside only.",
        remedy: "Give the vault a private endpoint and switch off public access, or let in the networks and addresses that need \
                 it. Look at the log first for who comes from where.",
        limits: "Being reachable gives nobody access: who may read is decided by roles and policies. A network security perimeter \
                 is not looked at. A vault whose document does not say is not reported, nor one that is deleted.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for vault in view.estate().vaults.iter().filter(|vault| vault.deleted.is_none()) {
        if vault.exposure != Some(Exposure::Public) {
            continue;
        }
        let held = view.index.vault_objects(&vault.id).len();
        let title = format!("{} `{}` can be reached from every network", vault.kind, Shown(&vault.name));
        let draft = Draft::new(title)
            .facts([Evidence::new("public network access", "from every network").from_source(VAULTS)])
            .evidence("vault", &*vault.native_id)
            .evidence("keys, secrets and certificates seen in it", held.to_string())
            .remedy("add a private endpoint, then switch public access off; or let in single networks only");
        findings.vault(vault, "", update_vault(draft, vault, &["--public-network-access", "Disabled"]));
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::Deletion;

    use crate::testing::{Case, World};
    let exposed = |exposure: Option<Exposure>| {
        move |w: &mut World| {
            w.vault("payments", |vault| vault.exposure = exposure.clone());
        }
    };
    vec![
        Case::fires("every network", exposed(Some(Exposure::Public))).says("--public-network-access"),
        Case::silent("private", exposed(Some(Exposure::Private))),
        Case::silent("some networks", exposed(Some(Exposure::Selected { addresses: 1, networks: 2 }))),
        Case::silent("not told", exposed(None)),
        Case::silent("deleted", |w| {
            w.vault("payments", |vault| {
                vault.exposure = Some(Exposure::Public);
                vault.deleted = Some(Deletion { at: None, purged: None });
            });
        }),
    ]
}
