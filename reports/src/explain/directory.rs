//! What a directory says of an identity: the application behind it, its owners and sponsors, the person.

use census_model::{Activation, Application, Audience, Identity, InstanceLock, Owned, Relation, UserType};

use super::{FOR_ALL, LISTED};
use crate::{
    page::{Ink, Page, Span, faint, plain, strong},
    table::more,
    view::View,
    words::dated,
};

/// Rows for the head of the page.
pub(super) fn rows(view: &View<'_>, identity: &Identity) -> Vec<Vec<Span>> {
    let mut rows = Vec::new();
    if let Some(at) = identity.deleted {
        let words = format!("{}; it can still be restored", dated(view.as_of(), at));
        rows.push(vec![strong("deleted"), Span::new(Ink::Bad, words)]);
    }
    if let Some(application) = &identity.application {
        rows.push(vec![strong("application"), plain(words(application))]);
    }
    if let Some(person) = &identity.person {
        let kind = match person.user_type {
            UserType::Member => "member",
            UserType::Guest => "guest",
            UserType::Unknown => "member or guest is not known",
        };
        let names = [person.login.as_deref(), person.mail.as_deref()];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        let open = if person.open.is_some() { ", enabled or disabled was not read" } else { "" };
        let leaves = person.leaves.map(|at| format!(", leaves {}", dated(view.as_of(), at)));
        rows.push(vec![
            strong("person"),
            plain(format!("{kind}, {}{}{open}", names.join(", "), leaves.unwrap_or_default())),
        ]);
    }
    rows
}

fn words(application: &Application) -> String {
    let audience = match application.audience {
        Some(Audience::SingleTenant) => ", for this tenant only",
        Some(Audience::MultipleTenants) => ", for any tenant",
        Some(Audience::MultipleTenantsAndPersonal) => ", for any tenant and personal accounts",
        Some(Audience::Personal) => ", for personal accounts",
        Some(Audience::Unrecognized) | None => "",
    };
    let registered = match (&application.native_id, &application.owner_tenant) {
        (Some(_), _) => ", registered here".to_owned(),
        (None, Some(tenant)) => format!(", registered in tenant {tenant}"),
        (None, None) => String::new(),
    };
    let publisher = application.verified_publisher.as_ref();
    let publisher = publisher.map(|name| format!(", verified publisher {name}")).unwrap_or_default();
    let lock = match application.instance_lock {
        Some(InstanceLock::Partial) => ", instances partly locked",
        Some(InstanceLock::Credentials) => ", instances locked",
        Some(InstanceLock::Off) | None => "",
    };
    format!("client id {}{registered}{audience}{publisher}{lock}", application.app_id)
}

/// Its owners and sponsors.
pub(super) fn owners(page: &mut Page, view: &View<'_>, identity: &Identity) {
    let owners = view.index.directory_owners(&Owned::Identity(identity.id.clone()));
    if owners.is_empty() {
        return;
    }
    page.heading("IN THE DIRECTORY", &[plain(owners.len().to_string())]);
    let rows: Vec<_> = owners
        .iter()
        .take(LISTED)
        .map(|owner| {
            let who = view.index.identity(&owner.who);
            let relation = match owner.relation {
                Relation::Owner => "owner",
                Relation::Sponsor => "sponsor",
            };
            let eligible =
                if matches!(owner.activation, Activation::Eligible(_)) { ", eligible" } else { "" };
            let disabled = match who {
                Some(who) if who.disabled => ", disabled",
                Some(who) if who.person.as_ref().is_some_and(|person| person.open.is_some()) => {
                    ", enabled or disabled was not read"
                }
                _ => "",
            };
            vec![
                plain(format!("{relation} of the {}", owner.object)),
                plain(who.map_or(owner.who.as_str(), |who| &who.name)),
                faint(format!("{}{eligible}{disabled}", who.map_or("not read", |who| who.kind.as_str()))),
            ]
        })
        .collect();
    page.columns(2, &rows);
    more(page, 2, owners.len(), LISTED, FOR_ALL);
}
