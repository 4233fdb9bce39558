//! The tenant itself.

use crate::client::Call;

/// <https://learn.microsoft.com/graph/api/organization-list>
pub(super) static LIST_ORGANIZATION: Call =
    Call::graph("ListOrganization", &["Organization.Read.All"], "the tenant's id, name and verified domains")
        .at(&["/v1.0/organization"])
        .keep(&[
            "id",
            "displayName",
            "tenantType",
            "createdDateTime",
            "countryLetterCode",
            "onPremisesSyncEnabled",
            "verifiedDomains/name",
            "verifiedDomains/isDefault",
            "verifiedDomains/isInitial",
            "verifiedDomains/type",
        ]);
