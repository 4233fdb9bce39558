//! Who made what, by a log of calls.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Text;

/// Somebody made an identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Creation {
    /// The immutable id of what was made; one that was made anew under the same name has another.
    pub made: Text,
    /// When.
    pub at: Timestamp,
    /// Who called: the ARN of a user, or of a session with its name.
    pub by: Text,
    /// The ARN of the role that the session is of, if it is one.
    pub role: Option<Text>,
}
