//! The fake from outside: what it answers, what goes wrong on purpose, and what Microsoft's own clients make of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "everything here is a test; a helper that fails must fail the test"
)]

mod arm;
mod clients;
mod faults;
mod graph;
mod proxy;
mod support;
mod tokens;
mod vault;
