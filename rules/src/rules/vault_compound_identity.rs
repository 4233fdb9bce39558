use std::collections::BTreeSet;

use census_model::{
    AccessModel, Attachment, Confidence, Evidence, Grant, IdentityKind, Provider, Severity, Vault, Via,
};

use crate::{
    Docs, Draft, Findings, Rule, View,
    entra::{SERVICE_PRINCIPALS, VAULTS},
    policies::{Shown, holder_of},
};

/// The read by whose absence it is not known which applications there are.
const APPLICATIONS: &str = "Application.Read.All";

pub(crate) static RULE: Rule = Rule {
    id: "vault-compound-identity",
    version: 1,
    title: "An access policy for an application on somebody's behalf that makes no sense",
    severity: Severity::Medium,
    finding_types: &["KV-BROAD-DATA"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "An access policy of a vault counts only where an application acts together with its principal, and the principal \
                is itself a program, or no service principal of the tenant has that application's id.",
        why: "Such a policy is for a user who is signed in to an application. With a program as principal it was most likely \
              meant to give access to one of the two, and gives it to neither; with an application that is not there, whoever \
              brings one of that id into the tenant makes it count.",
        remedy: "Find out who was meant, write a policy or role for that one, and remove this one.",
        limits: "Where the service principals of the tenant were not all read, an application that is not there is not reported. \
                 Vaults in which role assignments decide are not meant, as their policies count nothing.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let applications: BTreeSet<String> = view
        .estate()
        .identities
        .iter()
        .flat_map(|one| one.application.iter().map(|it| it.app_id.to_ascii_lowercase()).chain(one.aliases.iter().map(|it| it.to_ascii_lowercase())))
        .collect();
    for grant in &view.estate().grants {
        let Via::AccessPolicy { vault, application: Some(application), tenant: None } = &grant.via else { continue };
        let Some(vault) = view.index.vault(vault) else { continue };
        if vault.access != Some(AccessModel::AccessPolicies) || vault.deleted.is_some() {
            continue;
        }
        let kind = match &grant.attached_to {
            Attachment::Identity(id) => view.index.identity(id).map(|identity| identity.kind),
            _ => None,
        };
        let is_program = kind.is_some_and(|kind| kind != IdentityKind::EntraUser);
        let is_known = applications.contains(&application.to_ascii_lowercase());
        let is_open = !view.unread(&grant.scope, &[APPLICATIONS], &[application, SERVICE_PRINCIPALS]).is_empty();
        let wrong = match (is_program, is_known || is_open) {
            (true, _) => "its principal is a program, which nobody is signed in as",
            (false, false) => "no service principal of the tenant has this application's id",
            (false, true) => continue,
        };
        report(view, vault, grant, application, wrong, findings);
    }
}

fn report(
    view: &View<'_>,
    vault: &Vault,
    grant: &Grant,
    application: &str,
    wrong: &str,
    findings: &mut Findings<'_>,
) {
    let holder = holder_of(view, &grant.attached_to);
    let title = format!("an access policy of vault `{}` for {holder} through an application: {wrong}", Shown(&vault.name));
    let draft = Draft::new(title)
        .at_most(Confidence::Medium)
        .facts([Evidence::new("application", format!("`{}`", Shown(application))).from_source(VAULTS)])
        .evidence("vault", &*vault.native_id)
        .remedy("find out who was meant, write a policy for that one, and remove this one")
        .command(["az", "keyvault", "show", "--name", &vault.name, "--query", "properties.accessPolicies"]);
    let who = match &grant.attached_to {
        Attachment::Identity(id) => id.as_str(),
        Attachment::Group(id) => id.as_str(),
        Attachment::Scope(_) | Attachment::Resource(_) => "",
    };
    findings.vault(vault, &format!("{who} {}", application.to_ascii_lowercase()), draft);
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{GapReason, Identity};

    use crate::testing::{Case, World};
    fn world(w: &mut World) -> (Vault, Identity, Identity) {
        let vault = w.vault("payments", |vault| vault.access = Some(AccessModel::AccessPolicies));
        (vault, w.app("portal"), w.person("ana@brindlemoor.example"))
    }
    const GET: &str = r#"{"secrets":["get"]}"#;
    const NOBODY: &str = "0dd00000-0000-4000-8000-0000000000aa";
    vec![
        Case::fires("on behalf of a program", |w| {
            let (vault, portal, _) = world(w);
            let id = portal.application.as_ref().map(|one| one.app_id.to_string());
            w.access_policy(&portal.id, &vault, GET, id.as_deref());
        })
        .says("its principal is a program"),
        Case::fires("an application that is not there", |w| {
            let (vault, _, ana) = world(w);
            w.access_policy(&ana.id, &vault, GET, Some(NOBODY));
        })
        .says("no service principal"),
        Case::silent("a person by an application", |w| {
            let (vault, portal, ana) = world(w);
            let id = portal.application.as_ref().map(|one| one.app_id.to_string());
            w.access_policy(&ana.id, &vault, GET, id.as_deref());
        }),
        Case::silent("service principals were not read", |w| {
            let (vault, _, ana) = world(w);
            w.access_policy(&ana.id, &vault, GET, Some(NOBODY));
            w.azure_gap(APPLICATIONS, GapReason::Denied, &[]);
        }),
        Case::silent("without an application", |w| {
            let (vault, portal, _) = world(w);
            w.access_policy(&portal.id, &vault, GET, None);
        }),
        Case::silent("roles decide", |w| {
            let (_, portal, _) = world(w);
            let vault = w.vault("other", |_| ());
            w.access_policy(&portal.id, &vault, GET, Some(NOBODY));
        }),
    ]
}
