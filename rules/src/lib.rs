//! The rules: what Census finds wrong with an estate.
//!
//! One rule is one file under `src/rules`: its documentation, severity, finding types, check and cases. A rule is a
//! pure function of a [`View`]; it never does I/O and never reads a clock. [`run`] runs all of them and fills in the
//! controls of the frameworks from data.

mod actions;
mod bridges;
mod clouds;
mod conditions;
pub mod controls;
mod declared;
pub mod deputies;
pub mod docs;
mod engine;
mod entra;
mod entries;
mod environments;
mod exercise;
pub mod federation;
mod idleness;
mod openings;
mod outsiders;
mod policies;
mod powers;
mod principals;
mod registered;
mod reviews;
mod rules;
mod scaffold;
mod scopes;
mod sensitive;
mod texts;
mod thresholds;
mod unread;
mod vaults;
mod view;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod testing;

pub use controls::controls_for;
pub use declared::{ApprovedPattern, Ban, Classes, Declared, Demand, HighestLevel, RequiredField};
pub use engine::{Docs, Draft, EVERY_PROVIDER, Findings, Rule, run, run_rule};
pub use rules::{all, find};
pub use scaffold::{RuleIdError, scaffold};
pub use texts::Policies;
pub use thresholds::Thresholds;
pub use view::{Idle, View};
