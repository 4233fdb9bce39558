use census_model::{OwnerStatus, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    policies::{LISTED, Shown},
    powers::{is_machine, more, name},
    vaults::{by_exposure, certainly_reads, of_vault, read_fact, reads},
};

/// From how many on: one may be an oversight.
const MANY: usize = 2;

pub(crate) static RULE: Rule = Rule {
    id: "vault-unowned-readers",
    version: 1,
    title: "Programs that nobody owns read a vault's secrets",
    severity: Severity::High,
    finding_types: &["KV-BROAD-DATA"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "Two programs or more of which every source was read and none names an owner read the secrets of a vault for \
                certain. One finding a vault. Severity is high where the vault answers from every network.",
        why: "Nobody will notice that such a program is misused, and nobody can say whether it still needs what it reads. When a \
              secret has to be changed, nobody tells it.",
        remedy: "Find out who runs them, register that, or take their access away. `census owners --suggest` writes a first \
                 registry.",
        limits: "A program of which a source was not read is unknown and not unowned. Those that could make themselves able to \
                 read are not counted here.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for vault in view.estate().vaults.iter().filter(|vault| vault.deleted.is_none()) {
        let mut found = of_vault(view, vault);
        found.retain(|(identity, access)| {
            let status = view.owner(&identity.id).map(|owner| owner.status);
            is_machine(identity) && certainly_reads(access) && status == Some(OwnerStatus::Unowned)
        });
        if found.len() < MANY {
            continue;
        }
        let title =
            format!("{} programs that nobody owns read the secrets of vault `{}`", found.len(), Shown(&vault.name));
        let facts = found.iter().filter_map(|(identity, access)| {
            let mut fact = read_fact(view, vault, reads(access).first()?);
            fact.value = format!("{}: {}", name(view, &identity.id), fact.value).into();
            Some(fact)
        });
        let draft = Draft::new(title)
            .severity(by_exposure(view, std::iter::once(vault), Severity::Medium, Severity::High))
            .evidence("vault", &*vault.native_id)
            .facts(facts.take(LISTED))
            .facts(more(found.len(), "programs"))
            .remedy("find their owners, or take their access away")
            .command(["census", "vaults", &vault.native_id]);
        findings.vault(vault, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::{Case, World};
    const READS: &str = r#"[{"dataActions":["Microsoft.KeyVault/vaults/secrets/getSecret/action"]}]"#;
    let readers = |statuses: &'static [OwnerStatus]| {
        move |w: &mut World| {
            let vault = w.vault("payments", |_| ());
            for (number, status) in statuses.iter().enumerate() {
                let app = w.app(&format!("app-{number}"));
                w.owner(&app, *status, &[]);
                w.azure_role(&app, &vault, "Key Vault Secrets User", READS);
            }
        }
    };
    vec![
        Case::fires("two", readers(&[OwnerStatus::Unowned, OwnerStatus::Unowned]))
            .severity(Severity::Medium)
            .says("`app-0`"),
        Case::silent("one", readers(&[OwnerStatus::Unowned, OwnerStatus::Registered])),
        Case::silent("not known", readers(&[OwnerStatus::Unknown, OwnerStatus::Unknown])),
        Case::silent("they read nothing", |w| {
            w.vault("payments", |_| ());
            for name in ["a", "b"] {
                let app = w.app(name);
                w.owner(&app, OwnerStatus::Unowned, &[]);
            }
        }),
    ]
}
