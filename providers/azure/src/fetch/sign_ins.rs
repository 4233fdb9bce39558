//! When service principals last signed in. A beta API; the rest of Graph is read from v1.0.

use crate::client::Call;

/// <https://learn.microsoft.com/graph/api/reportroot-list-serviceprincipalsigninactivities?view=graph-rest-beta>
pub(super) static LIST_SIGN_INS: Call = Call::graph(
    "ListServicePrincipalSignInActivities",
    &["AuditLog.Read.All"],
    "when an identity was last used",
)
.at(&["/beta/reports/servicePrincipalSignInActivities"])
.keep(&[
    "id",
    "appId",
    "lastSignInActivity/lastSignInDateTime",
    "delegatedClientSignInActivity/lastSignInDateTime",
    "delegatedResourceSignInActivity/lastSignInDateTime",
    "applicationAuthenticationClientSignInActivity/lastSignInDateTime",
    "applicationAuthenticationResourceSignInActivity/lastSignInDateTime",
]);
