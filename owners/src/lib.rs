//! Who owns an identity: registry formats, evidence sources, and the correlator that weighs their claims.
//!
//! [`Records`] holds what was written down: registries of the native format ([`Registry::parse`]), and what other
//! programs keep, each read by an adapter. [`correlate`] asks every source (registry, tags, catalogues, code, workloads,
//! naming patterns, account owners) what it claims about each identity, resolves whom the claims mean, and decides by the
//! strongest band. [`suggest`] writes the registry entries that are still missing. All of it is pure: no file is opened,
//! no network, no clock.

mod adapters;
mod attestations;
mod config;
mod correlate;
mod decide;
mod gaps;
mod ghosts;
mod intake;
mod life;
mod owner_name;
mod pattern;
mod pattern_set;
mod people;
mod records;
mod registry;
mod review;
mod sources;
mod succession;
mod suggest;

pub use adapters::{
    BackstageConfig, Codeowners, DirectoryColumns, DirectoryConfig, MAX_CODEOWNERS_BYTES, MAX_STATE_BYTES,
    RepositoryConfig, ServicenowConfig, TableConfig, TerraformState,
};
pub use attestations::{
    ATTESTATION_SCHEMA, AllowedSigners, NAMESPACE, NewAttestation, NewLine, SigningError, SigningKey,
    attestation_schema,
};
pub use config::{NamingPattern, OwnerTags, OwnersConfig, SourcesConfig, StewardTags};
pub use correlate::correlate;
pub use intake::{Encoding, MAX_TABLE_BYTES, Source};
pub use life::{Attestation, Attestor, EndedConfig, Refusal, ReviewConfig, Wanted, may_attest};
pub use pattern::Pattern;
pub use people::{Directory, Redactor, Speech};
pub use records::{Intake, Records};
pub use registry::{
    Clash, ClashKind, ClashingEntry, Field, Location, MAX_REGISTRY_BYTES, OffboardingTrigger, Problem,
    REGISTRY_SCHEMA, Registry, RegistryEntry, RegistryError, RegistryFormat, TriggerEvent, registry_schema,
};
pub use review::{
    Answer, AnswerReader, Answering, Asked, AskedIdentity, Campaign, CampaignError, CampaignFile, Extent,
    FileProgress, REVIEW_SCHEMA, Selection, UNOWNED,
};
pub use suggest::suggest;
