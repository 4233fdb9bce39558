use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Activation, Attachment, Confidence, Effect, Evidence, Grant, IdentityId, Provider, ScopeId, Severity, VaultId, Via,
};

use crate::{
    Docs, Draft, Findings, Rule, View,
    entra::{holder_id, holding, part_of_arm_id},
    policies::{LISTED, Shown},
    powers::more,
    unread::{APPLICATIONS, DELETED, GROUPS, USERS, Unread},
};

pub(crate) static RULE: Rule = Rule {
    id: "assignment-of-deleted-principal",
    version: 1,
    title: "Something is assigned to a principal that no longer exists",
    severity: Severity::Low,
    finding_types: &["LIFE-DELETED-PRINCIPAL"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A role assignment, directory role, app role or access policy names an object id that is no service principal, \
                user or group of the tenant. One finding a principal and scope, or vault. Severity is medium in access policies \
                of a vault and at management groups and above.",
        why: "Azure keeps assignments when their principal goes. They hide who really has access, count against the limits of \
              a subscription, and come back to life with a principal that is restored.",
        remedy: "Delete the assignments.",
        limits: "It is silent unless service principals, users and groups were all read, with those that can be restored. Principals of other tenants, as \
                 partners and groups across tenants have them, are not in the directory either: so confidence is medium. \
                 Object ids are never given again, so nobody else inherits such an assignment.",
    },
    check,
};

/// Where something is assigned.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Place<'a> {
    Scope(&'a ScopeId),
    Vault(&'a VaultId),
}

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let unread = Unread::of(view, &[APPLICATIONS, DELETED, USERS, GROUPS]);
    let mut dangling: BTreeMap<(Place<'_>, &str), Vec<&Grant>> = BTreeMap::new();
    for grant in view.estate().grants.iter().filter(|grant| grant.effect == Effect::Allow) {
        let Some(place) = place(grant) else { continue };
        let Some(who) = holder_id(&grant.attached_to).filter(|id| id.starts_with("azure:")) else { continue };
        if !is_known(view, &grant.attached_to) {
            dangling.entry((place, who)).or_default().push(grant);
        }
    }
    for ((place, who), mut grants) in dangling {
        let native = who.trim_start_matches("azure:");
        if !unread.named(view, &ScopeId::new("azure:unknown"), [who, native]).is_empty() {
            continue;
        }
        grants.sort_unstable();
        report(view, &place, native, &grants, findings);
    }
}

/// Where a grant is one of those that outlive their principal.
fn place(grant: &Grant) -> Option<Place<'_>> {
    match &grant.via {
        Via::AccessPolicy { vault, .. } | Via::LocalRole { vault, .. } => Some(Place::Vault(vault)),
        Via::RoleAssignment { .. } | Via::DirectoryRole { .. } | Via::AppRole { .. } => {
            Some(Place::Scope(&grant.scope))
        }
        _ => None,
    }
}

/// Whether a principal is of the estate, as what it may be: the kind is not told of those that are gone.
fn is_known(view: &View<'_>, attached_to: &Attachment) -> bool {
    let Some(id) = holder_id(attached_to) else { return true };
    view.index.identity(&IdentityId::new(id)).is_some() || view.index.group(&id.into()).is_some()
}

fn report(view: &View<'_>, place: &Place<'_>, who: &str, grants: &[&Grant], findings: &mut Findings<'_>) {
    let held: BTreeSet<String> = grants.iter().map(|grant| holding(view, grant)).collect();
    let mut draft = Draft::new(format!("`{}`, which no longer exists, still holds {}", Shown(who), what(&held)))
        .at_most(Confidence::Medium);
    for one in held.iter().take(LISTED) {
        draft = draft.facts([Evidence::new("assigned", one.as_str()).from_source(place.read())]);
    }
    draft = draft
        .facts(more(held.len(), "assignments"))
        .evidence("principal", format!("{} is no service principal, user or group of the tenant", Shown(who)))
        .remedy("delete the assignments");
    for grant in grants.iter().take(LISTED) {
        draft = delete(draft, grant, who);
    }
    match place {
        Place::Scope(scope) => {
            if is_high_up(scope) {
                draft = draft.severity(Severity::Medium);
            }
            findings.scope(scope, Provider::Azure, who, draft);
        }
        Place::Vault(id) => match view.index.vault(id) {
            Some(vault) => findings.vault(vault, who, draft.severity(Severity::Medium)),
            None => {
                if let Some(grant) = grants.first() {
                    findings.scope(&grant.scope, Provider::Azure, &format!("{who} {id}"), draft);
                }
            }
        },
    }
}

impl Place<'_> {
    fn read(&self) -> &'static str {
        match self {
            Place::Vault(_) => crate::entra::VAULTS,
            Place::Scope(_) => "role assignments, directory roles and app roles",
        }
    }
}

fn what(held: &BTreeSet<String>) -> String {
    match (held.first(), held.len()) {
        (Some(only), 1) => only.clone(),
        (_, number) => format!("{number} assignments"),
    }
}

