use census_model::{Evidence, Grant, Level, Provider, ScopeKind, Severity, Via};
use census_privilege::azure::{self, access::Plane};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    entra::machines,
    policies::{LISTED, Shown, attached, holder},
    powers::{more, place, proofs, weigh},
};

pub(crate) static RULE: Rule = Rule {
    id: "wildcard-role",
    version: 1,
    title: "A program holds an Azure role that allows everything",
    severity: Severity::Medium,
    finding_types: &["PRIV-WILDCARD"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A role with `*` among its actions or data actions, built-in (Contributor) or custom, is assigned to a program's \
                identity or to a group that it is in, in a resource group or above. Severity is low where it is resource groups \
                only.",
        why: "Nobody needs every operation of every service. Behind the few that a program uses stand those that read keys, \
              replace code, run as other identities and end the logs, and whatever Azure learns next year.",
        remedy: "Assign the roles of the services that the program works with, in its own resource groups.",
        limits: "What denials, conditions and NotActions leave is weighed in the evidence, and an identity that can do nothing that \
                 weighs is not reported. A list of entries that comes to the same as `*` is not found. Roles on one resource are left \
                 out, as are those that somebody has to switch on first. Administrators are left to admin-identity.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in machines(view) {
        let Some(reach) = view.reach(&identity.id) else { continue };
        if !matches!(reach.level, Level::Sensitive | Level::Escalates) {
            continue;
        }
        let wide: Vec<&Grant> = attached(view, identity).filter(|grant| is_wide(view, grant)).collect();
        if wide.is_empty() {
            continue;
        }
        let is_group = |grant: &&Grant| kind(view, grant) == Some(ScopeKind::ResourceGroup);
        let severity = if wide.iter().all(is_group) { Severity::Low } else { RULE.severity };
        let says = |grant: &&Grant| {
            let Via::RoleAssignment { native_id, name, .. } = &grant.via else { return None };
            let (where_, whose) = (place(view, &grant.scope), holder(view, grant));
            let said = format!("`{}` in {where_}, attached to {whose}", Shown(name));
            Some(Evidence::new("role", said).from_source(&**native_id))
        };
        let draft = Draft::new(format!("{} holds a role that allows everything", subject(view, identity)))
            .severity(severity)
            .facts(wide.iter().take(LISTED).filter_map(says))
            .facts(more(wide.len(), "roles"));
        let draft = weigh(draft, view, reach)
            .facts(proofs(view, "because", &reach.because))
            .remedy("assign the roles of the services that it works with, in its own resource groups")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

fn kind(view: &View<'_>, grant: &Grant) -> Option<ScopeKind> {
    view.estate().scopes.get(&grant.scope).map(|scope| scope.kind)
}

/// Whether a grant counts, lies in a resource group or above, and has a role with `*`.
fn is_wide(view: &View<'_>, grant: &Grant) -> bool {
    let is_role = matches!(grant.via, Via::RoleAssignment { .. });
    if !is_role || !grant.activation.is_active(view.as_of()) || kind(view, grant) == Some(ScopeKind::Resource) {
        return false;
    }
    let policy = grant.policy.as_ref().and_then(|id| view.estate().policies.get(id));
    policy.is_some_and(|policy| {
        [Plane::Control, Plane::Data].into_iter().any(|plane| azure::allows_everything(&policy.text, plane))
    })
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure as fake;
    use census_model::{Activation, Bounds, Identity, Policy, PolicyKind, ScopeId};

    use crate::testing::{Case, World};
    fn hold(w: &mut World, app: &Identity, scope: ScopeId, entries: &str) -> Grant {
        let text = format!("[{{\"actions\":[{entries}]}}]");
        let policy = Some(w.estate.policy(Policy::new(PolicyKind::AzurePermissions, text)));
        Grant { policy, ..fake::role_assignment(&app.id, scope, "Contributor") }
    }
    let held = |scope: fn() -> ScopeId, entries: &'static str, level: Level| {
        move |w: &mut World| {
            let app = w.app("billing");
            let grant = hold(w, &app, scope(), entries);
            w.estate.grant(grant);
            w.reach(&app, level);
        }
    };
    vec![
        Case::fires("a subscription", held(fake::subscription_scope, "\"*\"", Level::Sensitive))
            .severity(Severity::Medium)
            .says("`Contributor` in subscription"),
        Case::fires("a resource group", held(fake::resource_group_scope, "\"*\"", Level::Sensitive))
            .severity(Severity::Low),
        Case::fires("a management group", held(fake::management_group_scope, "\"*\"", Level::Sensitive))
            .severity(Severity::Medium),
        Case::silent("an administrator", held(fake::subscription_scope, "\"*\"", Level::Admin)),
        Case::silent("a denial leaves nothing", held(fake::subscription_scope, "\"*\"", Level::None)),
        Case::silent(
            "a service",
            held(fake::subscription_scope, "\"Microsoft.Storage/*\"", Level::Sensitive),
        ),
        Case::silent("reading", held(fake::subscription_scope, "\"*/read\"", Level::Sensitive)),
        Case::silent("only after somebody switches it on", |w| {
            let app = w.app("billing");
            let grant = hold(w, &app, fake::subscription_scope(), "\"*\"");
            w.estate.grant(Grant { activation: Activation::Eligible(Bounds::default()), ..grant });
            w.reach(&app, Level::Sensitive);
        }),
        Case::silent("a person", |w| {
            let ana = w.person("ana@brindlemoor.example");
            let grant = hold(w, &ana, fake::subscription_scope(), "\"*\"");
            w.estate.grant(grant);
            w.reach(&ana, Level::Sensitive);
        }),
    ]
}
