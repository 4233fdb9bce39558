use census_model::{Confidence, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    entra::update_vault,
    policies::{LISTED, Shown},
    powers::{is_machine, more, name},
    vaults::{by_exposure, of_vault, way, way_fact, ways_to_read},
};

/// The way that is meant.
const DEPLOYS: &str = "az-kv-template-deploy-read";

pub(crate) static RULE: Rule = Rule {
    id: "vault-template-read",
    version: 1,
    title: "Programs that cannot read a vault's secrets can have a template deployment take them out",
    severity: Severity::High,
    finding_types: &["KV-TEMPLATE-READ"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A vault lets template deployments take secrets out, and programs that cannot read its secrets hold its \
                `deploy` action and may deploy somewhere. One finding a vault, with medium confidence. Severity is high where \
                the vault answers from every network.",
        why: "Azure Resource Manager hands a secret to a deployment, and whoever wrote the template decides what becomes of it. \
              Contributor and Owner hold both permissions.",
        remedy: "Switch it off where no template refers to a secret of the vault. Take the `deploy` action from whoever does \
                 not deploy with it.",
        limits: "That somebody reads secrets so is derived from what Microsoft documents of both steps; nobody is known to have \
                 shown it. `vault-open-to-deployments` reports the setting, whoever could use it. People are not counted.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let open = view.estate().vaults.iter().filter(|vault| vault.deleted.is_none());
    for vault in open.filter(|vault| vault.enabled_for_template_deployment) {
        let found: Vec<_> = of_vault(view, vault)
            .into_iter()
            .filter(|(identity, access)| {
                is_machine(identity) && !access.reads_every_secret() && ways_to_read(view, access).is_empty()
            })
            .filter_map(|(identity, access)| Some((identity, way(access, DEPLOYS)?)))
            .collect();
        if found.is_empty() {
            continue;
        }
        let title = format!(
            "{} can have deployments take secrets out of vault `{}`",
            if found.len() == 1 { "a program".to_owned() } else { format!("{} programs", found.len()) },
            Shown(&vault.name)
        );
        let facts = found.iter().take(LISTED).map(|(identity, way)| {
            let mut fact = way_fact(view, vault, way);
            fact.value = format!("{}: {}", name(view, &identity.id), fact.value).into();
            fact
        });
        let draft = Draft::new(title)
            .severity(by_exposure(view, std::iter::once(vault), Severity::Medium, Severity::High))
            .at_most(Confidence::Medium)
            .evidence("vault", &*vault.native_id)
            .facts(facts)
            .facts(more(found.len(), "programs"))
            .remedy("switch it off where no template needs it");
        findings.vault(vault, "", update_vault(draft, vault, &["--enabled-for-template-deployment", "false"]));
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::Case;
    const DEPLOY: &str =
        r#"[{"actions":["Microsoft.KeyVault/vaults/deploy/action","Microsoft.Resources/deployments/*"]}]"#;
    vec![
        Case::fires("open, and somebody deploys", |w| {
            let vault = w.vault("payments", |vault| vault.enabled_for_template_deployment = true);
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "deployer", DEPLOY);
        })
        .severity(Severity::Medium)
        .confidence(Confidence::Medium)
        .says("deploys a template"),
        Case::silent("closed", |w| {
            let vault = w.vault("payments", |_| ());
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "deployer", DEPLOY);
        }),
        Case::silent("whoever reads already", |w| {
            let vault = w.vault("payments", |vault| vault.enabled_for_template_deployment = true);
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "deployer", DEPLOY);
            let reads = r#"[{"dataActions":["Microsoft.KeyVault/vaults/secrets/getSecret/action"]}]"#;
            w.azure_role(&app, &vault, "Key Vault Secrets User", reads);
        }),
        Case::silent("deploys without the vault's consent", |w| {
            let vault = w.vault("payments", |vault| vault.enabled_for_template_deployment = true);
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "deployer", r#"[{"actions":["Microsoft.Resources/*"]}]"#);
        }),
    ]
}
