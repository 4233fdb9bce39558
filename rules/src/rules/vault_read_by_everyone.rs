use std::collections::BTreeMap;

use census_model::{Attachment, Decision, Evidence, Group, GroupId, Provider, Severity, VaultPower};

use crate::{
    Docs, Draft, Findings, Rule, View,
    policies::Shown,
    vaults::by_exposure,
};

/// Rules of dynamic groups that let everybody in, without spaces, quotes and brackets, in lower case.
/// <https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership#create-an-all-users-rule>
const EVERYBODY: [&str; 4] = [
    "user.objectid-nenull",
    "user.usertype-eqmember",
    "user.usertype-eqguest",
    "user.accountenabled-eqtrue",
];

pub(crate) static RULE: Rule = Rule {
    id: "vault-read-by-everyone",
    version: 1,
    title: "Everybody in the tenant reads a vault's secrets",
    severity: Severity::Critical,
    finding_types: &["KV-BROAD-DATA"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A group into which everybody comes by its rule reads the secrets of a vault: all users, all members, all guests, \
                all accounts that are enabled. One finding a vault and group. Severity is critical where the vault holds \
                something and answers from every network.",
        why: "A secret that everybody can read is none. One stolen password of anybody is enough.",
        remedy: "Give the group's access to those who need it, then take the access policy or role from the group.",
        limits: "Groups are told by the rule of their membership, not by their name. A rule that lets nearly everybody in by \
                 other words is not seen, nor is a group of thousands whose members were put there by hand.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for vault in view.estate().vaults.iter().filter(|vault| vault.deleted.is_none()) {
        let mut found: BTreeMap<&GroupId, &Group> = BTreeMap::new();
        for (_, access) in view.vaults.of_vault(&vault.id) {
            let reads = access.holds.iter().filter(|hold| {
                hold.power == VaultPower::SecretsRead && hold.decision == Decision::Allowed && !hold.absent
            });
            for because in reads.flat_map(|hold| &*hold.because) {
                let Attachment::Group(id) = &because.attached_to else { continue };
                if let Some(group) = view.index.group(id).filter(|group| lets_everybody_in(group)) {
                    found.insert(&group.id, group);
                }
            }
        }
        for group in found.into_values() {
            let title = format!(
                "group `{}`, into which everybody comes, reads the secrets of vault `{}`",
                Shown(&group.name),
                Shown(&vault.name)
            );
            let rule = group.membership_rule.as_deref().unwrap_or_default();
            let draft = Draft::new(title)
                .severity(by_exposure(view, std::iter::once(vault), Severity::High, Severity::Critical))
                .evidence("vault", &*vault.native_id)
                .facts([Evidence::new("rule of the group", format!("`{}`", Shown(rule)))
                    .from_source("GET /v1.0/groups/{id}")])
                .remedy("give access to those who need it, then take it from the group")
                .command(["census", "vaults", &vault.native_id]);
            findings.vault(vault, group.immutable_id.as_deref().unwrap_or(group.id.as_str()), draft);
        }
    }
}

fn lets_everybody_in(group: &Group) -> bool {
    let Some(rule) = &group.membership_rule else { return false };
    let plain: String =
        rule.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"' | '\'')).collect();
    EVERYBODY.contains(&plain.to_ascii_lowercase().as_str())
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::{Case, World};
    let read_by = |rule: Option<&'static str>| {
        move |w: &mut World| {
            let vault = w.vault("payments", |vault| vault.access = Some(census_model::AccessModel::AccessPolicies));
            let group = w.dynamic_group("all hands", rule);
            let ana = w.person("ana@brindlemoor.example");
            w.member(&group, &ana);
            w.group_policy(&group, &vault, r#"{"secrets":["get"]}"#);
        }
    };
    vec![
        Case::fires("all users", read_by(Some("user.objectId -ne null")))
            .severity(Severity::High)
            .says("all hands"),
        Case::fires("all members", read_by(Some("(user.userType -eq \"Member\")"))),
        Case::silent("one department", read_by(Some("user.department -eq \"Finance\""))),
        Case::silent("no rule", read_by(None)),
        Case::silent("all users, who list names", |w| {
            let vault = w.vault("payments", |vault| vault.access = Some(census_model::AccessModel::AccessPolicies));
            let group = w.dynamic_group("all hands", Some("user.objectId -ne null"));
            let ana = w.person("ana@brindlemoor.example");
            w.member(&group, &ana);
            w.group_policy(&group, &vault, r#"{"secrets":["list"]}"#);
        }),
    ]
}
