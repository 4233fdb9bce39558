//! Looks into a JSON report.

use std::collections::BTreeSet;

use serde_json::Value;

use super::world::text;

/// The elements of an array.
pub(crate) fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().unwrap_or_else(|| panic!("no list `{field}` in {value}"))
}

/// The identity with this native id.
pub(crate) fn identity<'a>(report: &'a Value, native_id: &str) -> &'a Value {
    let mut found = list(report, "identities").iter().filter(|identity| identity["native_id"] == native_id);
    let one = found.next().unwrap_or_else(|| panic!("`{native_id}` is not in the report"));
    assert!(found.next().is_none(), "`{native_id}` is in the report twice");
    one
}

/// The credentials of one kind that an identity has, as (public id, status).
pub(crate) fn credentials(identity: &Value, kind: &str) -> BTreeSet<(String, String)> {
    list(identity, "credentials")
        .iter()
        .filter(|credential| credential["kind"] == kind)
        .map(|credential| {
            (credential["key_id"].as_str().unwrap_or_default().to_owned(), text(credential, "status"))
        })
        .collect()
}

/// The gaps that make a scan incomplete, as (read, reason).
pub(crate) fn failures(report: &Value) -> BTreeSet<(String, String)> {
    failed(report).map(|gap| (text(gap, "read"), text(gap, "reason"))).collect()
}

fn failed(report: &Value) -> impl Iterator<Item = &Value> {
    list(report, "gaps")
        .iter()
        .filter(|gap| gap["reason"] != "not-provided" && gap["reason"] != "not-requested")
}

/// Rule and fingerprint of each finding.
pub(crate) fn findings(report: &Value) -> BTreeSet<(String, String)> {
    list(report, "findings")
        .iter()
        .map(|finding| (text(finding, "rule"), text(finding, "fingerprint")))
        .collect()
}

/// Asserts that a scan read everything and says so.
pub(crate) fn assert_complete(code: i32, report: &Value) {
    let details: Vec<String> = failed(report).map(|gap| text(gap, "detail")).collect();
    assert_eq!(failures(report), BTreeSet::new(), "gaps of a complete scan: {details:#?}");
    assert_eq!((code, &report["scan"]["complete"]), (0, &Value::Bool(true)));
}

/// Asserts that a scan names what it could not read: this read for one of these reasons, and exit status 3.
pub(crate) fn assert_gap(code: i32, report: &Value, read: &str, reasons: &[&str]) {
    let failures = failures(report);
    let named = failures.iter().any(|(r, reason)| r == read && reasons.contains(&reason.as_str()));
    assert!(named, "no gap at `{read}` for {reasons:?}, but: {failures:?}");
    assert_eq!((code, &report["scan"]["complete"]), (3, &Value::Bool(false)), "`{read}` for {reasons:?}");
}
