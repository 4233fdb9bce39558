//! What an identity can do, and what it can make itself able to do.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    Attachment, Because, Decision, GapId, Identity, IdentityId, Index, Outside, Outsider, Residual, ScopeId,
    Severity, TechniqueId, Text, Via,
};

/// How far an identity reaches. Ordered from nothing to everything; what is not known comes first, as it claims nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Its own grants could not be read.
    Unknown,
    /// No permission at all.
    None,
    /// Anything less than sensitive.
    Limited,
    /// Reads secrets or data broadly, mints credentials for others, or changes or destroys workloads or logs.
    Sensitive,
    /// Can obtain administration by at least one path that it is really allowed to take.
    Escalates,
    /// Its permissions already cover the scope, or identity administration there is unrestricted.
    Admin,
}

impl Level {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::None => "none",
            Self::Limited => "limited",
            Self::Sensitive => "sensitive",
            Self::Escalates => "escalates",
            Self::Admin => "admin",
        }
    }

    /// Whether it is an administrator or can become one.
    pub fn is_powerful(self) -> bool {
        matches!(self, Self::Escalates | Self::Admin)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How sure a level is, given what was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Nothing that was not read could change it.
    Exact,
    /// It can only be less: a limit was not read.
    Upper,
    /// It can only be more: something that gives was not read, or not all that it may do was tried.
    Lower,
    /// Both: it can be less and it can be more.
    Open,
}

impl Bound {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Open => "open",
        }
    }

    /// From what unread documents could do.
    pub fn of(may_be_less: crate::Doubt, may_be_more: crate::Doubt) -> Self {
        match (may_be_less, may_be_more) {
            (crate::Doubt::None, crate::Doubt::None) => Self::Exact,
            (crate::Doubt::Some, crate::Doubt::None) => Self::Upper,
            (crate::Doubt::None, crate::Doubt::Some) => Self::Lower,
            (crate::Doubt::Some, crate::Doubt::Some) => Self::Open,
        }
    }
}

/// Whether anything that was not read bears on an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// Nothing.
    None,
    /// Something.
    Some,
}

/// One permission and the statements that decide it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The action as the cloud spells it: `iam:PassRole`.
    pub action: Text,
    /// On which resource, or `*`.
    pub resource: Text,
    /// What it gives, in words.
    pub why: Text,
    /// [`Decision::Allowed`] or [`Decision::Conditional`].
    pub decision: Decision,
    /// What stays open, where it is conditional.
    pub residual: Option<Residual>,
    /// The statements.
    pub because: Vec<Because>,
}

/// One step of a path: `from` becomes `to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// How.
    pub technique: TechniqueId,
    /// Who.
    pub from: IdentityId,
    /// As whom it acts afterwards; itself where it rewrites its own permissions, or changes somebody whom the next step becomes.
    pub to: IdentityId,
    /// What it goes through, by native id: a workload, a policy, a group, an identity provider, an identity that is changed;
    /// of a role that it gives itself the name, and where.
    pub through: Option<Text>,
    /// The step in words.
    pub says: Text,
    /// Whether it depends on what is only known at run time.
    pub conditional: bool,
    /// The permissions that it takes.
    pub proofs: Vec<Proof>,
}

/// A way to administration, or to somebody who was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// The steps, first one first. Never empty.
    pub steps: Vec<Step>,
    /// The identity as which the last step acts.
    pub target: IdentityId,
    /// What that administers; `None` of a way to somebody who was asked for, whatever they can do.
    pub scope: Option<ScopeId>,
    /// Whether any step is conditional.
    pub conditional: bool,
    /// The smallest change that ends this path.
    pub cut: Option<Cut>,
}

/// The smallest change that ends a path: taking one permission from one principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Whose permission.
    pub from: IdentityId,
    /// Which.
    pub action: Text,
    /// On what.
    pub resource: Text,
    /// The statements that give it; all of them have to change.
    pub grants: Vec<CutGrant>,
    /// How many of the identity's listed paths it ends.
    pub ends: usize,
}

/// A statement that gives what a cut takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CutGrant {
    /// What its policy is attached to.
    pub attached_to: Attachment,
    /// How.
    pub via: Via,
    /// Which statement; empty where the grant as a whole has to go: an assignment, an ownership.
    pub statement: Text,
}

impl Cut {
    /// Whether another cut is the same change, whatever each is told to take.
    pub fn is_same_change(&self, other: &Self) -> bool {
        let is_whole = self.grants.iter().all(CutGrant::is_whole);
        let is_same = (&self.action, &self.resource) == (&other.action, &other.resource);
        self.from == other.from && self.grants == other.grants && (is_whole || is_same)
    }

