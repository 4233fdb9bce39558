//! How an identity is entered, what is attached to it, and what runs as it.

use census_model::{Identity, PrincipalSet, ScopeId, Trust, VaultId};

use super::{FOR_ALL, LISTED, abroad};
use crate::{
    json::{Activation, Attached, How, policies, scope_policies},
    page::{Ink, Page, Span, faint, plain},
    table::more,
    verdict::cloud,
    view::View,
    words::{condition, identity_label, mechanism, principals},
};

pub(super) fn trusts(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let trusts = view.trusts_of(&identity.id);
    if trusts.is_empty() {
        return;
    }
    let mut trusts = trusts;
    trusts.sort_by_key(|trust| width(&trust.who));
    page.heading("WHO MAY BECOME IT", &[plain(trusts.len().to_string())]);
    for trust in trusts.iter().take(LISTED) {
        trust_line(page, view, trust);
    }
    more(page, 2, trusts.len(), LISTED, FOR_ALL);
}

/// How wide a door is: the widest comes first.
fn width(who: &PrincipalSet) -> u8 {
    match who {
        PrincipalSet::Everyone => 0,
        PrincipalSet::Authenticated => 1,
        PrincipalSet::External(_) | PrincipalSet::Unrecognized(_) => 2,
        PrincipalSet::Organization(_) => 3,
        PrincipalSet::Account(_) => 4,
        PrincipalSet::Deleted(_) => 5,
        PrincipalSet::Identity(_) => 6,
        PrincipalSet::Service(_) => 7,
    }
}

fn trust_line(page: &mut Page, view: &View<'_>, trust: &Trust) {
    let ink = match trust.who {
        PrincipalSet::Everyone | PrincipalSet::Authenticated | PrincipalSet::Deleted(_) => Ink::Bad,
        _ => Ink::Plain,
    };
    let except: Vec<String> = trust.except.iter().map(|who| principals(view, who)).collect();
    let except = if except.is_empty() { String::new() } else { format!(", except {}", except.join(", ")) };
    page.line(
        2,
        &[
            Span::new(ink, principals(view, &trust.who)),
            plain(except),
            faint(format!("  {}, statement {}", mechanism(trust.mechanism), trust.statement)),
        ],
    );
    let words =
        trust.condition.as_ref().map_or("without condition".into(), |c| format!("if {}", condition(c)));
    page.line(6, &[plain(words)]);
    for named in abroad::named(view, trust) {
        let words = format!("that is {} {} of {}", named.kind, identity_label(named), cloud(named));
        page.line(6, &[plain(words)]);
    }
    if let Some(tenant) = abroad::tenant_of(view, trust) {
        let tenant = view.scope_label(&tenant.id);
        page.line(6, &[plain(format!("that is any program of tenant {tenant}, {}", abroad::ANYBODY))]);
    }
}

pub(super) fn attached(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let own = policies(view, identity);
    let above = scope_policies(view, identity);
    page.heading("POLICIES", &[plain(format!("{} attached, {} from above", own.len(), above.len()))]);
    let mut rows: Vec<_> = own.iter().take(LISTED).map(|policy| policy_row(view, policy)).collect();
    rows.extend(
        above.chunk_by(|a, b| (a.how, a.through) == (b.how, b.through)).map(|group| ceiling_row(view, group)),
    );
    page.columns(2, &rows);
    more(page, 2, own.len(), LISTED, FOR_ALL);
}

/// The policies of one kind at one scope above: all of them bound what the identity can do.
fn ceiling_row(view: &View<'_>, group: &[Attached<'_>]) -> Vec<Span> {
    let kind = match group.first().map(|policy| policy.how) {
        Some(How::ResourceControlPolicy) => "RCP",
        _ => "SCP",
    };
    let scope = group.first().and_then(|policy| policy.through).unwrap_or_default();
    let names: Vec<String> = group
        .iter()
        .map(|policy| format!("{}{}", policy.name, if policy.text_read { "" } else { " (text not read)" }))
        .collect();
    vec![faint(format!("{kind} of {}", view.scope_name(&ScopeId::new(scope)))), plain(names.join(", "))]
}

