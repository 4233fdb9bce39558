//! From when until when a grant or membership counts, and what has to be done before it does.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether a grant or membership counts now, and for how long. Entra's Privileged Identity Management makes the
/// difference: <https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-configure>.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// It counts, without an end.
    #[default]
    Standing,
    /// It counts within these bounds.
    Active(Bounds),
    /// It counts once its holder has switched it on, which the holder may do within these bounds.
    Eligible(Bounds),
}

/// A time with or without a beginning and an end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Bounds {
    /// The first instant; `None`: it began before anything that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// The first instant after it; `None`: it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Bounds {
    /// Whether an instant lies within.
    pub fn contain(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

impl Bounds {
    /// What lies in both.
    pub fn and(self, other: Self) -> Self {
        let until = match (self.until, other.until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Self { from: self.from.max(other.from), until }
    }
}

impl Activation {
    /// When two things that are both needed count together.
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Standing, other) | (other, Self::Standing) => other.clone(),
            (Self::Active(one), Self::Active(other)) => Self::Active(one.and(*other)),
            (Self::Active(one) | Self::Eligible(one), Self::Active(other) | Self::Eligible(other)) => {
                Self::Eligible(one.and(*other))
            }
        }
    }

    /// Whether it counts without an end and without anybody's doing.
    pub fn is_standing(&self) -> bool {
        *self == Self::Standing
    }

    /// Whether it counts at an instant without anybody's doing.
    pub fn is_active(&self, at: Timestamp) -> bool {
        match self {
            Self::Standing => true,
            Self::Active(bounds) => bounds.contain(at),
            Self::Eligible(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_eligible_does_not_count_and_an_end_is_the_first_instant_after() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let bounds = Bounds { from: Some(at(10)), until: Some(at(20)) };
        assert!(Activation::Standing.is_active(at(0)));
        for (second, expected) in [(9, false), (10, true), (19, true), (20, false)] {
            assert_eq!(Activation::Active(bounds).is_active(at(second)), expected, "{second}");
            assert!(!Activation::Eligible(bounds).is_active(at(second)));
        }
        assert!(Activation::Active(Bounds::default()).is_active(at(0)));
    }

    #[test]
    fn two_count_together_while_both_do_and_are_switched_on_if_either_is() {
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        let (early, late) = (Bounds { from: at(1), until: at(9) }, Bounds { from: at(5), until: None });
        let both = Bounds { from: at(5), until: at(9) };
        let (standing, active) = (Activation::Standing, Activation::Active(early));
        assert_eq!((early.and(late), late.and(early)), (both, both));
        assert_eq!((standing.and(&active), active.and(&standing)), (active.clone(), active.clone()));
        assert_eq!(active.and(&Activation::Active(late)), Activation::Active(both));
        assert_eq!(active.and(&Activation::Eligible(late)), Activation::Eligible(both));
    }
}
