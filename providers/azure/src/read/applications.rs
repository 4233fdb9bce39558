//! Applications that have no service principal in their own tenant, and deleted ones.

use std::collections::HashSet;

use census_model::EstateBuilder;

use super::{
    credentials::{Certificates, Credentials, Keeper, Standing},
    files::Files,
    holders::Holders,
    identities::{self, ON_APPLICATION},
    sign_ins::SignIns,
    tenant::Tenant,
};
use crate::documents::value::at;

/// Adds those applications that no service principal stands for.
pub(super) fn read(
    tenant: &Tenant,
    files: &Files<'_>,
    holders: &Holders<'_>,
    sign_ins: &SignIns,
    estate: &mut EstateBuilder,
) {
    let credentials = Credentials { last_used: sign_ins.of_others() };
    let gone: HashSet<String> = files
        .deleted_service_principals
        .iter()
        .filter_map(|one| Some(one.app_id.as_ref()?.lower()))
        .collect();
    let alone =
        files.applications.iter().filter(|one| !holders.by_app_id.contains_key(one.app_id.lower().as_str()));
    for one in alone {
        let last_used = sign_ins.of_client(Some(&one.app_id));
        let identity = identities::of_application(one, &tenant.id, &tenant.scope, last_used);
        let (passwords, keys) = (&one.password_credentials, &one.key_credentials);
        let keeper =
            Keeper { object: ON_APPLICATION, standing: Standing::Live, certificates: Certificates::Holder };
        credentials.add(&identity.id, keeper, passwords, keys, estate);
        estate.identity(identity);
    }
    for one in &files.deleted_applications {
        let is_live = holders.application(one.id.lower().as_str()).is_some();
        if is_live || gone.contains(one.app_id.lower().as_str()) {
            continue;
        }
        let last_used = sign_ins.of_client(Some(&one.app_id));
        let mut identity = identities::of_application(one, &tenant.id, &tenant.scope, last_used);
        identity.deleted = Some(at(one.deleted_date_time).unwrap_or(tenant.clock));
        let (passwords, keys) = (&one.password_credentials, &one.key_credentials);
        let keeper = Keeper {
            object: ON_APPLICATION,
            standing: Standing::Deleted,
            certificates: Certificates::Holder,
        };
        credentials.add(&identity.id, keeper, passwords, keys, estate);
        estate.identity(identity);
    }
}
