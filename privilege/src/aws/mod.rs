//! The IAM policy language of Amazon Web Services.
//!
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

pub mod document;
mod json;
pub mod operator;
pub mod trust;
