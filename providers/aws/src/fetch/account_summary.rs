//! How many of what the account holds, as AWS counts it. Says which lists need not be asked for, and what the
//! documents must add up to.

use std::collections::BTreeMap;

use census_model::GapReason;
use census_provider_api::{DeclaredRead, Need};

use super::account::Account;
use crate::{
    client::Failure,
    documents::{AccountFile, AccountSummary},
};

pub(super) const GET_ACCOUNT_SUMMARY: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "GetAccountSummary",
    permissions: &["iam:GetAccountSummary"],
    part: None,
    need: Need::Scope,
    why: "the provider's own totals, with which the estate is reconciled",
};

/// Counts by name.
pub(super) type Summary = BTreeMap<String, i64>;

/// Reads the summary.
pub(super) async fn read(account: &mut Account<'_>) -> Option<Summary> {
    account.step("account summary");
    let request = account.api.iam.get_account_summary();
    let answer = account.api.call(&GET_ACCOUNT_SUMMARY, request.send()).await.and_then(|answer| {
        answer.summary_map.filter(|map| !map.is_empty()).ok_or_else(|| {
            Failure::client(GapReason::Invalid, "GetAccountSummary: the answer holds no counts")
        })
    });
    match answer {
        Ok(map) => {
            let summary_map: Summary =
                map.into_iter().map(|(key, count)| (key.as_str().to_owned(), i64::from(count))).collect();
            let document = AccountSummary { summary_map };
            account.write(AccountFile::AccountSummary, &document, document.summary_map.len(), None);
            Some(document.summary_map)
        }
        Err(failure) => {
            account.gap(&GET_ACCOUNT_SUMMARY, failure, Vec::new());
            None
        }
    }
}

/// Whether the summary says that there are none of something.
pub(super) fn none(summary: Option<&Summary>, key: &str) -> bool {
    summary.and_then(|summary| summary.get(key)) == Some(&0)
}
