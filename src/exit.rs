//! Exit statuses, decided here and nowhere else. The README has the same table.

use std::process::ExitCode;

use census_model::Estate;
use clap::error::ErrorKind;

use crate::problem::Kind;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done, or a check that holds.
    Done,
    /// Could not do what was asked, or a check that does not hold.
    Failed,
    /// Wrong words on the command line or in the configuration.
    Usage,
    /// Done except for gaps.
    Gaps,
    /// `can`: denied.
    Denied,
    /// `can`: it depends on something that is open at run time.
    Conditional,
    /// `can`: what was not read decides.
    Unknown,
    /// Findings at or above `--fail-on`.
    Findings,
    /// Both of the two before.
    FindingsAndGaps,
}

/// Whether everything that was asked for could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// All of it.
    Complete,
    /// Not all of it.
    Partial,
}

impl Coverage {
    /// Of what an estate was asked to hold.
    pub(crate) fn of(estate: &Estate) -> Self {
        if estate.is_complete() { Self::Complete } else { Self::Partial }
    }
}

/// Whether a finding reaches `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threshold {
    /// None does, or no threshold was set.
    Below,
    /// At least one does.
    Reached,
}

impl Outcome {
    /// The outcome of a command that answers from an estate and has no threshold.
    pub(crate) fn of_answer(estate: &Estate) -> Self {
        Self::of_scan(Coverage::of(estate), Threshold::Below)
    }

    /// The outcome of a scan.
    pub(crate) fn of_scan(coverage: Coverage, threshold: Threshold) -> Self {
        match (coverage, threshold) {
            (Coverage::Complete, Threshold::Below) => Self::Done,
            (Coverage::Partial, Threshold::Below) => Self::Gaps,
            (Coverage::Complete, Threshold::Reached) => Self::Findings,
            (Coverage::Partial, Threshold::Reached) => Self::FindingsAndGaps,
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Gaps => 3,
            Self::Denied => 4,
            Self::Conditional => 5,
            Self::Unknown => 6,
            Self::Findings => 10,
            Self::FindingsAndGaps => 13,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.code())
    }
}

impl From<Kind> for Outcome {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Failed => Self::Failed,
            Kind::Usage => Self::Usage,
        }
    }
}

/// Prints what clap has to say: help and version are answers (stdout, 0), everything else is a usage problem.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // A closed pipe while printing help is nobody's problem.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Outcome::Done.into(),
        _ => Outcome::Usage.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_the_contract() {
        use Coverage::{Complete, Partial};
        use Threshold::{Below, Reached};
        for (coverage, threshold, code) in
            [(Complete, Below, 0), (Partial, Below, 3), (Complete, Reached, 10), (Partial, Reached, 13)]
        {
            assert_eq!(Outcome::of_scan(coverage, threshold).code(), code);
        }
        assert_eq!((Outcome::Failed.code(), Outcome::Usage.code()), (1, 2));
        let answers = [Outcome::Denied, Outcome::Conditional, Outcome::Unknown];
        assert_eq!(answers.map(Outcome::code), [4, 5, 6]);
    }
}
