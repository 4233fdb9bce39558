//! Fuzz targets of the policy engine.
//!
//! A target takes any bytes and panics where the engine breaks a promise: not only by a panic of its own, but by an answer
//! that cannot be right. `cargo xtask fuzz` runs the targets under libFuzzer, whose choice of inputs follows the code that
//! they reach; `tests/regressions.rs` runs them on the first inputs and on all that once broke something.
#![allow(clippy::panic, reason = "a panic is how a target says that something is wrong")]

mod conditions;
mod documents;
pub mod mutate;
// The laws of the engine's own tests have the same plain matchers.
#[path = "../../privilege/tests/laws/naive.rs"]
mod naive;
mod patterns;
mod principals;
pub mod seeds;
mod simulate;

/// A fuzz target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Policy documents.
    Documents,
    /// Texts with wildcards, and ARNs against them.
    Patterns,
    /// Conditions and what is known of their keys.
    Conditions,
    /// Callers and `Principal` elements.
    Principals,
    /// Lines of the simulator.
    Simulate,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Documents, Self::Patterns, Self::Conditions, Self::Principals, Self::Simulate];

    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Patterns => "patterns",
            Self::Conditions => "conditions",
            Self::Principals => "principals",
            Self::Simulate => "simulate",
        }
    }

    /// The target of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.as_str() == name)
    }

    /// Tries an input.
    ///
    /// # Panics
    /// Where the engine breaks a promise.
    pub fn run(self, input: &[u8]) {
        let Ok(text) = std::str::from_utf8(input) else { return };
        match self {
            Self::Documents => documents::run(text),
            Self::Patterns => patterns::run(text),
            Self::Conditions => conditions::run(text),
            Self::Principals => principals::run(text),
            Self::Simulate => simulate::run(text),
        }
    }
}
