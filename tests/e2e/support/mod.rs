//! What the tests stand on.

pub(crate) mod answers;
pub(crate) mod call;
pub(crate) mod census;
pub(crate) mod cut;
pub(crate) mod details;
pub(crate) mod export;
pub(crate) mod fake;
pub(crate) mod populate;
pub(crate) mod proxy;
pub(crate) mod report;
pub(crate) mod servers;
pub(crate) mod trap;
pub(crate) mod world;
