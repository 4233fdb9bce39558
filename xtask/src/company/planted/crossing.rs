//! What of AWS trusts the tenant.

use super::{PLATFORM, Planter};
use crate::{
    aws::{account::OidcProvider, details::Role, managed::aws, policy::document},
    company::{azure, roles::issuer},
};

/// What the function app names as the audience of its tokens.
const AUDIENCE: &str = "api://brindlemoor-aws";

pub(super) fn plant(planter: &mut Planter<'_>) {
    let (tenant, hub) = azure::hub();
    let place = planter.company.platform.place.clone();
    planter.company.platform.federation.oidc.push(OidcProvider::new(&place, &tenant, AUDIENCE));
    let trust = issuer(&place, &tenant, AUDIENCE).when("StringEquals", &format!("{tenant}:sub"), hub);
    let role = Role::new(&place, "carrier-hub-deploy", document([trust])).attach(aws("AdministratorAccess"));
    let what = "deploys for a function app of Azure, as an administrator; nobody knows whose that is";
    planter.role(PLATFORM, role, "admin-without-owner", what);
}
