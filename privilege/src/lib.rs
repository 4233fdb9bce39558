//! Policy languages: what a policy says, and whether a principal may do something.
//!
//! Pure: no I/O, no SDK.

pub mod aws;
pub mod truth;
