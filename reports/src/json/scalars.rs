//! The small types of the JSON reports: closed lists of words, instants, lazy lists.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// A published list of words for an enum of the model. The match makes the compiler notice a new variant.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident in $case:literal { $($variant:ident),+ $(,)? })+) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
        #[serde(rename_all = $case)]
        // The names are the model's.
        #[allow(clippy::enum_variant_names, clippy::upper_case_acronyms)]
        pub(crate) enum $name { $($variant),+ }

        impl From<census_model::$name> for $name {
            fn from(value: census_model::$name) -> Self {
                match value { $(census_model::$name::$variant => Self::$variant),+ }
            }
        }
    )+ };
}

words! {
    /// A cloud or system that holds identities.
    Provider in "lowercase" { Aws, Azure, Gcp }
    /// Level of a scope in the tree.
    ScopeKind in "kebab-case" {
        Organization, OrganizationRoot, OrganizationalUnit, Account, Tenant, ManagementGroup, Subscription,
        ResourceGroup, Resource, Folder, Project,
    }
    /// Kind of principal, in the cloud's own terms.
    IdentityKind in "kebab-case" {
        AwsRootUser, AwsUser, AwsRole, EntraServicePrincipal, EntraApplication, EntraAgentIdentity,
        EntraAgentBlueprint, AzureSystemAssignedIdentity, AzureUserAssignedIdentity, EntraUser,
    }
    /// What somebody outside of all that was scanned is.
    OutsiderKind in "kebab-case" { Repository, Workspace, Pipeline, ServiceAccount, Identity, Workload }
    /// Who uses an identity: programs, people, both, or the evidence does not say.
    NatureKind in "kebab-case" { Machine, Human, Mixed, Unknown }
    /// Kind of credential.
    CredentialKind in "kebab-case" {
        AccessKey, ConsolePassword, MfaDevice, SigningCertificate, SshPublicKey, ServiceSpecificCredential,
        ServerCertificate, ClientSecret, ClientCertificate, ManagedCertificate, TokenSigningCertificate,
    }
    /// Whether a credential works at present.
    CredentialStatus in "kebab-case" { Active, Inactive, Expired, Unknown }
    /// Whether an identity has an owner, and by which strength of evidence.
    OwnerStatus in "kebab-case" { Registered, Inferred, Conflict, Departed, Unowned, Unknown, NotApplicable }
    /// How much a claim weighs; only band I makes an identity registered.
    Band in "UPPERCASE" { I, II, III }
    /// What a permission set is assigned to.
    AssigneeKind in "kebab-case" { Group, User }
    /// Where a claim comes from.
    ClaimSource in "kebab-case" {
        AttestedRegistryRecord, RegistryRecord, AmbiguousRegistryName, ExpiredRegistryRecord, RetiredRegistryRecord,
        BroadRegistryPattern, RequiredTag, CatalogRecord, InfrastructureCode, FreeTag, NamingPattern,
        ConsumingWorkload, DirectoryOwner, AssignedGroup, PipelineRepository, Creator, OrphanCatalogRecord, AccountOwner,
    }
    /// What somebody answers for: purpose and budget, or operation.
    OwnerRole in "kebab-case" { BusinessOwner, TechnicalSteward }
    /// Why somebody may take an identity over.
    SuccessorReason in "kebab-case" { Backup, Steward, Manager, Team, WorkloadOwner, OtherClaim }
    /// Where a registered identity stands between registration and retirement.
    LifeState in "kebab-case" { Registered, Active, ReviewDue, Overdue, RetirementDue, Retired }
    /// How an attestation stands.
    ReviewState in "kebab-case" { Never, Current, Due, Overdue }
    /// What an attestation decides.
    ReviewDecision in "kebab-case" { Keep, Change, Remove }
    /// What shows who attested: a date in an entry shows nobody.
    Authorship in "kebab-case" { RegistryEntry, SelfClaimed, Signed }
    /// How closely an entry names an identity.
    Closeness in "kebab-case" { Pattern, Exact }
    /// What ends an identity's life.
    TriggerKind in "kebab-case" {
        ProjectEnd, VendorChange, Idle, Date, EntryExpired, RecordRetired, ReviewedAway,
    }
    /// How bad a finding is.
    Severity in "kebab-case" { Info, Low, Medium, High, Critical }
    /// How sure a finding is.
    Confidence in "kebab-case" { Low, Medium, High }
    /// Why something could not be read. The last two make no scan incomplete.
    GapReason in "kebab-case" {
        Denied, Throttled, Failed, Truncated, Invalid, Inconsistent, Unsupported, NotProvided, NotRequested,
    }
    /// How a trust is exercised.
    Mechanism in "kebab-case" { AssumeRole, WebIdentity, Saml, FederatedCredential, Other }
    /// Protocol of an external issuer.
    IssuerKind in "kebab-case" { Oidc, Saml }
    /// What a policy does: gives access, takes it, or bounds it.
    Effect in "kebab-case" { Allow, Deny, Ceiling }
    /// Whether something may be done.
    Decision in "kebab-case" { Allowed, Conditional, Unknown, Denied }
    /// What a statement has to do with an answer.
    Part in "kebab-case" { Decides, MayDecide, Nearest, NotEnough }
    /// What a statement does.
    StatementEffect in "kebab-case" { Allow, Deny }
    /// The language a condition is written in.
    ConditionLanguage in "kebab-case" { AwsJson, AzureAbac, EntraFederation, EntraDirectory, Cel }
    /// Whose accounts may sign in to an application.
    Audience in "kebab-case" {
        SingleTenant, MultipleTenants, MultipleTenantsAndPersonal, Personal, Unrecognized,
    }
    /// What the service principals of an application in other tenants may not have changed.
    InstanceLock in "kebab-case" { Credentials, Partial, Off }
    /// An object of the directory.
    DirectoryObject in "kebab-case" { Application, ServicePrincipal, Group }
    /// Whether somebody belongs to the tenant.
    UserType in "kebab-case" { Member, Guest, Unknown }
    /// How somebody is named in the directory.
    Relation in "kebab-case" { Owner, Sponsor }
    /// Kind of vault.
    VaultKind in "kebab-case" { AzureKeyVault, AzureManagedHsm }
    /// Who decides about access to what a vault holds.
    AccessModel in "kebab-case" { AccessPolicies, RoleAssignments, LocalRoles }
    /// Kind of object in a vault.
    VaultObjectKind in "kebab-case" { Key, Secret, Certificate }
    /// How far an identity reaches.
    Level in "kebab-case" { Unknown, None, Limited, Sensitive, Escalates, Admin }
    /// How sure a level is: `upper`, it can only be less; `lower`, it can only be more; `open`, either.
    Bound in "kebab-case" { Exact, Upper, Lower, Open }
    /// What makes a technique.
    TechniqueCategory in "kebab-case" {
        SelfEscalation, PrincipalAccess, NewPassrole, ExistingPassrole, CredentialAccess, Lateral,
    }
    /// How well a technique is established; only a documented one raises a level.
    TechniqueConfidence in "kebab-case" { Documented, Derived, Recall, Disputed, Unverified }
}

/// An instant, RFC 3339, UTC.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Instant(pub(crate) Timestamp);

impl JsonSchema for Instant {
    fn schema_name() -> Cow<'static, str> {
        "Instant".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "An instant, RFC 3339, UTC.", "type": "string", "format": "date-time"})
    }
}

/// A list whose elements are made one by one while it is written.
pub(crate) struct Lazy<'v, T>(pub(crate) Box<dyn Fn() -> Box<dyn Iterator<Item = T> + 'v> + 'v>);

impl<'v, T> Lazy<'v, T> {
    /// A list of what `make` gives for each of `items`.
    pub(crate) fn of<S>(items: &'v [S], make: impl Fn(&'v S) -> T + Copy + 'v) -> Self {
        Self(Box::new(move || Box::new(items.iter().map(make))))
    }
}

impl<T: Serialize> Serialize for Lazy<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

impl<T: JsonSchema> JsonSchema for Lazy<'_, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
    }
}
