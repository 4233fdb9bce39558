//! Who owns an identity: registry formats, evidence sources, and the correlator that weighs their claims.
//!
//! A registry file is [parsed](Registry::parse) into [`RegistryEntry`]s. [`correlate`] asks every source (registry,
//! tags, naming patterns, account owners) what it claims about each identity, and decides by the strongest band.
//! [`suggest`] writes the registry entries that are still missing. All of it is pure: no file, network or clock.

mod config;
mod correlate;
mod decide;
mod gaps;
mod ghosts;
mod owner_name;
mod pattern;
mod pattern_set;
mod registry;
mod sources;
mod suggest;

pub use config::{NamingPattern, OwnerTags, OwnersConfig, StewardTags};
pub use correlate::correlate;
pub use pattern::Pattern;
pub use registry::{
    Location, MAX_REGISTRY_BYTES, OffboardingTrigger, Period, Problem, REGISTRY_SCHEMA, Registry,
    RegistryEntry, RegistryError, RegistryFormat, TriggerEvent, registry_schema,
};
pub use suggest::suggest;
