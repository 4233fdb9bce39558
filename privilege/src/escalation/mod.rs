//! Who can become whom, composed over several steps, clouds and scopes.
//!
//! Nothing here knows a cloud. A cloud gives its principals numbers, says which of them administer a scope, and answers
//! one question: by which steps does somebody become this principal? Everything else, the order in which it is asked,
//! distances and paths, is the same for all of them.

mod cloud;
mod compose;
mod graph;
mod own;
mod paths;
mod routes;

pub use graph::{Certainty, Edge, Graph, Kept, NodeId, Standing, Steps};
pub use routes::{Route, Routes};

pub(crate) use cloud::{Cloud, Goal, Told, Unread};
pub(crate) use compose::{reaches, ways_to};
pub(crate) use own::{Doubts, Ended, Left, Own, OwnAt};
pub(crate) use paths::{cut_of, cut_of_credential, with_cuts};
