//! Who calls.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>

use super::trust::is_account_id;

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The root user of an account.
    Root {
        /// The account's id.
        account: Box<str>,
    },
    /// An IAM user.
    User {
        /// Its ARN.
        arn: Box<str>,
        /// Its account.
        account: Box<str>,
    },
    /// A role, in whatever session.
    Role(RoleCaller),
    /// What `GetFederationToken` gives.
    FederatedUser {
        /// `arn:aws:sts::111122223333:federated-user/name`.
        arn: Box<str>,
        /// Its account.
        account: Box<str>,
    },
    /// A service of AWS on its own account.
    Service(Box<str>),
    /// Somebody with a token of an identity provider: the ARN or host of the provider.
    Federated(Box<str>),
    /// Nobody in particular.
    Anonymous,
}

/// A role that calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleCaller {
    /// Its account.
    pub account: Box<str>,
    /// Its name, without path; unique within the account whatever the path.
    pub name: Box<str>,
    /// Its path, where that is known (a session's ARN does not tell): `/aws-service-role/lex.amazonaws.com/`.
    pub path: Option<Box<str>>,
    /// In which session.
    pub session: Session,
}

/// The session of a role that calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Session {
    /// By this name.
    Named(Box<str>),
    /// By a name that no policy can be meant to know.
    Unnamed,
    /// Whoever assumes the role chooses the name, and may choose one that a policy names.
    Chosen,
}

/// Why a text names no caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the ARN of a user, role, session or root user")]
pub struct CallerError(String);

impl Caller {
    /// Reads the ARN of a principal that can call. A role's ARN stands for an unnamed session of it.
    ///
    /// # Errors
    /// When the ARN is none of an account, user, role or session.
    pub fn parse(arn: &str) -> Result<Self, CallerError> {
        Self::read(arn).ok_or_else(|| CallerError(arn.to_owned()))
    }

    /// As [`Caller::parse`], without a reason.
    pub(super) fn read(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let mut next = || parts.next();
        let (scheme, _partition, service, _region, account, rest) =
            (next()?, next()?, next()?, next()?, next()?, next()?);
        if scheme != "arn" || !is_account_id(account) {
            return None;
        }
        let account: Box<str> = account.into();
        let (kind, name) = rest.split_once('/').unwrap_or((rest, ""));
        match (service, kind) {
            ("iam", "root") if name.is_empty() => Some(Self::Root { account }),
            _ if name.is_empty() => None,
            ("iam", "user") => Some(Self::User { arn: arn.into(), account }),
            ("iam", "role") => {
                let (path, name) = name.rsplit_once('/').unwrap_or(("", name));
                let path = if path.is_empty() { "/".into() } else { format!("/{path}/").into() };
                let session = Session::Unnamed;
                Some(Self::Role(RoleCaller { account, name: name.into(), path: Some(path), session }))
            }
            ("sts", "assumed-role") => {
                let (role, session) = name.split_once('/')?;
                let session = Session::Named(session.into());
                Some(Self::Role(RoleCaller { account, name: role.into(), path: None, session }))
            }
            ("sts", "federated-user") => Some(Self::FederatedUser { arn: arn.into(), account }),
            _ => None,
        }
    }

    /// The account it belongs to; services, strangers and holders of tokens belong to none.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root { account }
            | Self::User { account, .. }
            | Self::FederatedUser { account, .. }
            | Self::Role(RoleCaller { account, .. }) => Some(account),
            Self::Service(_) | Self::Federated(_) | Self::Anonymous => None,
        }
    }

    /// Whether it is a service-linked role, which no control policy limits. Told by the path, which only AWS can create
    /// roles under; a name can be anybody's.
    pub fn is_service_linked(&self) -> bool {
        matches!(self, Self::Role(role) if role.path.as_deref().is_some_and(|path| path.starts_with("/aws-service-role/")))
    }
}
