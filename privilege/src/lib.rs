//! Policy languages.
//!
//! Pure: no I/O, no SDK. So far the syntax of AWS policy documents and what a role's trust policy says of who may
//! become the role.

pub mod aws;
