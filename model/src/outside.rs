//! Workloads outside of all that was scanned, as the issuers of their tokens name them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{IdentityId, Reach, Text};

/// What somebody outside is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutsiderKind {
    /// A repository or project whose workflows run with tokens: of GitHub, GitLab, Bitbucket.
    Repository,
    /// A workspace of HCP Terraform or Terraform Enterprise.
    Workspace,
    /// A pipeline of Buildkite, a project of CircleCI.
    Pipeline,
    /// A service account of a Kubernetes cluster.
    ServiceAccount,
    /// An identity of a tenant or account that is not part of the estate.
    Identity,
    /// Something else.
    Workload,
}

impl OutsiderKind {
    /// The name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::Workspace => "workspace",
            Self::Pipeline => "pipeline",
            Self::ServiceAccount => "service-account",
            Self::Identity => "identity",
            Self::Workload => "workload",
        }
    }
}

impl fmt::Display for OutsiderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Somebody outside whom tokens of an issuer let in, as far as trusts tell them apart: a repository, not each of its branches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Outsider {
    /// The issuer as host and path, without scheme.
    pub issuer: Text,
    /// What subjects of its tokens begin with, or are. `*` and `?` stand for other text: then it is everybody whom that
    /// names. No subject of an issuer has them otherwise.
    pub subject: Text,
    /// What it is.
    pub kind: OutsiderKind,
}

impl Outsider {
    /// What ids begin with by which steps name those outside.
    pub(crate) const PREFIX: &str = "outside:";

    /// The id by which steps name it. No identity of an estate has such a one.
    pub fn id(&self) -> IdentityId {
        IdentityId::new(format!("{}{}#{}", Self::PREFIX, self.issuer, self.subject))
    }

    /// Whether it is everybody whom a pattern names.
    pub fn is_several(&self) -> bool {
        self.subject.contains(['*', '?'])
    }
}

/// Whom somebody outside can become with a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The identity that takes the token.
    pub becomes: IdentityId,
    /// Which subjects of it the trust takes, as it says so.
    pub subject: Text,
    /// Whether that depends on what is only known at run time.
    pub conditional: bool,
}

/// What somebody outside can come to in the estate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// Who.
    pub who: Outsider,
    /// Whom it can become by itself, each once. Never empty.
    pub entries: Vec<Entry>,
    /// How far that reaches. Nobody outside administers anything as it is: whoever becomes an administrator escalates.
    pub reach: Reach,
}
