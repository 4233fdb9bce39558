use census_model::{Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    entra::machines,
    policies::LISTED,
    powers::more,
    vaults::{by_exposure, certainly_reads, of_identity, read_fact, reads},
};

/// From how many vaults on it is more than one application's: its own and one that it shares with its platform are
/// ordinary.
const MANY: usize = 3;

pub(crate) static RULE: Rule = Rule {
    id: "vault-data-broad",
    version: 1,
    title: "A program reads the secrets of more vaults than one application has",
    severity: Severity::High,
    finding_types: &["KV-BROAD-DATA"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A program's identity reads secrets of three vaults or more for certain. Severity is high where one of them holds \
                something and answers from every network.",
        why: "An application has a vault of its own and often shares one with its platform. Whoever reads a third reads what \
              belongs to others, and whoever gets its credential has all of it.",
        remedy: "Assign the role on the vaults that the program reads from, or on single secrets, and not above them. Of access \
                 policies take those away that it does not need.",
        limits: "Which of them it really reads is not known. Reading under a condition does not count, nor does what it could \
                 make itself able to read. A program whose work it is, such as one that copies secrets, is reported as well. \
                 People are not.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in machines(view) {
        let mut found = of_identity(view, identity);
        found.retain(|(_, access)| certainly_reads(access));
        if found.len() < MANY {
            continue;
        }
        let title = format!("{} reads the secrets of {} vaults", subject(view, identity), found.len());
        let facts = found.iter().filter_map(|(vault, access)| Some(read_fact(view, vault, reads(access).first()?)));
        let vaults = found.iter().map(|(vault, _)| *vault);
        let draft = Draft::new(title)
            .severity(by_exposure(view, vaults, Severity::Medium, Severity::High))
            .facts(facts.take(LISTED))
            .facts(more(found.len(), "vaults"))
            .remedy("let it read the vaults or secrets that it needs, one by one")
            .command(["census", "vaults", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::{Exposure, VaultObjectKind};

    use crate::testing::{Case, World};
    const READS: &str = r#"[{"dataActions":["Microsoft.KeyVault/vaults/secrets/getSecret/action"]}]"#;
    let reader_of = |vaults: &'static [&'static str]| {
        move |w: &mut World| {
            let app = w.app("collector");
            for name in vaults {
                let vault = w.vault(name, |_| ());
                w.azure_role(&app, &vault, "Key Vault Secrets User", READS);
            }
        }
    };
    vec![
        Case::fires("three", reader_of(&["a", "b", "c"])).severity(Severity::Medium).says("vault `a`"),
        Case::fires("by one role above them", |w| {
            for name in ["a", "b", "c", "d"] {
                w.vault(name, |_| ());
            }
            let app = w.app("collector");
            w.azure_role_at(&app, azure::subscription_scope(), "Key Vault Secrets User", READS);
        }),
        Case::fires("one of them exposed", |w| {
            for name in ["a", "b", "c"] {
                let vault = w.vault(name, |vault| vault.exposure = Some(Exposure::Public));
                w.vault_object(&vault, VaultObjectKind::Secret, "api", |_| ());
            }
            let app = w.app("collector");
            w.azure_role_at(&app, azure::subscription_scope(), "Key Vault Secrets User", READS);
        })
        .severity(Severity::High),
        Case::silent("two", reader_of(&["a", "b"])),
        Case::silent("lists names only", |w| {
            for name in ["a", "b", "c"] {
                w.vault(name, |_| ());
            }
            let app = w.app("collector");
            let lists = r#"[{"dataActions":["Microsoft.KeyVault/vaults/secrets/readMetadata/action"]}]"#;
            w.azure_role_at(&app, azure::subscription_scope(), "Key Vault Reader", lists);
        }),
        Case::silent("a person", |w| {
            for name in ["a", "b", "c"] {
                w.vault(name, |_| ());
            }
            let ana = w.person("ana@brindlemoor.example");
            w.azure_role_at(&ana, azure::subscription_scope(), "Key Vault Secrets User", READS);
        }),
    ]
}