fn policy_row(view: &View<'_>, policy: &Attached<'_>) -> Vec<Span> {
    let how = match policy.how {
        How::Inline => "inline",
        How::Managed => "managed",
        How::Boundary => "permissions boundary",
        How::ServiceControlPolicy => "service control policy",
        How::ResourceControlPolicy => "resource control policy",
        How::ResourcePolicy => "resource policy",
        How::KeyGrant => "grant on a key",
        How::RoleAssignment => "role",
        How::DenyAssignment => "deny assignment",
        How::DirectoryRole => "directory role",
        How::AppRole => "app role",
        How::DelegatedPermission => "delegated permissions",
        How::Ownership => "ownership",
        How::FederatedCredential => "federated credential",
        How::AccessPolicy => "access policy",
        How::LocalRole => "local role",
    };
    let scope = policy.scope.map(|scope| format!(" in {}", place(view, scope))).unwrap_or_default();
    let when = policy.activation.as_ref().map(when).unwrap_or_default();
    let condition = policy.condition.map(|text| format!(", if {text}")).unwrap_or_default();
    let through = policy.through.map(|group| format!(", via group {group}")).unwrap_or_default();
    let unread = if policy.text_read { "" } else { ", text not read" };
    let name = match policy.how {
        How::AccessPolicy => place(view, policy.name),
        _ => policy.name.to_owned(),
    };
    vec![plain(name), faint(format!("{how}{scope}{through}{when}{condition}{unread}"))]
}

/// A scope or vault by its name, where it has one.
fn place(view: &View<'_>, id: &str) -> String {
    match view.index.vault(&VaultId::new(id)) {
        Some(vault) => format!("vault {}", vault.name),
        None => view.scope_label(&ScopeId::new(id)),
    }
}

fn when(activation: &Activation) -> String {
    let (word, until) = match activation {
        Activation::Active { until, .. } => (", active", until),
        Activation::Eligible { until, .. } => (", eligible", until),
    };
    let until = until.as_ref().map(|until| format!(" until {}", until.0)).unwrap_or_default();
    format!("{word}{until}")
}

/// The permission set that a role is kept for, how far it reaches, and who may sign in as the role.
pub(super) fn permission_set(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let Some(set) = view.index.permission_set(&identity.id) else { return };
    let estate = view.index.estate();
    let accounts = estate.permission_sets.iter().filter(|one| one.native_id == set.native_id).count();
    let spread = match accounts {
        1 => String::new(),
        more => format!(", provisioned in {more} accounts of these"),
    };
    page.heading("PERMISSION SET", &[plain(format!("{}{spread}", set.name))]);
    let Some(assigned) = set.assigned.known() else {
        page.line(2, &[plain("to whom it is assigned here could not be read")]);
        return;
    };
    if assigned.is_empty() {
        page.line(2, &[plain("assigned to nobody here")]);
    }
    let rows: Vec<_> = assigned
        .iter()
        .take(LISTED)
        .map(|one| {
            let name = plain(one.name.as_deref().unwrap_or_default());
            vec![plain(one.kind.as_str()), name, faint(&*one.id)]
        })
        .collect();
    page.columns(2, &rows);
    more(page, 2, assigned.len(), LISTED, FOR_ALL);
}

pub(super) fn workloads(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let workloads = view.workloads_of(&identity.id);
    if workloads.is_empty() {
        return;
    }
    page.heading("RUNS AS IT", &[plain(workloads.len().to_string())]);
    let rows: Vec<_> = workloads
        .iter()
        .take(LISTED)
        .map(|workload| vec![plain(&*workload.name), faint(workload.kind.as_str())])
        .collect();
    page.columns(2, &rows);
    more(page, 2, workloads.len(), LISTED, FOR_ALL);
}
