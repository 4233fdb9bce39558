//! Items of `workloads.json`.

use std::collections::BTreeMap;

use serde::Serialize;

/// What runs in an account, or a thing on the way to it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Workload {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) arn: String,
    /// What its kind has besides: `role_arn`, `state`, …
    #[serde(flatten)]
    fields: BTreeMap<&'static str, String>,
}

impl Workload {
    /// One that runs as nobody yet.
    pub(crate) fn new(kind: &'static str, name: &str, arn: String) -> Self {
        Self { kind, name: name.to_owned(), arn, fields: BTreeMap::new() }
    }

    /// Sets a field.
    pub(crate) fn with(mut self, field: &'static str, value: &str) -> Self {
        self.fields.insert(field, value.to_owned());
        self
    }
}
