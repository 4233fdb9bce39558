//! What the laws of `aws_laws.rs` are tried on: small random requests, and naive readings of what the engine does fast.

pub(crate) mod case;
pub(crate) mod change;
pub(crate) mod naive;
pub(crate) mod request;
pub(crate) mod statement;
