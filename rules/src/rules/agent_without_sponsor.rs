use census_model::{DirectoryOwner, Evidence, Identity, IdentityKind, Owned, Provider, Relation, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    entra::{OWNERS, machines, name_of},
    unread::{APPLICATIONS, SPONSORS, Unread},
};

pub(crate) static RULE: Rule = Rule {
    id: "agent-without-sponsor",
    version: 1,
    title: "An AI agent that nobody sponsors",
    severity: Severity::High,
    finding_types: &["AGENT-UNSPONSORED"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "The identity of an AI agent, or the blueprint that makes such identities, has no sponsor in Entra ID, or none \
                whose account works. Severity is medium where it has an owner whose account works.",
        why: "A sponsor answers to the business for what an agent does and for how long it is needed. An agent acts by itself, \
              and one without a sponsor does so in nobody's name.",
        remedy: "Name a sponsor who knows what the agent is for. Where nobody wants to be, disable the agent, wait, and delete \
                 it.",
        limits: "It is silent where sponsors were not read. A sponsor who was not read counts as one whose account works. \
                 Agents that sign in as plain applications are not told from other applications.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let unread = Unread::of(view, &[APPLICATIONS, SPONSORS]);
    let agents = [IdentityKind::EntraAgentIdentity, IdentityKind::EntraAgentBlueprint];
    for identity in machines(view).filter(|one| agents.contains(&one.kind)) {
        let named = view.index.directory_owners(&Owned::Identity(identity.id.clone()));
        let here = |relation: Relation| {
            named.iter().any(|one| one.relation == relation && is_here(view, one))
        };
        if here(Relation::Sponsor) || !unread.about(view, identity).is_empty() {
            continue;
        }
        let gone: Vec<&&DirectoryOwner> =
            named.iter().filter(|one| one.relation == Relation::Sponsor).collect();
        let mut draft = Draft::new(format!("nobody sponsors {}", subject(view, identity)))
            .facts([Evidence::new("sponsors", gone.len().to_string()).from_source(OWNERS)]);
        for one in gone {
            draft = draft.evidence("sponsor whose account does not work", name_of(view, &one.who));
        }
        draft = match here(Relation::Owner) {
            true => draft.severity(Severity::Medium).evidence("owners", "it has one, who operates it"),
            false => draft.evidence("owners", "none"),
        };
        findings.identity(identity, "", remedy(draft, identity));
    }
}

/// Whether the account of whoever is named works, as far as that is known.
fn is_here(view: &View<'_>, owner: &DirectoryOwner) -> bool {
    view.index.identity(&owner.who).is_none_or(|who| !who.disabled && who.deleted.is_none())
}

fn remedy(draft: Draft, identity: &Identity) -> Draft {
    let kind = match identity.kind {
        IdentityKind::EntraAgentBlueprint => "microsoft.graph.agentIdentityBlueprintPrincipal",
        _ => "microsoft.graph.agentIdentity",
    };
    let uri =
        format!("https://graph.microsoft.com/v1.0/servicePrincipals/{}/{kind}/sponsors/$ref", identity.native_id);
    let body = r#"{"@odata.id": "https://graph.microsoft.com/v1.0/users/OBJECT-ID"}"#;
    draft
        .remedy("name a sponsor who knows what it is for; else disable it, wait, and delete it")
        .command(["az", "rest", "--method", "post", "--uri", &uri, "--body", body])
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::GapReason;

    use crate::testing::{Case, World};
    fn named(w: &mut World, relation: Relation, disabled: bool) {
        let agent = w.azure(azure::agent("helper"));
        let ana = w.azure(Identity { disabled, ..azure::person("ana@brindlemoor.example") });
        w.estate.directory_owner(DirectoryOwner { relation, ..azure::owner(&agent, &ana.id) });
    }
    vec![
        Case::fires("nobody", |w| {
            w.azure(azure::agent("helper"));
        })
        .severity(Severity::High)
        .says("sponsors/$ref"),
        Case::fires("a blueprint", |w| {
            w.azure(Identity { kind: IdentityKind::EntraAgentBlueprint, ..azure::agent("factory") });
        })
        .says("agentIdentityBlueprintPrincipal"),
        Case::fires("an owner only", |w| named(w, Relation::Owner, false)).severity(Severity::Medium),
        Case::fires("a sponsor whose account is disabled", |w| named(w, Relation::Sponsor, true))
            .severity(Severity::High)
            .says("does not work"),
        Case::silent("a sponsor", |w| named(w, Relation::Sponsor, false)),
        Case::silent("a sponsor who was not read", |w| {
            let agent = w.azure(azure::agent("helper"));
            let who = azure::identity_id(&azure::object_id("somebody"));
            let relation = Relation::Sponsor;
            w.estate.directory_owner(DirectoryOwner { relation, ..azure::owner(&agent, &who) });
        }),
        Case::silent("sponsors were not read", |w| {
            w.azure(azure::agent("helper"));
            w.azure_gap("Application.Read.All/sponsors", GapReason::Denied, &[]);
        }),
        Case::fires("owners were not read", |w| {
            w.azure(azure::agent("helper"));
            w.azure_gap("Application.Read.All/owners", GapReason::Denied, &[]);
        }),
        Case::silent("an application", |w| {
            w.app("billing");
        }),
    ]
}
