//! Who owns service principals, applications and groups, and who answers for agents.

use crate::client::Call;

/// Of a person or principal only the id is kept; who that is stands in a collection of its own.
const KEEP: &[&str] = &["@odata.type", "id"];

/// <https://learn.microsoft.com/graph/api/serviceprincipal-list-owners>
pub(super) static LIST_SERVICE_PRINCIPAL_OWNERS: Call = Call::graph(
    "ListServicePrincipalOwners",
    &["Application.Read.All"],
    "who owns a service principal, and so may give it credentials",
)
.part("owners")
.at(&["/v1.0/servicePrincipals/{}/owners"])
.query("$select=id")
.keep(KEEP);

/// <https://learn.microsoft.com/graph/api/application-list-owners>
pub(super) static LIST_APPLICATION_OWNERS: Call = Call::graph(
    "ListApplicationOwners",
    &["Application.Read.All"],
    "who owns an application, and so may give it credentials",
)
.part("owners")
.at(&["/v1.0/applications/{}/owners"])
.query("$select=id")
.keep(KEEP);

/// <https://learn.microsoft.com/graph/api/group-list-owners>
pub(super) static LIST_GROUP_OWNERS: Call = Call::graph(
    "ListGroupOwners",
    &["GroupMember.Read.All"],
    "who owns a group that holds something, and so may join it",
)
.part("owners")
.at(&["/v1.0/groups/{}/owners"])
.query("$select=id")
.keep(KEEP);

/// <https://learn.microsoft.com/graph/api/agentidentity-list-sponsors>,
/// <https://learn.microsoft.com/graph/api/agentidentityblueprintprincipal-list-sponsors>,
/// <https://learn.microsoft.com/graph/api/agentidentityblueprint-list-sponsors>
pub(super) static LIST_SPONSORS: Call = Call::graph(
    "ListSponsors",
    &["Application.Read.All"],
    "who answers for an agent identity or its blueprint",
)
.part("sponsors")
.at(&[
    "/v1.0/servicePrincipals/{}/microsoft.graph.agentIdentity/sponsors",
    "/v1.0/servicePrincipals/{}/microsoft.graph.agentIdentityBlueprintPrincipal/sponsors",
    "/v1.0/applications/{}/microsoft.graph.agentIdentityBlueprint/sponsors",
])
.query("$select=id")
.keep(KEEP);
