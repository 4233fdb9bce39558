use census_model::{Evidence, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    entra::{VAULTS, update_vault},
    policies::Shown,
};

pub(crate) static RULE: Rule = Rule {
    id: "vault-open-to-deployments",
    version: 1,
    title: "A key vault whose secrets a template deployment may take out",
    severity: Severity::Low,
    finding_types: &["KV-TEMPLATE-READ"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A key vault lets Azure Resource Manager take secrets out of it for template deployments \
                (`enabledForTemplateDeployment`).",
        why: "Whoever may deploy templates and holds the vault's `deploy` action, which Owner and Contributor do, can have \
              any secret of it handed to a deployment of their own, without any right to read secrets.",
        remedy: "Switch it off where no template refers to a secret of the vault. Let workloads read the secret themselves, by \
                 a managed identity.",
        limits: "Who may deploy is not looked at here, so severity is low. Whether a template uses it is not known.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for vault in view.estate().vaults.iter().filter(|vault| vault.deleted.is_none()) {
        if !vault.enabled_for_template_deployment {
            continue;
        }
        let title = format!("template deployments may take secrets out of vault `{}`", Shown(&vault.name));
        let draft = Draft::new(title)
            .facts([Evidence::new("enabledForTemplateDeployment", "true").from_source(VAULTS)])
            .evidence("vault", &*vault.native_id)
            .remedy("switch it off where no template needs it");
        findings.vault(vault, "", update_vault(draft, vault, &["--enabled-for-template-deployment", "false"]));
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::Case;
    vec![
        Case::fires("on", |w| {
            w.vault("payments", |vault| vault.enabled_for_template_deployment = true);
        })
        .says("--enabled-for-template-deployment"),
        Case::silent("off", |w| {
            w.vault("payments", |_| ());
        }),
    ]
}
