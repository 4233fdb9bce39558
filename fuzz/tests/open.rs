//! What fuzzing found and the engine does not do yet. A test here that no longer panics loses its attribute, and its promise
//! moves to where it belongs.
#![allow(clippy::unwrap_used, reason = "a test that stops says why")]

use census_privilege::aws::simulate::{Reply, Simulator};

/// A member that no request has changes nothing, and is noted. Today the line is refused: a flattened map cannot borrow raw
/// values. Belongs to the target `simulate`.
#[test]
#[should_panic(expected = "refused")]
fn a_member_of_no_request_is_noted() {
    let line = r#"{"principal":{"type":"Anonymous"},"action":"a:b","resource":"*","note":1}"#;
    let mut simulator = Simulator::default();
    if let Reply::Error { error } = simulator.answer(line).reply {
        panic!("refused: {error}");
    }
    assert_eq!(simulator.take_notes(), ["note"]);
}
