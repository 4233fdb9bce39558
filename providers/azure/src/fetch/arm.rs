//! Which reads are made at Azure Resource Manager, and where.

use census_model::Text;

use super::{
    authorization::{AT_SCOPES, LIST_ROLE_DEFINITIONS},
    resources::{IN_SUBSCRIPTIONS, LIST_MANAGED_IDENTITY_FEDERATION},
    subscriptions::{Scopes, management_group, subscription},
    tenant::Tenant,
};
use crate::{
    client::{Call, Failure, Listed, Plane},
    documents::Collection,
};

/// A list at a scope.
struct Job {
    call: &'static Call,
    collection: Collection,
    target: String,
    /// What is unread if it fails.
    affects: Vec<Text>,
}

/// The scopes at which a list failed.
struct FailuresOf {
    call: &'static Call,
    collection: Collection,
    failures: Vec<(Text, Failure)>,
}

/// Reads everything at the scopes.
pub(super) async fn read(tenant: &mut Tenant<'_>, scopes: &Scopes) {
    tenant.step(&format!("{} subscriptions", scopes.subscriptions.len()));
    run(tenant, jobs(scopes)).await;
    let identities: Vec<Job> = tenant
        .items(Collection::UserAssignedIdentities)
        .iter()
        .filter_map(|item| federation(&item.id))
        .collect();
    tenant.step(&format!("federated credentials of {} managed identities", identities.len()));
    run(tenant, identities).await;
}

fn jobs(scopes: &Scopes) -> Vec<Job> {
    let mut jobs = Vec::new();
    for id in &scopes.subscriptions {
        for (call, collection) in IN_SUBSCRIPTIONS {
            let affects = vec![subscription(id).into()];
            jobs.push(Job { call, collection, target: call.target(0, &[id]), affects });
        }
    }
    for (call, collection) in AT_SCOPES {
        let mut first = true;
        for id in &scopes.subscriptions {
            // A subscription lists what holds in it: its own, what it inherits, and what lies below.
            let target = call.target_with(0, &[id], definitions_once(call, &mut first));
            jobs.push(Job { call, collection, target, affects: vec![subscription(id).into()] });
        }
        for name in &scopes.management_groups {
            let filter = match definitions_once(call, &mut first) {
                "" if !is_definitions(call) => "$filter=atScope()",
                filter => filter,
            };
            let target = call.target_with(1, &[name], filter);
            jobs.push(Job { call, collection, target, affects: vec![management_group(name).into()] });
        }
        if scopes.management_groups.is_empty() && scopes.subscriptions.is_empty() {
            // Nothing else shows what is granted at the root.
            let filter = if is_definitions(call) { "" } else { "$filter=atScope()" };
            jobs.push(Job {
                call,
                collection,
                target: call.target_with(2, &[], filter),
                affects: Vec::new(),
            });
        }
    }
    jobs
}

fn is_definitions(call: &Call) -> bool {
    std::ptr::eq(call, &raw const LIST_ROLE_DEFINITIONS)
}

/// Azure's own roles, some seven hundred, are the same everywhere, and are asked for once.
fn definitions_once(call: &Call, first: &mut bool) -> &'static str {
    let again = is_definitions(call) && !std::mem::take(first);
    if again { "$filter=type%20eq%20'CustomRole'" } else { "" }
}

/// The list of an identity's federated credentials, by its resource id.
fn federation(id: &str) -> Option<Job> {
    let parts: Vec<&str> = id.split('/').collect();
    let ["", _, subscription, _, group, _, _, _, name] = parts.as_slice() else { return None };
    let call = &LIST_MANAGED_IDENTITY_FEDERATION;
    Some(Job {
        call,
        collection: Collection::ManagedIdentityFederation,
        target: call.target(0, &[subscription, group, name]),
        affects: vec![id.into()],
    })
}

async fn run(tenant: &mut Tenant<'_>, jobs: Vec<Job>) {
    let api = &tenant.api;
    let work = jobs.iter().map(|job| async move {
        let url = api.url(Plane::Arm, &job.target)?;
        api.list(job.call, &url).await
    });
    let results: Vec<Result<Listed, Failure>> = api.all(work.collect()).await;
    let mut kinds: Vec<FailuresOf> = Vec::new();
    for (job, result) in jobs.into_iter().zip(results) {
        let result = match result {
            // A subscription that never used a service has nothing of it.
            Err(failure) if failure.is(NOT_REGISTERED) => Ok(Listed::default()),
            result => result,
        };
        let failure = match result {
            Ok(listed) => {
                tenant.add(job.collection, listed.items);
                listed.cut
            }
            Err(failure) => Some(failure),
        };
        let Some(failure) = failure else { continue };
        let [affected] = job.affects.as_slice() else {
            tenant.settle(job.collection, job.call, Err(failure), &[]);
            continue;
        };
        let failed = (Text::clone(affected), failure);
        match kinds.iter_mut().find(|of| std::ptr::eq(of.call, job.call)) {
            Some(of) => of.failures.push(failed),
            None => {
                kinds.push(FailuresOf { call: job.call, collection: job.collection, failures: vec![failed] });
            }
        }
    }
    for of in kinds {
        tenant.failed(of.collection, &of.call.read, of.failures);
    }
}

/// <https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider>
const NOT_REGISTERED: &str = "MissingSubscriptionRegistration";
