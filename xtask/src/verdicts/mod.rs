//! Estates and requests of several kinds, made up to measure verdicts of the AWS policy engine, and the measuring.

mod circumstances;
mod estate;
mod requests;
mod run;
mod service;
mod statement;
#[cfg(test)]
mod tests;
mod world;

pub(crate) use requests::Requests;
pub(crate) use run::{Figures, Work, run};
pub(crate) use world::World;

/// What the policies of an estate are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// A few allowed actions on a few resources, all spelt out.
    Simple,
    /// Many patterns with several stars, `NotAction`, `NotResource`.
    Wildcards,
    /// Every statement with two to four tests, with variables, quantifiers and tags.
    Conditions,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Simple, Self::Wildcards, Self::Conditions];

    /// The name, as on a command line.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Wildcards => "wildcards",
            Self::Conditions => "conditions",
        }
    }
}
