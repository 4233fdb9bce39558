//! Plans for retiring an identity: cases of every way, each with the whole plan in outline.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod cases;
mod world;
