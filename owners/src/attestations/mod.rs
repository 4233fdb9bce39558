//! The attestation log: what people decided about identities, one JSON object a line, appended and never changed.
//!
//! A line says who attests what of which identity. Who it is, is their own word, unless an OpenSSH signature by a key
//! that an `allowed_signers` file lists for them shows it.

mod line;
mod log;
mod new;
mod signature;
mod signers;

pub(crate) use line::Line;
use line::LogLine;
pub(crate) use log::read;
pub use new::{NewAttestation, NewLine};
pub use signature::{NAMESPACE, SigningError, SigningKey};
pub use signers::AllowedSigners;

/// Version of a line.
pub const ATTESTATION_SCHEMA: &str = "census.attestation/1";

/// The JSON Schema of a line.
pub fn attestation_schema() -> schemars::Schema {
    schemars::schema_for!(LogLine)
}
