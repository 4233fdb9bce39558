//! The smallest policy that would have sufficed: cases, and the laws that hold of every policy and usage.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod cases;
mod laws;
mod world;
