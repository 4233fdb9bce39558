//! What belongs to each service principal and each application, in batches: owners, sponsors, app roles, federated
//! credentials.
//!
//! Microsoft's own service principals are asked like all others. Who owns one, or may give one a credential, obtains
//! the app roles that it holds in this tenant; that its application belongs to Microsoft changes nothing about it.

use serde::Deserialize;

use super::{
    app_roles::LIST_APP_ROLE_ASSIGNMENTS,
    applications::LIST_FEDERATED_CREDENTIALS,
    owners::{LIST_APPLICATION_OWNERS, LIST_SERVICE_PRINCIPAL_OWNERS, LIST_SPONSORS},
    tenant::{Tenant, related},
};
use crate::{
    client::{Ask, Call, Failure, Item, Listed},
    documents::Collection,
};

/// A relationship of one parent.
pub(super) struct Relation {
    /// The parent's id.
    pub(super) parent: String,
    /// The document that it goes to.
    pub(super) collection: Collection,
    /// The name of the relationship; none where its items name their parent themselves.
    pub(super) name: Option<&'static str>,
    /// How it is read.
    pub(super) call: &'static Call,
    /// Which of the call's paths.
    pub(super) path: usize,
}

impl Relation {
    fn ask(&self) -> Ask {
        Ask { call: self.call, target: self.call.target(self.path, &[&self.parent]) }
    }
}

/// Reads relationships and adds them to their documents; gives the related items of each.
pub(super) async fn read(tenant: &mut Tenant<'_>, relations: &[Relation]) -> Vec<Vec<Item>> {
    let results = tenant.api.batch(relations.iter().map(Relation::ask).collect()).await;
    let mut children = Vec::with_capacity(relations.len());
    // Failures are told together for each call; the order of the relations keeps those of one call side by side or not.
    let mut failures: Vec<(&Relation, Failure)> = Vec::new();
    for (relation, result) in relations.iter().zip(results) {
        let Listed { items, cut } = match result {
            Ok(listed) => listed,
            Err(failure) => {
                failures.push((relation, failure));
                children.push(Vec::new());
                continue;
            }
        };
        let added = match relation.name {
            Some(name) => vec![related(&relation.parent, name, items.clone())],
            None => items.clone(),
        };
        tenant.add(relation.collection, added);
        children.push(items);
        failures.extend(cut.map(|failure| (relation, failure)));
    }
    tell(tenant, relations, &failures);
    children
}

fn tell(tenant: &mut Tenant<'_>, relations: &[Relation], failures: &[(&Relation, Failure)]) {
    let mut calls: Vec<(&'static Call, Collection)> = Vec::new();
    for relation in relations {
        if !calls.iter().any(|(call, _)| std::ptr::eq(*call, relation.call)) {
            calls.push((relation.call, relation.collection));
        }
    }
    for (call, collection) in calls {
        let of_call = failures.iter().filter(|(relation, _)| std::ptr::eq(relation.call, call));
        let failed = of_call.map(|(relation, failure)| (relation.parent.as_str().into(), failure.clone()));
        tenant.failed(collection, &call.read, failed.collect());
    }
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
}

/// The relationships of service principals and applications.
pub(super) fn of_principals(principals: &[Item], applications: &[Item]) -> Vec<Relation> {
    let kind = |item: &Item| item.read::<Kind>().and_then(|kind| kind.kind).unwrap_or_default();
    let relation = |parent: &Item, collection, name, call, path| Relation {
        parent: parent.id.to_string(),
        collection,
        name,
        call,
        path,
    };
    let mut relations = Vec::new();
    for principal in principals {
        let owners = &LIST_SERVICE_PRINCIPAL_OWNERS;
        relations.push(relation(principal, Collection::Owners, Some("owners"), owners, 0));
        let roles = &LIST_APP_ROLE_ASSIGNMENTS;
        relations.push(relation(principal, Collection::AppRoleAssignments, None, roles, 0));
        let sponsors = match kind(principal).as_str() {
            "#microsoft.graph.agentIdentity" => 0,
            "#microsoft.graph.agentIdentityBlueprintPrincipal" => 1,
            _ => continue,
        };
        relations.push(relation(principal, Collection::Sponsors, Some("sponsors"), &LIST_SPONSORS, sponsors));
    }
    for application in applications {
        let owners = &LIST_APPLICATION_OWNERS;
        relations.push(relation(application, Collection::Owners, Some("owners"), owners, 0));
        let federated = &LIST_FEDERATED_CREDENTIALS;
        let name = Some("federatedIdentityCredentials");
        relations.push(relation(application, Collection::ApplicationFederation, name, federated, 0));
        if kind(application) == "#microsoft.graph.agentIdentityBlueprint" {
            relations.push(relation(application, Collection::Sponsors, Some("sponsors"), &LIST_SPONSORS, 2));
        }
    }
    relations
}
