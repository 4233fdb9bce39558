//! End to end: the built binary against AWS stand-ins over HTTP, and against folders of documents.
//!
//! Each module is one topic. `support` starts the servers, puts a company into them, stands between them and the
//! scanner as a proxy that misbehaves on request, and runs the binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "everything here is a test; a helper that fails must fail the test"
)]

mod attest;
mod azure;
mod azure_cli;
mod azure_clouds;
mod budget;
mod can;
mod cli;
mod contract;
mod credential_report;
mod csv;
mod denied;
mod endpoints;
mod exact;
mod exports;
mod faults;
mod hostile;
mod identity_center;
mod identity_center_organization;
mod live;
mod organization;
mod owners;
mod paths;
mod people;
mod permissions;
mod reach;
mod replay;
mod resource_policies;
mod retire;
mod review;
mod secrets;
mod simulate;
mod stand_ins;
mod support;
mod usage;
mod verdicts;
mod workloads;
