use census_model::{Evidence, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    entra::{VAULTS, update_vault},
    policies::Shown,
};

pub(crate) static RULE: Rule = Rule {
    id: "vault-without-purge-protection",
    version: 1,
    title: "A vault whose keys and secrets can be deleted for good at once",
    severity: Severity::Medium,
    finding_types: &["KV-UNPROTECTED"],
    providers: &[Provider::Azure],
    except_controls: &[("CIS-AZURE", "6.0:6.1.1.4"), ("CIS-AZURE", "6.0:8.3.8")],
    thresholds: &[],
    docs: Docs {
        finds: "A key vault or managed HSM has no purge protection, or no soft delete. Severity is high without soft delete.",
        why: "Whoever may purge can destroy keys and secrets in one step, and with a key all that it encrypts. Purge protection \
              makes what was deleted recoverable for its days, whoever deleted it.",
        remedy: "Enable purge protection. It cannot be taken back, and until its days have passed the name of a deleted vault \
                 stays taken.",
        limits: "Who may delete or purge is not looked at. A vault whose document does not say is not reported, nor one that is \
                 deleted already.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for vault in view.estate().vaults.iter().filter(|vault| vault.deleted.is_none()) {
        let no_soft_delete = vault.soft_delete == Some(false);
        if vault.purge_protection != Some(false) && !no_soft_delete {
            continue;
        }
        let missing = if no_soft_delete { "soft delete" } else { "purge protection" };
        let mut draft = Draft::new(format!("{} `{}` has no {missing}", vault.kind, Shown(&vault.name)))
            .facts([Evidence::new(missing, "off").from_source(VAULTS)])
            .evidence("vault", &*vault.native_id)
            .remedy("enable purge protection, which cannot be taken back");
        if no_soft_delete {
            draft = draft.severity(Severity::High);
        }
        findings.vault(vault, "", update_vault(draft, vault, &["--enable-purge-protection", "true"]));
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Deletion, Vault, VaultKind};

    use crate::testing::{Case, World};
    let vault = |change: fn(&mut Vault)| {
        move |w: &mut World| {
            w.vault("payments", change);
        }
    };
    vec![
        Case::fires("off", vault(|vault| vault.purge_protection = Some(false)))
            .severity(Severity::Medium)
            .says("--enable-purge-protection")
            .says("\"--resource-group\", \"apps\""),
        Case::fires("an HSM", |w| {
            w.vault("keys", |vault| {
                vault.kind = VaultKind::AzureManagedHsm;
                vault.purge_protection = Some(false);
            });
        })
        .says("update-hsm"),
        Case::fires("no soft delete", vault(|vault| vault.soft_delete = Some(false)))
            .severity(Severity::High),
        Case::silent("on", vault(|_| ())),
        Case::silent("not told", vault(|vault| vault.purge_protection = None)),
        Case::silent(
            "deleted",
            vault(|vault| {
                vault.purge_protection = Some(false);
                vault.deleted = Some(Deletion { at: None, purged: None });
            }),
        ),
    ]
}
