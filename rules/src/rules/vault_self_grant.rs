use census_model::{Decision, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    entra::machines,
    policies::LISTED,
    powers::more,
    vaults::{by_exposure, of_identity, way_fact, ways_to_read},
};

pub(crate) static RULE: Rule = Rule {
    id: "vault-self-grant",
    version: 1,
    title: "A program can give itself the secrets of a vault",
    severity: Severity::Critical,
    finding_types: &["KV-SELF-GRANT"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A program's identity cannot read the secrets of a vault, and has a documented way to make itself able to: it may \
                write access policies where those decide, or assign itself a role. One finding an identity. Severity is \
                critical where one of the vaults holds something and answers from every network, high otherwise, and medium \
                where every way hangs on a condition.",
        why: "Who may read is what reviews look at. Whoever can change that reads all the same, a minute later, and the change \
              is one among many in the log.",
        remedy: "Switch the vaults to role assignments, which Contributor cannot write. Take roles that assign roles from \
                 programs, or bind them by a condition to the roles that the program really hands out.",
        limits: "Ways that are derived or disputed are not meant: rules of their own report them. What was not read may hide a \
                 way. People are not reported.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in machines(view) {
        let found: Vec<_> = of_identity(view, identity)
            .into_iter()
            .filter(|(_, access)| !access.reads_every_secret())
            .filter_map(|(vault, access)| Some((vault, *ways_to_read(view, access).first()?)))
            .collect();
        if found.is_empty() {
            continue;
        }
        let certain = found.iter().any(|(_, way)| way.decision == Decision::Allowed);
        let exposed = by_exposure(view, found.iter().map(|(vault, _)| *vault), Severity::High, Severity::Critical);
        let vaults = if found.len() == 1 { "a vault".to_owned() } else { format!("{} vaults", found.len()) };
        let what = if found.iter().all(|(_, way)| way.object.is_some()) { "single" } else { "the" };
        let title = format!("{} can give itself {what} secrets of {vaults}", subject(view, identity));
        let draft = Draft::new(title)
            .severity(if certain { exposed } else { Severity::Medium })
            .facts(found.iter().take(LISTED).map(|(vault, way)| way_fact(view, vault, way)))
            .facts(more(found.len(), "vaults"))
            .remedy("let role assignments decide in these vaults, and bind whoever assigns roles by a condition")
            .command(["census", "vaults", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{AccessModel, Exposure, Vault, VaultObjectKind};

    use crate::testing::{Case, World};
    const CONTRIBUTOR: &str =
        r#"[{"actions":["*"],"notActions":["Microsoft.Authorization/*/Write"]}]"#;
    let policies = |vault: &mut Vault| vault.access = Some(AccessModel::AccessPolicies);
    vec![
        Case::fires("contributor of a vault with access policies", move |w| {
            let vault = w.vault("payments", policies);
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "Contributor", CONTRIBUTOR);
        })
        .severity(Severity::High)
        .says("adds an access policy for itself"),
        Case::fires("an exposed one", |w| {
            let vault = w.vault("payments", |vault| {
                vault.access = Some(AccessModel::AccessPolicies);
                vault.exposure = Some(Exposure::Public);
            });
            w.vault_object(&vault, VaultObjectKind::Secret, "api", |_| ());
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "Contributor", CONTRIBUTOR);
        })
        .severity(Severity::Critical),
        Case::fires("whoever assigns roles", |w| {
            let vault = w.vault("payments", |_| ());
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "User Access Administrator", r#"[{"actions":["Microsoft.Authorization/*"]}]"#);
        })
        .says("assigning `Key Vault Administrator`"),
        Case::fires("only under a condition", |w: &mut World| {
            let vault = w.vault("payments", |vault| vault.access = Some(AccessModel::AccessPolicies));
            let app = w.app("deploy");
            let limited = r#"[{"actions":["Microsoft.KeyVault/*"],"condition":"@Environment[isPrivateLink] BoolEquals true"}]"#;
            w.azure_role(&app, &vault, "limited", limited);
        })
        .severity(Severity::Medium),
        Case::silent("contributor where roles decide", |w| {
            let vault = w.vault("payments", |_| ());
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "Contributor", CONTRIBUTOR);
        }),
        Case::silent("whoever reads already", move |w| {
            let vault = w.vault("payments", policies);
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "Contributor", CONTRIBUTOR);
            w.access_policy(&app.id, &vault, r#"{"secrets":["get"]}"#, None);
        }),
        Case::silent("a person", move |w| {
            let vault = w.vault("payments", policies);
            let ana = w.person("ana@brindlemoor.example");
            w.azure_role(&ana, &vault, "Contributor", CONTRIBUTOR);
        }),
        Case::silent("a role that was not read", move |w| {
            let vault = w.vault("payments", policies);
            let app = w.app("deploy");
            w.estate.grant(census_fixtures::azure::role_assignment(&app.id, vault.scope, "Contributor"));
        }),
    ]
}
