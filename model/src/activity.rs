//! When an identity was last used, by all its ways in together.

use jiff::Timestamp;

use crate::{Credential, CredentialKind, CredentialStatus, GapId, LastUse, Observed};

/// Whose use it was.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// The identity's own, as the cloud or a log tells it.
    Identity,
    /// One by this credential.
    Credential(&'a Credential),
}

/// What is known of the last use of an identity by all its ways in.
#[derive(Clone, Copy, Debug)]
pub enum Activity<'a> {
    /// The latest use that was seen.
    Known {
        /// Whose it was.
        by: By<'a>,
        /// The use.
        last: &'a LastUse,
        /// A way in that could not be looked at, by which it may have been used later.
        hidden: Option<&'a GapId>,
    },
    /// No way in was used since then.
    NotSince(Timestamp),
    /// Nothing was seen, and one way in could not be looked at.
    NotVisible {
        /// Why not.
        gap: &'a GapId,
        /// Which way in.
        by: By<'a>,
    },
}

impl<'a> Activity<'a> {
    /// What several ways in tell together.
    pub(crate) fn of(ways: impl IntoIterator<Item = (By<'a>, &'a Observed<LastUse>)>) -> Self {
        ways.into_iter().fold(Self::NotSince(Timestamp::MIN), Self::join)
    }

    fn join(self, (by, seen): (By<'a>, &'a Observed<LastUse>)) -> Self {
        match (self, seen) {
            (Self::Known { by: old, last, hidden }, Observed::Known(new)) => {
                if new.at > last.at {
                    Self::Known { by, last: new, hidden }
                } else {
                    Self::Known { by: old, last, hidden }
                }
            }
            (Self::Known { by, last, hidden }, Observed::NotVisible(gap)) => {
                Self::Known { by, last, hidden: hidden.or(Some(gap)) }
            }
            (known @ Self::Known { .. }, Observed::NotSince(_)) => known,
            (Self::NotSince(_), Observed::Known(last)) => Self::Known { by, last, hidden: None },
            (Self::NotVisible { gap, .. }, Observed::Known(last)) => {
                Self::Known { by, last, hidden: Some(gap) }
            }
            // Together, all ways in were seen unused only since the latest of the dates.
            (Self::NotSince(one), Observed::NotSince(other)) => Self::NotSince(one.max(*other)),
            (Self::NotSince(_), Observed::NotVisible(gap)) => Self::NotVisible { gap, by },
            (hidden @ Self::NotVisible { .. }, _) => hidden,
        }
    }

    /// The same without whose use it was.
    pub fn seen(&self) -> Observed<LastUse> {
        match self {
            Self::Known { last, .. } => Observed::Known((*last).clone()),
            Self::NotSince(since) => Observed::NotSince(*since),
            Self::NotVisible { gap, .. } => Observed::NotVisible((*gap).clone()),
        }
    }

    /// The credential that the use, or what could not be looked at, is of.
    pub fn credential(&self) -> Option<&'a Credential> {
        match self {
            Self::Known { by: By::Credential(one), .. }
            | Self::NotVisible { by: By::Credential(one), .. } => Some(one),
            _ => None,
        }
    }
}

/// Whether its last use tells something of its holder's that the holder's own does not. A second factor is no way in,
/// nobody signs in with what signs tokens, and Entra tells the sign-ins of a principal by all its credentials together.
pub(crate) fn is_a_way_in(credential: &Credential) -> bool {
    let counted = match credential.kind {
        CredentialKind::AccessKey
        | CredentialKind::ConsolePassword
        | CredentialKind::SigningCertificate
        | CredentialKind::SshPublicKey
        | CredentialKind::ServiceSpecificCredential => true,
        CredentialKind::MfaDevice
        | CredentialKind::ServerCertificate
        | CredentialKind::ClientSecret
        | CredentialKind::ClientCertificate
        | CredentialKind::ManagedCertificate
        | CredentialKind::TokenSigningCertificate => false,
    };
    let dead = matches!(credential.status, CredentialStatus::Inactive | CredentialStatus::Expired);
    counted && (!dead || credential.last_used.known().is_some())
}
