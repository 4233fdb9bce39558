//! Azure Resource Manager.

mod authorization;
mod clouds;
mod filter;
mod lists;
mod tenancy;
mod versions;

use crate::{
    faults,
    http::{Answer, Reply, Request},
    page::Style,
    server::Context,
    tenant::Tenant,
};

/// ARM sends lists whole up to a thousand items.
const STYLE: Style = Style { link: "nextLink", size: "$top", usual: 1000, most: 1000, port: "" };

/// One request with its tenant and its path in lower case.
struct Call<'a> {
    context: &'a Context<'a>,
    request: &'a Request,
    tenant: &'a Tenant,
}

/// Answers a request to Azure Resource Manager.
pub(crate) fn answer(context: &Context<'_>) -> Reply {
    let request = context.request;
    let lower: Vec<String> = request.segments.iter().map(|part| part.to_ascii_lowercase()).collect();
    let path: Vec<&str> = lower.iter().map(String::as_str).collect();
    if request.method != "GET" {
        return Err(faults::not_read(request));
    }
    if path == ["metadata", "endpoints"] {
        versions::check(request, versions::METADATA)?;
        return Ok(clouds::endpoints());
    }
    let tenant = authenticate(context)?;
    let call = Call { context, request, tenant };
    if let [scope @ .., "providers", "microsoft.authorization", kind] = path.as_slice() {
        return authorization::list(&call, scope, kind);
    }
    if let [.., "providers", "microsoft.authorization", kind, name] = path.as_slice() {
        return authorization::get(&call, kind, name);
    }
    match path.as_slice() {
        ["tenants"] => tenancy::tenants(&call),
        ["subscriptions"] => tenancy::subscriptions(&call),
        ["subscriptions", id] => tenancy::subscription(&call, id),
        ["providers", "microsoft.management", "managementgroups"] => tenancy::management_groups(&call),
        ["providers", "microsoft.management", "managementgroups", name] => {
            tenancy::management_group(&call, name)
        }
        ["providers", "microsoft.management", "managementgroups", name, "descendants"] => {
            tenancy::descendants(&call, name)
        }
        ["subscriptions", id, rest @ ..] => {
            call.subscription(id)?;
            lists::answer(&call, id, rest)
        }
        _ => Err(faults::not_found(request)),
    }
}

/// The tenant that the token is for.
fn authenticate<'a>(context: &'a Context<'a>) -> Result<&'a Tenant, Box<Answer>> {
    let request = context.request;
    let refuse = |code, message| faults::arm_unauthorized(request, code, message);
    if request.header("authorization").is_none() {
        return Err(refuse(
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.",
        ));
    }
    let Some(bearer) = context.bearer else {
        return Err(refuse("InvalidAuthenticationToken", "The access token is invalid."));
    };
    if bearer.is_expired() {
        return Err(faults::invalid_token(request));
    }
    let tenant = context.tenant().filter(|tenant| tenant.extras.cloud == request.host.cloud);
    match tenant {
        Some(tenant) if bearer.is_for(&request.host.audiences()) => Ok(tenant),
        _ => Err(refuse(
            "InvalidAuthenticationTokenAudience",
            "The access token has been obtained for wrong audience or resource.",
        )),
    }
}

impl Call<'_> {
    /// Whether the subscription is this tenant's.
    fn subscription(&self, id: &str) -> Result<(), Box<Answer>> {
        let arm_id = format!("/subscriptions/{id}");
        let has = |tenant: &Tenant| tenant.collection("arm/subscriptions").by_id(&arm_id).is_some();
        if has(self.tenant) {
            return Ok(());
        }
        if self.context.state.tenants.iter().any(has) {
            let message = "The access token is from the wrong issuer. It must match the tenant associated with \
                           this subscription.";
            return Err(faults::arm_unauthorized(self.request, "InvalidAuthenticationTokenTenant", message));
        }
        let message = format!("The subscription '{id}' could not be found.");
        Err(faults::error(self.request, 404, "SubscriptionNotFound", &message))
    }

    /// A list of a document's items.
    fn list<T: AsRef<str>>(&self, document: &str, items: Vec<T>) -> Reply {
        self.context.paging(STYLE).list(self.request, document, items)
    }
}
