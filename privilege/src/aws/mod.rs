//! The IAM policy language of Amazon Web Services.
//!
//! A text is parsed into a [`document`], checked and compiled into a [`policy`] of some type, and a request is set beside
//! the policies that apply to it in [`authorize`].
//!
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

pub mod access;
pub mod authorize;
pub mod caller;
pub mod catalogue;
pub mod condition;
pub mod context;
pub mod document;
pub mod explain;
pub mod grants;
mod json;
pub mod layers;
pub mod operator;
pub mod pattern;
pub mod policy;
pub mod principal;
pub(crate) mod reach;
pub mod regions;
pub mod retire;
pub mod right_size;
pub mod services;
pub mod simulate;
pub mod statement;
pub mod techniques;
pub mod trust;
pub mod usage;
mod value;
pub mod weight;

/// The account that an ARN names.
fn account_of(arn: &str) -> Option<&str> {
    let account = arn.strip_prefix("arn:")?.split(':').nth(3)?;
    trust::is_account_id(account).then_some(account)
}
