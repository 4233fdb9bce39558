//! What the tests stand on.

pub(crate) mod answers;
pub(crate) mod census;
pub(crate) mod details;
pub(crate) mod export;
pub(crate) mod populate;
pub(crate) mod proxy;
pub(crate) mod report;
pub(crate) mod servers;
pub(crate) mod world;
