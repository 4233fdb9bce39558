//! What is asked about the directory.

use super::{NAMESPACE, language::Operation};

/// How Microsoft Graph is called in questions.
const GRAPH: &str = "graph";

/// A question about the principals of a tenant and its directory.
#[derive(Clone, Debug)]
pub struct Question {
    pub(super) asked: Asked,
    pub(super) resource: Box<str>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// An operation: `microsoft.directory/groups/members/update`.
    Operation(Operation),
    /// A permission of an application: `Mail.Read` of Microsoft Graph.
    Permission {
        /// The application.
        api: Api,
        /// The value of the app role or scope.
        value: Box<str>,
    },
}

/// The application that a permission is one of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Api {
    /// Microsoft Graph.
    Graph,
    /// Another one, by name or any id.
    Named(Box<str>),
}

/// Why a question cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// Neither an operation nor a permission.
    #[error(
        "`{0}` is not an operation of the directory: it takes what it is done to and what is done, as in `microsoft.directory/applications/credentials/update`"
    )]
    Operation(String),
    /// Nothing that is known.
    #[error(
        "`{0}` is no tenant, and none of the users, groups, applications and service principals that were read"
    )]
    Resource(String),
    /// Several things.
    #[error("`{0}` means {1} things")]
    Ambiguous(String, usize),
    /// An operation on something else.
    #[error("`{operation}` is done to {of}, and `{resource}` is something else")]
    NotOf {
        /// The operation.
        operation: String,
        /// The resource.
        resource: String,
        /// What it is done to.
        of: &'static str,
    },
    /// A permission of an application that is not there.
    #[error("no service principal of the tenant is called `{0}`")]
    Api(String),
    /// A permission, and something else than a tenant.
    #[error("`{permission}` is held in a tenant, and `{resource}` is none")]
    NoTenant {
        /// The permission.
        permission: String,
        /// The resource.
        resource: String,
    },
}

/// Whether an action is one of the directory: an operation of `microsoft.directory`, or a permission of an application as
/// `graph/Mail.Read`. Actions of Azure Resource Manager have more parts, and begin with a provider.
pub fn is_question(action: &str) -> bool {
    action.to_ascii_lowercase().starts_with(NAMESPACE) || permission(action).is_some()
}

/// An application and the value of its permission. Neither has a slash, but for names of applications that do.
fn permission(action: &str) -> Option<(&str, &str)> {
    let (api, value) = action.split_once('/').filter(|(_, value)| !value.contains('/'))?;
    let of_provider = api.to_ascii_lowercase().starts_with("microsoft.");
    (!of_provider && !api.is_empty() && !value.is_empty()).then_some((api, value))
}

impl Question {
    /// May somebody do `action` to `resource`?
    ///
    /// The action is an operation as directory roles allow it, and the resource the tenant, a user, a group, an application
    /// or a service principal, by name or any id. Or the action is a permission as `graph/Mail.Read`, where `graph` is
    /// Microsoft Graph and anything else the name or an id of another application, and the resource the tenant.
    ///
    /// # Errors
    /// When the action is neither.
    pub fn new(action: &str, resource: &str) -> Result<Self, QuestionError> {
        let operation = || Operation::parse(action).map(Asked::Operation);
        let of_application = || {
            let (api, value) = permission(action)?;
            let api = if api.eq_ignore_ascii_case(GRAPH) { Api::Graph } else { Api::Named(api.into()) };
            Some(Asked::Permission { api, value: value.into() })
        };
        let asked =
            operation().or_else(of_application).ok_or_else(|| QuestionError::Operation(action.to_owned()))?;
        Ok(Self { asked, resource: resource.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_of_the_directory_are_told_from_those_of_azure() {
        for (action, expected) in [
            ("microsoft.directory/groups/members/update", true),
            ("Microsoft.Directory/users/create", true),
            ("graph/Mail.Read", true),
            ("orders api/Orders.Read", true),
            ("Microsoft.Storage/storageAccounts/listKeys/action", false),
            ("Microsoft.Storage/write", false),
            ("s3:GetObject", false),
            ("graph/", false),
        ] {
            assert_eq!(is_question(action), expected, "{action}");
        }
        assert!(Question::new("microsoft.directory/users", "/").is_err());
    }
}