    /// The identity whose own trust gives all that the cut takes: nothing is taken from whoever has it, and what has to
    /// change is whom that identity trusts.
    pub fn trusting<'e>(&self, index: &Index<'e>) -> Option<&'e Identity> {
        let of = |grant: &CutGrant| match (&grant.attached_to, &grant.via) {
            (Attachment::Resource(id), Via::Inline { .. }) => index.native(id),
            (Attachment::Identity(id), Via::FederatedCredential { .. }) => index.identity(id),
            _ => None,
        };
        let identity = of(self.grants.first()?)?;
        self.grants.iter().all(|grant| of(grant).is_some_and(|one| one.id == identity.id)).then_some(identity)
    }
}

impl CutGrant {
    /// Whether the grant goes as a whole.
    pub fn is_whole(&self) -> bool {
        self.statement.is_empty()
    }
}

/// The reach at one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachAt {
    /// Where.
    pub scope: ScopeId,
    /// How far.
    pub level: Level,
    /// How sure.
    pub bound: Bound,
    /// Whether nothing unconditional gives this level.
    pub conditional: bool,
}

/// What an identity can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The highest level at any scope.
    pub level: Level,
    /// How sure it is.
    pub bound: Bound,
    /// Whether nothing unconditional gives this level.
    pub conditional: bool,
    /// By scope, highest first, then by scope; scopes where it can do nothing are left out.
    pub at: Vec<ReachAt>,
    /// What gives the level, other than paths.
    pub because: Vec<Proof>,
    /// What was not read and bears on the level.
    pub gaps: Vec<GapId>,
    /// The shortest paths, at most [`Reach::PATHS`].
    pub paths: Vec<Path>,
    /// How many first steps lead to administration.
    pub paths_total: usize,
    /// Whether the search for first steps ended at its limit, so that there may be more than `paths_total`.
    pub paths_more: bool,
    /// Paths with a step whose technique is not documented well enough to raise a level.
    pub possible_paths: Vec<Path>,
}

impl Reach {
    /// How many paths are kept for an identity.
    pub const PATHS: usize = 5;

    /// Nothing is known.
    pub fn unknown(gaps: Vec<GapId>) -> Self {
        Self {
            level: Level::Unknown,
            bound: Bound::Open,
            conditional: false,
            at: Vec::new(),
            because: Vec::new(),
            gaps,
            paths: Vec::new(),
            paths_total: 0,
            paths_more: false,
            possible_paths: Vec::new(),
        }
    }
}

/// What makes a technique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TechniqueCategory {
    /// Rewrites what the caller itself may do.
    SelfEscalation,
    /// Becomes, or gets credentials of, another principal.
    PrincipalAccess,
    /// Gives a role to something new that the caller steers.
    NewPassrole,
    /// Steers something that already carries a role.
    ExistingPassrole,
    /// Reads stored credentials.
    CredentialAccess,
    /// Moves sideways.
    Lateral,
}

impl TechniqueCategory {
    /// The kebab-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SelfEscalation => "self-escalation",
            Self::PrincipalAccess => "principal-access",
            Self::NewPassrole => "new-passrole",
            Self::ExistingPassrole => "existing-passrole",
            Self::CredentialAccess => "credential-access",
            Self::Lateral => "lateral",
        }
    }
}

/// How well a technique is established.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TechniqueConfidence {
    /// Named and shown in its source.
    Documented,
    /// Follows from documented actions; nobody is known to have shown it.
    Derived,
    /// Known without a source.
    Recall,
    /// Sources disagree.
    Disputed,
    /// Its source says that it was not tried.
    Unverified,
}

impl TechniqueConfidence {
    /// The lower-case name, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Derived => "derived",
            Self::Recall => "recall",
            Self::Disputed => "disputed",
            Self::Unverified => "unverified",
        }
    }
}

/// A way to become somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Technique {
    /// Its id.
    pub id: TechniqueId,
    /// The permissions in short: `iam:PassRole + lambda:CreateFunction`.
    pub name: Text,
    /// What makes it.
    pub category: TechniqueCategory,
    /// How bad it is before the context counts.
    pub severity: Severity,
    /// How well it is established.
    pub confidence: TechniqueConfidence,
    /// Where it is described.
    pub sources: Vec<Text>,
}

/// The reach of every identity of an estate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaches {
    /// By identity.
    pub of: BTreeMap<IdentityId, Reach>,
    /// The techniques that the paths name.
    pub techniques: BTreeMap<TechniqueId, Technique>,
    /// What those outside can come to whom trusts take by a token, by issuer and subject.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<Outside>,
}

impl Reaches {
    /// The reach of an identity.
    pub fn get(&self, identity: &IdentityId) -> Option<&Reach> {
        self.of.get(identity)
    }

    /// The one outside whom steps name by this id.
    pub fn outsider(&self, id: &IdentityId) -> Option<&Outsider> {
        if !id.as_str().starts_with(Outsider::PREFIX) {
            return None;
        }
        self.outside.iter().map(|one| &one.who).find(|who| who.id() == *id)
    }
}
