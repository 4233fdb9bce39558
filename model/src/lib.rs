//! The nouns of Census.
//!
//! Everything here is plain data: no I/O, no async, no cloud SDK. A provider reads documents into an
//! [`Estate`]; the correlator adds [`OwnerRecord`]s; rules turn both into [`Finding`]s; what could not be
//! read travels along as [`Gap`]s.

mod activation;
mod activity;
mod application;
mod builder;
mod cloud_issuer;
mod creation;
mod credential;
mod digest;
mod directory;
mod estate;
mod finding;
mod gap;
mod id;
mod identity;
mod index;
mod life;
mod observed;
mod outside;
mod owner;
mod party;
mod period;
mod permission_set;
mod policy;
mod principal;
mod reach;
mod registration;
mod remedy;
mod resource;
mod retirement;
mod right_size;
mod scope;
mod usage;
mod vault;
mod vault_access;
mod verdict;
mod workload;

pub use activation::{Activation, Bounds};
pub use activity::{Activity, By};
pub use application::{Application, Audience, DirectoryObject, InstanceLock};
pub use builder::EstateBuilder;
pub use cloud_issuer::CloudIssuer;
pub use creation::Creation;
pub use credential::{Credential, CredentialKind, CredentialStatus, Holder, LastUse};
pub use digest::Digest;
pub use directory::{DirectoryOwner, Owned, Person, Relation, TenantPolicy, UserType};
pub use estate::{ESTATE_SCHEMA, Estate, EstateError, Source};
pub use finding::{Confidence, ControlRef, Controls, Evidence, Finding, Fingerprint, Severity, Subject};
pub use gap::{Gap, GapReason};
pub use id::{
    CredentialId, GapId, GroupId, IdentityId, IssuerId, PolicyId, ResourceId, RuleId, ScopeId, TechniqueId,
    VaultId, VaultObjectId, WorkloadId,
};
pub use identity::{Group, Identity, IdentityKind, Manager, Nature, NatureKind};
pub use index::Index;
pub use life::{Life, LifeState, Review, ReviewState, Trigger, TriggerKind, TriggerState};
pub use observed::Observed;
pub use outside::{Entry, Outside, Outsider, OutsiderKind};
pub use owner::{
    Band, Claim, ClaimSource, Departure, Ghost, OwnerRecord, OwnerRole, OwnerStatus, Ownership, Successor,
    SuccessorReason,
};
pub use party::{DirectorySize, NamedParty, PartyKind};
pub use period::{Period, PeriodError};
pub use permission_set::{Assignee, AssigneeKind, PermissionSet};
pub use policy::{
    Attachment, Condition, ConditionLanguage, Effect, Grant, Policy, PolicyKind, RoleDefinition, Via,
};
pub use principal::{Issuer, IssuerKind, Mechanism, PrincipalSet, Trust};
pub use reach::{
    Bound, Cut, CutGrant, Doubt, Level, Path, Proof, Reach, ReachAt, Reaches, Step, Technique,
    TechniqueCategory, TechniqueConfidence,
};
pub use registration::{
    Attested, Attests, Authorship, BroadEntry, Closeness, Registration, ReviewDecision, Stated,
};
pub use remedy::{Command, Remedy};
pub use resource::{PublicAccessBlock, Resource, ResourceKind};
pub use retirement::{
    Dependent, DependentKind, Dependents, Keeper, KeeperKind, RetirementPlan, RetirementStage,
    RetirementTask, RetirementWay, StageKind, Undo, Wait,
};
pub use right_size::{
    PrivilegeUse, PrivilegeUses, RightSize, ServiceSize, SizedPolicy, UseCounts, UseState, WeightyAction,
};
pub use scope::{Membership, NestedGroup, Provider, Scope, ScopeKind};
pub use usage::{OtherActions, ServiceUse, Usage, UsageKind, UsageSource};
pub use vault::{AccessModel, Deletion, Exposure, Rotation, Vault, VaultKind, VaultObject, VaultObjectKind};
pub use vault_access::{
    VaultAccess, VaultAccesses, VaultCell, VaultGain, VaultHold, VaultNeed, VaultPower, VaultRoute, VaultWay,
};
pub use verdict::{Because, Decision, DeniedBy, Part, Residual, StatementEffect, Verdict};
pub use workload::{Workload, WorkloadKind, WorkloadState};

/// Text that a cloud or a person wrote: names, tags, descriptions. Never trusted as markup, shell or path.
pub type Text = Box<str>;

/// The same, where a copy shares it with what it was copied from: every reason copies how its policy is attached.
pub type SharedText = std::sync::Arc<str>;
