//! Reports: what an estate, its owners and its findings look like outside.
//!
//! One file a format, each with output types of its own, so that a change of the model never changes a published
//! format by accident. Everything here is a pure function of its input: no clock, no terminal, no file. The
//! command decides where bytes go, how wide the terminal is and whether it shows colour.
//!
//! Names come from clouds and strangers. Human-facing text passes through [`visible`] at one place, the page that
//! all of it is written on; CSV cells pass through the same function and a guard against formulas; JSON escapes
//! the same characters without loss.

mod attachments;
mod coverage;
mod csv;
mod diff;
mod explain;
mod format;
mod input;
mod json;
mod levels;
mod life;
mod owners;
mod page;
mod paths;
mod privilege_use;
mod reach;
mod retirement;
mod review;
mod right_size;
mod rules;
mod sanitize;
mod table;
mod unread;
mod vaults;
mod verdict;
mod view;
mod words;

pub use coverage::{Counted, Coverage, ScopeCoverage, Share, coverage};
pub use csv::{CsvFile, REVIEW_COLUMNS, ReviewSheets, csv_file};
pub use diff::{Diff, DiffError, Side, Snapshot, diff, diff_json, diff_text};
pub use explain::explain;
pub use format::{Format, RenderError, UnknownFormat, WriteFile, render};
pub use input::{Input, RuleInfo};
pub use json::{
    can_json, explain_json, paths_json, report_json, report_schema, retirement_json, right_size_json,
    to_line as json_line, vaults_schema, who_can_json, write_report_json,
};
pub use owners::{OwnerFilter, owners_csv, owners_json, owners_table};
pub use page::{ColorChoice, Options};
pub use paths::{Sought, Taker, Ways, paths};
pub use retirement::retirement;
pub use review::{ReviewCounts, ReviewFile, ReviewStatus, review_status, review_status_json};
pub use right_size::right_size;
pub use rules::{rule_list, rule_text, rules_json};
pub use sanitize::visible;
pub use table::{summary, table};
pub use vaults::{VaultsOf, vaults_text, write_vaults_csv, write_vaults_json};
pub use verdict::{Asked, Power, WhoCan, can, who_can};
