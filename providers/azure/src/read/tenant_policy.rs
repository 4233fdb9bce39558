//! What the tenant lets everybody do.

use census_model::{EstateBuilder, TenantPolicy, Text};

use super::{files::Files, tenant::Tenant};
use crate::documents::{
    directory::{AppManagementPolicy, PasswordRestriction},
    value::at,
};

/// Adds the tenant's policy, as far as any of it was read.
pub(super) fn read(tenant: &Tenant, files: &Files<'_>, estate: &mut EstateBuilder) {
    let management = files.app_management_policy.first();
    let users = files.authorization_policy.first().and_then(|one| one.default_user_role_permissions.as_ref());
    if management.is_none() && users.is_none() {
        return;
    }
    let consent = users.and_then(|users| users.permission_grant_policies_assigned.as_ref());
    let lifetime = management.and_then(|policy| in_force(policy, files, "passwordLifetime"));
    estate.tenant_policy(TenantPolicy {
        scope: tenant.scope.clone(),
        users_register_applications: users.and_then(|users| users.allowed_to_create_apps),
        user_consent: consent.map(|policies| {
            // The list also says for what owners of groups and others may consent; here only what users may for themselves.
            let own = policies.iter().map(|name| name.as_str());
            let own =
                own.filter(|name| name.to_ascii_lowercase().starts_with("managepermissiongrantsforself."));
            let mut names: Vec<Text> = own.map(Text::from).collect();
            names.sort_unstable();
            names.dedup();
            names
        }),
        passwords_refused: management.map(|policy| in_force(policy, files, "passwordAddition").is_some()),
        password_lifetime: lifetime.and_then(|one| one.max_lifetime.as_deref()).map(Text::from),
    });
}

/// A restriction that holds for every application that is registered here. One that spares older applications holds for
/// none of those that can be had already.
fn in_force<'f>(
    policy: &'f AppManagementPolicy<'_>,
    files: &Files<'_>,
    kind: &str,
) -> Option<&'f PasswordRestriction<'f>> {
    let oldest = files.applications.iter().filter_map(|one| at(one.created_date_time)).min();
    let restrictions =
        policy.application_restrictions.as_ref().filter(|_| policy.is_enabled == Some(true))?;
    restrictions.password_credentials.iter().flatten().find(|one| {
        let word = |word: &Option<crate::documents::value::Str<'_>>, is: &str| {
            word.as_ref().is_some_and(|word| word.eq_ignore_ascii_case(is))
        };
        let from = at(one.restrict_for_apps_created_after_date_time);
        let spares = from.is_some_and(|from| oldest.is_none_or(|oldest| oldest < from));
        word(&one.restriction_type, kind) && !word(&one.state, "disabled") && !spares
    })
}
