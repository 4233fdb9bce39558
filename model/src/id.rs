//! Identifiers, one type each, so that a scope cannot be passed where an identity is meant.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps a value that already has this meaning.
            pub fn new(value: impl AsRef<str>) -> Self {
                Self(Arc::from(value.as_ref()))
            }

            /// The value as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self::new(value)
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::new(value)
            }
        }
    };
}

id! {
    /// A scope: `aws:account/111122223333`, `aws:organization/o-abc`.
    ScopeId
}
id! {
    /// An identity: `aws:` followed by its ARN; for other clouds their provider prefix and native id.
    IdentityId
}
id! {
    /// A group of identities. Groups hold grants but cannot act, so they are not identities.
    GroupId
}
id! {
    /// A credential. Names the holder, the kind and the public key id, never the secret.
    CredentialId
}
id! {
    /// A policy text, by digest: two policies with the same text share one id.
    PolicyId
}
id! {
    /// An external issuer of identities (an OIDC or SAML provider registration).
    IssuerId
}
id! {
    /// A resource that runs as an identity.
    WorkloadId
}
id! {
    /// A resource that runs as nobody.
    ResourceId
}
id! {
    /// A vault of keys, secrets and certificates.
    VaultId
}
id! {
    /// A key, secret or certificate in a vault.
    VaultObjectId
}
id! {
    /// A technique by which somebody becomes somebody: `aws-iam-001`.
    TechniqueId
}
id! {
    /// A gap, derived from what was not read and why, so that it is the same in every run.
    GapId
}
id! {
    /// A rule's kebab-case name, as `census rules` lists it.
    RuleId
}

impl ScopeId {
    /// The scope of a tenant of Entra ID, by the tenant's id in any spelling.
    pub fn of_tenant(id: &str) -> Self {
        Self::new(format!("azure:tenant/{}", id.to_ascii_lowercase()))
    }
}
