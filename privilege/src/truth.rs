//! Three-valued logic: what holds, what does not, and what cannot be told from what is known.

use std::ops::{BitAnd, BitOr, Not};

/// Whether something holds. Ordered: what does not hold is less than what may, that less than what does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not hold, whatever is still unknown.
    No,
    /// It depends on something unknown.
    Maybe,
    /// It holds, whatever is still unknown.
    Yes,
}

impl Truth {
    /// Whether all of these hold. Of nothing, all hold. Ends at the first that does not.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut least = Self::Yes;
        for truth in truths {
            least = least & truth;
            if least == Self::No {
                break;
            }
        }
        least
    }

    /// Whether any of these holds. Of nothing, none does. Ends at the first that does.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut most = Self::No;
        for truth in truths {
            most = most | truth;
            if most == Self::Yes {
                break;
            }
        }
        most
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

impl BitAnd for Truth {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.min(other)
    }
}

impl BitOr for Truth {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.max(other)
    }
}
