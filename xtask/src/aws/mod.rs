//! AWS documents made up from a seed, in the layout that `census scan aws --from` reads.
//!
//! One set of types serves the example company and the estates for benchmarks. Whatever is drawn by lot depends on
//! the seed and on the name of the thing it is drawn for, so that adding one role changes no other byte.

pub(crate) mod account;
pub(crate) mod clock;
pub(crate) mod credentials;
pub(crate) mod details;
pub(crate) mod dice;
pub(crate) mod documents;
pub(crate) mod folder;
pub(crate) mod identity_center;
pub(crate) mod last_accessed;
pub(crate) mod managed;
pub(crate) mod organization;
pub(crate) mod policy;
pub(crate) mod principals;
pub(crate) mod report;
pub(crate) mod summary;
pub(crate) mod synthetic;
pub(crate) mod workload;
