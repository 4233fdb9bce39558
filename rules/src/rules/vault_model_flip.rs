use census_model::{Confidence, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    entra::machines,
    policies::LISTED,
    powers::more,
    vaults::{of_identity, way, way_fact, ways_to_read},
};

/// The way that is meant.
const FLIP: &str = "az-kv-permission-model-flip";

pub(crate) static RULE: Rule = Rule {
    id: "vault-model-flip",
    version: 1,
    title: "A program may be able to make a vault go by access policies again",
    severity: Severity::Low,
    finding_types: &["KV-MODEL-FLIP"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "Role assignments decide in a vault whose secrets a program cannot read, and it may write the vault, but assign \
                no roles. One finding an identity, with low confidence: whether this is a way is disputed.",
        why: "If writing the vault were enough to make it go by access policies, whoever may write it would then add one for \
              itself. One page of Microsoft's says that it is enough, another that it takes unrestricted permission to assign \
              roles, and a vault was seen to refuse it without.",
        remedy: "Give programs roles that write what they deploy and not the vaults. A policy of Azure that denies \
                 `enableRbacAuthorization: false` settles the question for all vaults.",
        limits: "Disputed, so that nobody counts as able to read for it. Whoever has a documented way is reported by \
                 `vault-self-grant` instead. People are not reported.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in machines(view) {
        let found: Vec<_> = of_identity(view, identity)
            .into_iter()
            .filter(|(_, access)| !access.reads_every_secret() && ways_to_read(view, access).is_empty())
            .filter_map(|(vault, access)| Some((vault, way(access, FLIP)?)))
            .collect();
        if found.is_empty() {
            continue;
        }
        let vaults = if found.len() == 1 { "a vault".to_owned() } else { format!("{} vaults", found.len()) };
        let title = format!("{} may be able to make {vaults} go by access policies", subject(view, identity));
        let doubt = view.vaults.routes.values().find(|route| route.id.as_str() == FLIP);
        let doubt = doubt.and_then(|route| route.doubt.as_deref()).unwrap_or("disputed");
        let draft = Draft::new(title)
            .at_most(Confidence::Low)
            .evidence("disputed", doubt)
            .facts(found.iter().take(LISTED).map(|(vault, way)| way_fact(view, vault, way)))
            .facts(more(found.len(), "vaults"))
            .remedy("take the permission to write vaults from programs that do not deploy them")
            .command(["census", "vaults", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::AccessModel;

    use crate::testing::Case;
    const WRITES: &str = r#"[{"actions":["Microsoft.KeyVault/vaults/write"]}]"#;
    vec![
        Case::fires("writes a vault where roles decide", |w| {
            let vault = w.vault("payments", |_| ());
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "writer", WRITES);
        })
        .severity(Severity::Low)
        .confidence(Confidence::Low)
        .says("disputed"),
        Case::silent("policies decide already", |w| {
            let vault = w.vault("payments", |vault| vault.access = Some(AccessModel::AccessPolicies));
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "writer", WRITES);
        }),
        Case::silent("assigns roles as well", |w| {
            let vault = w.vault("payments", |_| ());
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "Owner", r#"[{"actions":["*"]}]"#);
        }),
        Case::silent("reads the vault's properties", |w| {
            let vault = w.vault("payments", |_| ());
            let app = w.app("deploy");
            w.azure_role(&app, &vault, "Reader", r#"[{"actions":["*/read"]}]"#);
        }),
    ]
}
