use std::collections::BTreeMap;

use census_model::{Activation, Evidence, Grant, Identity, Level, Provider, ScopeId, ScopeKind, Severity, Via};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::subject,
    entra::{grants, machines},
    policies::{LISTED, Shown},
    powers::more,
};

pub(crate) static RULE: Rule = Rule {
    id: "assignment-above-subscriptions",
    version: 1,
    title: "A program holds an Azure role in every subscription below a management group",
    severity: Severity::Medium,
    finding_types: &["PRIV-BROAD-SCOPE"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A role of Azure is assigned to a program's identity itself at a management group or at the root of the tenant. \
                Severity follows what it can really do there: high for an administrator, medium for what weighs (high at the \
                root), low for less. Where that is not known it is medium, and high at the root. One finding an identity \
                and scope.",
        why: "The role counts in every subscription below, those that come later included. Whoever owns one of them does not \
              see it among its own assignments and cannot take it away.",
        remedy: "Assign the role in the subscriptions or resource groups that the program works in. Where it must see all, \
                 a role that reads what it needs and no more will do.",
        limits: "Roles by way of groups are not listed, though what they give counts for the severity. Roles that somebody has to \
                 switch on first are not listed either.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for identity in machines(view) {
        let mut high: BTreeMap<&ScopeId, Vec<&Grant>> = BTreeMap::new();
        for grant in grants(view, identity) {
            let eligible = matches!(grant.activation, Activation::Eligible(_));
            if matches!(grant.via, Via::RoleAssignment { .. }) && !eligible {
                high.entry(&grant.scope).or_default().push(grant);
            }
        }
        for (scope, grants) in high {
            let Some(scope) = view.estate().scopes.get(scope) else { continue };
            let place = match scope.kind {
                ScopeKind::Tenant => "the root of the tenant".to_owned(),
                ScopeKind::ManagementGroup => {
                    let name = scope.name.as_deref().unwrap_or(&scope.native_id);
                    format!("management group `{}`", Shown(name))
                }
                _ => continue,
            };
            let level = level_at(view, identity, &scope.id);
            let severity = match (level, scope.kind) {
                (Some(Level::Admin), _) | (None | Some(Level::Sensitive), ScopeKind::Tenant) => Severity::High,
                (Some(Level::Limited | Level::None), _) => Severity::Low,
                _ => RULE.severity,
            };
            let mut draft = Draft::new(format!("{} holds a role at {place}", subject(view, identity)))
                .severity(severity)
                .evidence("scope", scope.id.as_str())
                .evidence("reach there", level.map_or("not known", Level::as_str));
            for grant in grants.iter().take(LISTED) {
                let Via::RoleAssignment { native_id, name, .. } = &grant.via else { continue };
                draft = draft
                    .facts([Evidence::new("role", format!("`{}`", Shown(name))).from_source(&**native_id)])
                    .command(["az", "role", "assignment", "delete", "--ids", native_id]);
            }
            let draft = draft
                .facts(more(grants.len(), "roles"))
                .remedy("assign it where the program works, then delete the assignment that reaches everywhere");
            findings.identity(identity, scope.id.as_str(), draft);
        }
    }
}

/// How far an identity reaches in a scope: where a level holds first is told, and it holds below. `None` where that is not
/// known.
fn level_at(view: &View<'_>, identity: &Identity, scope: &ScopeId) -> Option<Level> {
    let reach = view.reach(&identity.id).filter(|reach| reach.level != Level::Unknown)?;
    let above = view.index.ancestors(scope);
    let here = reach.at.iter().filter(|at| above.iter().any(|one| one.id == at.scope));
    Some(here.map(|at| at.level).max().unwrap_or(Level::None))
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::Bounds;

    use crate::testing::{Case, World};
    let assigned = |scope: fn() -> ScopeId| {
        move |w: &mut World| {
            let app = w.app("billing");
            w.estate.grant(azure::role_assignment(&app.id, scope(), "Contributor"));
        }
    };
    let reaching = |scope: fn() -> ScopeId, level: Level| {
        move |w: &mut World| {
            let app = w.app("billing");
            w.estate.grant(azure::role_assignment(&app.id, scope(), "Contributor"));
            w.reach(&app, level).only_in(&scope());
        }
    };
    vec![
        Case::fires("an administrator", reaching(azure::management_group_scope, Level::Admin))
            .severity(Severity::High)
            .says("admin"),
        Case::fires("what weighs", reaching(azure::management_group_scope, Level::Sensitive))
            .severity(Severity::Medium),
        Case::fires("what weighs, at the root", reaching(azure::tenant_scope, Level::Sensitive))
            .severity(Severity::High),
        Case::fires("only reading, at the root", reaching(azure::tenant_scope, Level::Limited))
            .severity(Severity::Low),
        Case::fires("nothing is known of what it gives", |w| {
            let app = w.app("billing");
            w.estate.grant(azure::role_assignment(&app.id, azure::tenant_scope(), "Contributor"));
            w.reach(&app, Level::Unknown);
        })
        .severity(Severity::High),
        Case::fires("a management group", assigned(azure::management_group_scope))
            .severity(Severity::Medium)
            .says("management group `platform`"),
        Case::fires("the root", assigned(azure::tenant_scope)).severity(Severity::High),
        Case::silent("a subscription", assigned(azure::subscription_scope)),
        Case::silent("only after somebody switches it on", |w| {
            let app = w.app("billing");
            let grant = azure::role_assignment(&app.id, azure::tenant_scope(), "Owner");
            w.estate.grant(Grant { activation: Activation::Eligible(Bounds::default()), ..grant });
        }),
        Case::silent("a person", |w| {
            let ana = w.person("ana@brindlemoor.example");
            w.estate.grant(azure::role_assignment(&ana.id, azure::tenant_scope(), "Owner"));
        }),
    ]
}
