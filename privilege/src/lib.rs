//! Policy languages: what a policy says, whether a principal may do something, and what it can make itself able to do.
//!
//! Pure: no I/O, no SDK.

pub mod aws;
pub mod azure;
mod crossing;
pub mod escalation;
pub mod federation;
pub mod reach;
mod technique_data;
pub mod truth;
