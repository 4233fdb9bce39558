//! People that own or hold something.

use std::collections::BTreeSet;

use super::tenant::Tenant;
use crate::{
    client::{Ask, Call},
    documents::Collection,
};

/// <https://learn.microsoft.com/graph/api/user-list>
pub(super) static LIST_USERS: Call = Call::graph(
    "ListUsers",
    &["User.Read.All"],
    "whether an owner is a person who is still here, and a holder is a person at all",
)
.at(&["/v1.0/users"])
.query(
    "$select=id,displayName,userPrincipalName,mail,accountEnabled,userType,createdDateTime,deletedDateTime,\
     employeeId,employeeType,employeeLeaveDateTime,jobTitle,department,companyName,onPremisesSyncEnabled,\
     externalUserState,isResourceAccount",
)
.keep(&[
    "@odata.type",
    "id",
    "displayName",
    "userPrincipalName",
    "mail",
    "accountEnabled",
    "userType",
    "createdDateTime",
    "deletedDateTime",
    "employeeId",
    "employeeType",
    "employeeLeaveDateTime",
    "jobTitle",
    "department",
    "companyName",
    "onPremisesSyncEnabled",
    "externalUserState",
    "isResourceAccount",
]);

/// How many values `in` takes. <https://learn.microsoft.com/graph/filter-query-parameter>
const VALUES: usize = 15;

/// Reads those of these ids that are users; gives their ids.
pub(super) async fn read(tenant: &mut Tenant<'_>, ids: &BTreeSet<String>) -> BTreeSet<String> {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let chunks: Vec<&[&str]> = ids.chunks(VALUES).collect();
    let ask = |chunk: &&[&str]| {
        let filter = format!("$filter=id%20in%20('{}')", chunk.join("','"));
        Ask { call: &LIST_USERS, target: LIST_USERS.target_with(0, &[], &filter) }
    };
    let results = tenant.api.batch(chunks.iter().map(ask).collect()).await;
    let mut found = BTreeSet::new();
    let mut failures = Vec::new();
    for (chunk, result) in chunks.iter().zip(results) {
        let failed = match result {
            Ok(listed) => {
                found.extend(listed.items.iter().map(|item| item.id.to_string()));
                tenant.add(Collection::Users, listed.items);
                listed.cut
            }
            Err(failure) => Some(failure),
        };
        if let Some(failure) = failed {
            failures.extend(chunk.iter().map(|id| ((*id).into(), failure.clone())));
        }
    }
    tenant.failed(Collection::Users, &LIST_USERS.read, failures);
    found
}