/// A management group or the tenant.
fn is_high_up(scope: &ScopeId) -> bool {
    scope.as_str().starts_with("azure:management-group/") || scope.as_str().starts_with("azure:tenant/")
}

/// Adds the command that deletes an assignment.
fn delete(draft: Draft, grant: &Grant, who: &str) -> Draft {
    let graph = |draft: Draft, path: String| {
        let uri = format!("https://graph.microsoft.com/v1.0/{path}");
        draft.command(["az", "rest", "--method", "delete", "--uri", &uri])
    };
    // What somebody may switch on, or switched on for a time, is no assignment that these commands know.
    if grant.activation != Activation::Standing {
        return draft;
    }
    match &grant.via {
        Via::RoleAssignment { native_id, .. } => {
            draft.command(["az", "role", "assignment", "delete", "--ids", native_id])
        }
        Via::DirectoryRole { native_id, .. } => {
            graph(draft, format!("roleManagement/directory/roleAssignments/{native_id}"))
        }
        Via::AppRole { native_id, resource } => {
            let resource = resource.as_str().trim_start_matches("azure:");
            graph(draft, format!("servicePrincipals/{resource}/appRoleAssignedTo/{native_id}"))
        }
        Via::AccessPolicy { vault, .. } => match part_of_arm_id(vault.as_str(), "vaults") {
            Some(name) => {
                draft.command(["az", "keyvault", "delete-policy", "--name", name, "--object-id", who])
            }
            None => draft,
        },
        Via::LocalRole { vault, native_id, .. } => match part_of_arm_id(vault.as_str(), "managedhsms") {
            Some(name) => draft.command([
                "az", "keyvault", "role", "assignment", "delete", "--hsm-name", name, "--ids", native_id,
            ]),
            None => draft,
        },
        _ => draft,
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::{GapReason, GroupId, Identity};

    use crate::testing::{Case, World, days_ago};
    fn gone() -> IdentityId {
        azure::identity_id(&azure::object_id("gone"))
    }
    fn assigned(w: &mut World, scope: ScopeId) {
        w.app("billing");
        w.estate.grant(azure::role_assignment(&gone(), scope, "Contributor"));
    }
    let unread = |read: &'static str, reason: GapReason| {
        move |w: &mut World| {
            assigned(w, azure::subscription_scope());
            w.azure_gap(read, reason, &[]);
        }
    };
    vec![
        Case::fires("a role", |w| assigned(w, azure::subscription_scope()))
            .severity(Severity::Low)
            .confidence(Confidence::Medium)
            .says("Azure role `Contributor`")
            .says("\"assignment\", \"delete\""),
        Case::fires("above the subscriptions", |w| assigned(w, azure::management_group_scope()))
            .severity(Severity::Medium),
        Case::fires("two roles of a group in one scope", |w| {
            for role in ["Reader", "Contributor"] {
                let grant = azure::role_assignment(&gone(), azure::subscription_scope(), role);
                let attached_to = Attachment::Group(GroupId::new(gone().as_str()));
                w.estate.grant(Grant { attached_to, ..grant });
            }
        })
        .says("2 assignments"),
        Case::fires("an access policy", |w| {
            let vault = w.vault("payments", |_| ());
            let via = Via::AccessPolicy { vault: vault.id, application: None, tenant: None };
            w.estate.grant(azure::grant(Attachment::Identity(gone()), via, vault.scope));
        })
        .severity(Severity::Medium)
        .says("delete-policy"),
        Case::silent("a principal that is there", |w| {
            let app = w.app("billing");
            w.estate.grant(azure::role_assignment(&app.id, azure::subscription_scope(), "Contributor"));
        }),
        Case::silent("a principal that can be restored", |w| {
            let app = w.azure(Identity { deleted: days_ago(3), ..azure::service_principal("billing") });
            w.estate.grant(azure::role_assignment(&app.id, azure::subscription_scope(), "Contributor"));
        }),
        Case::silent("a group", |w| {
            let group = w.entra_group("ops");
            let grant = azure::role_assignment(&gone(), azure::subscription_scope(), "Reader");
            w.estate.grant(Grant { attached_to: Attachment::Group(group), ..grant });
        }),
        Case::silent("users were not read", unread("User.Read.All", GapReason::Denied)),
        Case::silent("groups were not read", unread("GroupMember.Read.All", GapReason::NotProvided)),
        Case::silent("it may be one that can be restored", unread("Application.Read.All/deletedItems", GapReason::Denied)),
        Case::fires("owners were not read", unread("Application.Read.All/owners", GapReason::Denied)),
        Case::silent("applications were read in part", unread("Application.Read.All", GapReason::Truncated)),
        Case::silent("that one could not be looked up", |w| {
            assigned(w, azure::subscription_scope());
            w.azure_gap("User.Read.All", GapReason::Failed, &[&azure::object_id("gone")]);
        }),
        Case::silent("a user of AWS", |w| {
            let user = w.user("ci");
            w.allow(&user, "s3:GetObject", "*", "");
        }),
    ]
}
