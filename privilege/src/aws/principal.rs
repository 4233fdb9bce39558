//! Whether a policy's `Principal` names the caller.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use super::{
    caller::{Caller, RoleCaller, Session},
    document::{Element, PrincipalEntry, PrincipalKey, StatementEffect},
    trust::is_account_id,
};
use crate::truth::Truth;

/// How much a policy gives by the way it names the caller, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hold {
    /// It names the caller's account: the account's own policies decide who may.
    Account,
    /// It names the role: within one account that is enough, but boundary and session policy still limit it.
    Role,
    /// It names the caller as such (user, session, service, everybody): within one account nothing but an explicit
    /// denial takes that away.
    Caller,
}

/// What a caller who may choose the name of the session does with a policy that names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Named,
    Unnamed,
}

/// Whom a policy names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principals {
    named: Box<[Named]>,
    sense: Sense,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sense {
    Only,
    AllBut,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    Everyone,
    Account(Box<str>),
    User(Box<str>),
    Role {
        account: Box<str>,
        name: Box<str>,
    },
    RoleSession {
        account: Box<str>,
        role: Box<str>,
        session: Box<str>,
    },
    FederatedUser(Box<str>),
    Service(Box<str>),
    Federated(Box<str>),
    AnyFederated,
    /// A deleted principal, a canonical user id: nobody that a request could be told to come from.
    Nobody,
}

impl Principals {
    /// Compiles `Principal` or `NotPrincipal`.
    ///
    /// # Errors
    /// With the entry that AWS would refuse.
    pub fn compile(element: &Element<PrincipalEntry>) -> Result<Self, String> {
        let (entries, sense) = match element {
            Element::Only(entries) => (entries, Sense::Only),
            Element::AllBut(entries) => (entries, Sense::AllBut),
        };
        Ok(Self { named: entries.iter().map(Named::compile).collect::<Result<_, _>>()?, sense })
    }

    /// `"*"`.
    pub fn everyone() -> Self {
        Self { named: Box::new([Named::Everyone]), sense: Sense::Only }
    }

    /// Whether it is `"*"`, everybody.
    pub fn is_everyone(&self) -> bool {
        self.sense == Sense::Only && self.named.contains(&Named::Everyone)
    }

    /// Who may call by these names; everybody by the name of nobody in particular. Only of `Principal`: what
    /// `NotPrincipal` leaves is everybody.
    pub fn callers(&self) -> Vec<Caller> {
        match self.sense {
            Sense::Only => self.named.iter().filter_map(Named::caller).collect(),
            Sense::AllBut => vec![Caller::Anonymous],
        }
    }

    /// Whether it is `NotPrincipal`.
    pub fn is_inverted(&self) -> bool {
        self.sense == Sense::AllBut
    }

    /// Whether a statement with this effect means the caller, and by how much; `None` if certainly not.
    pub fn hold(&self, caller: &Caller, effect: StatementEffect) -> Option<(Truth, Hold)> {
        // Who may choose the session's name chooses what gives more.
        let wants_to_be_named = (self.sense == Sense::Only) == (effect == StatementEffect::Allow);
        let choice = if wants_to_be_named { Choice::Named } else { Choice::Unnamed };
        match self.sense {
            // Of several entries the one that gives most counts.
            Sense::Only => {
                let hold = self.named.iter().filter_map(|named| named.hold(caller, choice)).max()?;
                Some((Truth::Yes, hold))
            }
            Sense::AllBut => match !self.excepts(caller, choice) {
                Truth::No => None,
                meant => Some((meant, Hold::Caller)),
            },
        }
    }

    /// Whether `NotPrincipal` exempts the caller. AWS may look at account, role and session one after the other, so a
    /// caller is surely exempt only where each of them is listed; a list that names somebody of an account beside the
    /// account does not exempt the account's others.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    fn excepts(&self, caller: &Caller, choice: Choice) -> Truth {
        let listed = |wanted: &dyn Fn(&Named) -> bool| self.named.iter().any(wanted);
        if listed(&|named| *named == Named::Everyone) {
            return Truth::Yes;
        }
        let Some(account) = caller.account() else {
            return listed(&|named| named.hold(caller, choice).is_some()).into();
        };
        let account_listed = listed(&|named| matches!(named, Named::Account(one) if **one == *account));
        let itself = listed(&|named| named.hold(caller, choice).is_some_and(|hold| hold > Hold::Account));
        let others = listed(&|named| named.account() == Some(account) && !matches!(named, Named::Account(_)));
        match (account_listed, itself) {
            (true, true) => self.session_excepted(caller, choice),
            (true, false) => Truth::from(!others || matches!(caller, Caller::Root { .. })),
            // AWS: then the policy might deny the account as a whole.
            (false, true) => Truth::Maybe,
            (false, false) => Truth::No,
        }
    }

    /// Where the list names sessions of the caller's role, whether its own is among them.
    fn session_excepted(&self, caller: &Caller, choice: Choice) -> Truth {
        let Caller::Role(role) = caller else { return Truth::Yes };
        let (mut by_role, mut some, mut own) = (false, false, false);
        for named in &self.named {
            match named {
                Named::Role { account, name } => by_role |= *account == role.account && *name == role.name,
                Named::RoleSession { account, role: name, .. }
                    if *account == role.account && *name == role.name =>
                {
                    some = true;
                    own |= named.hold(caller, choice).is_some();
                }
                _ => {}
            }
        }
        match (by_role, some) {
            (true, false) => Truth::Yes,
            (true, true) => own.into(),
            // The role itself may be denied.
            (false, _) => Truth::from(own) & Truth::Maybe,
        }
    }
}

