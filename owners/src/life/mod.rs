//! The life of a registered identity: what its entries ask for, how its reviews stand, and what should have retired it.

mod attestation;
mod attestor;
mod config;
mod review;
mod stage;
mod terms;
mod triggers;

pub use attestation::Attestation;
pub(crate) use attestation::AttestationLog;
pub use attestor::{Attestor, Refusal, Wanted, may_attest};
pub use config::{EndedConfig, ReviewConfig};
pub(crate) use review::{Reviewer, evidence as attestation_evidence};
pub(crate) use stage::life;
pub(crate) use terms::Terms;
