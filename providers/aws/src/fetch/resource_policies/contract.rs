//! What is sent and what is kept, written down for the test that compares it with AWS's own models of the services.

use serde_json::Value;

use super::{COLLECTIONS, kept};
use crate::fetch::workloads::contract::described;

/// `tests/e2e/contract.py` compares this file with the models.
#[test]
fn what_is_sent_and_kept_is_written_down() {
    let calls: Vec<Value> = kept().iter().map(|(call, kept)| described(call, kept)).collect();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("calls", serde_json::to_string_pretty(&calls).unwrap());
    });
}

#[test]
fn every_declaration_stands_with_its_own_service() {
    for (call, kept) in kept() {
        assert_eq!(call.read.service, call.service.name, "{}", call.read.operation);
        // What S3 Control does is permitted as S3.
        let prefix = call.service.name.trim_end_matches("control");
        assert!(call.read.permissions[0].starts_with(&format!("{prefix}:")));
        assert!(kept.as_object().is_some_and(|fields| !fields.is_empty()), "{}", call.read.operation);
    }
    let services: Vec<&str> = COLLECTIONS.iter().map(|collection| collection.service.id).collect();
    assert!(
        services.is_sorted_by(|a, b| a.to_lowercase() < b.to_lowercase()),
        "a service twice: {services:?}"
    );
}