impl Named {
    fn compile(entry: &PrincipalEntry) -> Result<Self, String> {
        let value = entry.value.as_str();
        match entry.kind {
            PrincipalKey::Star => Ok(Self::Everyone),
            PrincipalKey::Aws if value == "*" => Ok(Self::Everyone),
            PrincipalKey::Federated if value == "*" => Ok(Self::AnyFederated),
            _ if value.contains(['*', '?']) => {
                Err(format!("`{value}`: a wildcard cannot stand for a part of a principal"))
            }
            PrincipalKey::Service => Ok(Self::Service(value.to_ascii_lowercase().into())),
            PrincipalKey::Federated => Ok(Self::Federated(value.into())),
            PrincipalKey::CanonicalUser => Ok(Self::Nobody),
            PrincipalKey::Aws if is_account_id(value) => Ok(Self::Account(value.into())),
            PrincipalKey::Aws if value.contains(":group/") => {
                Err(format!("`{value}`: a group is no principal, as nobody signs in as one"))
            }
            PrincipalKey::Aws => Ok(Caller::read(value).map_or(Self::Nobody, Self::from)),
        }
    }

    fn account(&self) -> Option<&str> {
        match self {
            Self::Account(account) | Self::Role { account, .. } | Self::RoleSession { account, .. } => {
                Some(account)
            }
            Self::User(arn) | Self::FederatedUser(arn) => arn.split(':').nth(4),
            _ => None,
        }
    }

    fn caller(&self) -> Option<Caller> {
        let role = |account: &str, name: &str, session| {
            Caller::Role(RoleCaller { account: account.into(), name: name.into(), path: None, session })
        };
        Some(match self {
            Self::Everyone => Caller::Anonymous,
            Self::Account(account) => Caller::Root { account: account.clone() },
            Self::User(arn) => Caller::User { arn: arn.clone(), account: self.account()?.into() },
            Self::FederatedUser(arn) => {
                Caller::FederatedUser { arn: arn.clone(), account: self.account()?.into() }
            }
            Self::Role { account, name } => role(account, name, Session::Unnamed),
            Self::RoleSession { account, role: name, session } => {
                role(account, name, Session::Named(session.clone()))
            }
            Self::Service(name) => Caller::Service(name.clone()),
            Self::Federated(issuer) => Caller::Federated(issuer.clone()),
            Self::AnyFederated => Caller::Federated("*".into()),
            Self::Nobody => return None,
        })
    }

    fn hold(&self, caller: &Caller, choice: Choice) -> Option<Hold> {
        match (self, caller) {
            (Self::Everyone, _) | (Self::AnyFederated, Caller::Federated(_)) => Some(Hold::Caller),
            (Self::Account(account), Caller::Root { account: own }) if account == own => Some(Hold::Caller),
            (Self::Account(account), _) if caller.account() == Some(account) => Some(Hold::Account),
            (Self::User(arn), Caller::User { arn: own, .. })
            | (Self::FederatedUser(arn), Caller::FederatedUser { arn: own, .. })
                if arn == own =>
            {
                Some(Hold::Caller)
            }
            (Self::Role { account, name }, Caller::Role(role))
                if *account == role.account && *name == role.name =>
            {
                Some(Hold::Role)
            }
            (Self::RoleSession { account, role: name, session }, Caller::Role(role))
                if *account == role.account && *name == role.name =>
            {
                match &role.session {
                    Session::Named(own) if own == session => Some(Hold::Caller),
                    Session::Chosen if choice == Choice::Named => Some(Hold::Caller),
                    Session::Named(_) | Session::Unnamed | Session::Chosen => None,
                }
            }
            (Self::Service(name), Caller::Service(own)) if name.eq_ignore_ascii_case(own) => {
                Some(Hold::Caller)
            }
            (Self::Federated(issuer), Caller::Federated(own)) if issuer == own => Some(Hold::Caller),
            _ => None,
        }
    }
}

impl From<Caller> for Named {
    fn from(caller: Caller) -> Self {
        match caller {
            Caller::Root { account } => Self::Account(account),
            Caller::User { arn, .. } => Self::User(arn),
            Caller::FederatedUser { arn, .. } => Self::FederatedUser(arn),
            Caller::Role(RoleCaller { account, name, session: Session::Named(session), .. }) => {
                Self::RoleSession { account, role: name, session }
            }
            Caller::Role(RoleCaller { account, name, .. }) => Self::Role { account, name },
            Caller::Service(name) => Self::Service(name),
            Caller::Federated(issuer) => Self::Federated(issuer),
            Caller::Anonymous => Self::Everyone,
        }
    }
}
