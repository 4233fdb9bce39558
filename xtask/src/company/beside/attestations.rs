//! What people said when they were asked whether something is still needed.

use anyhow::{Context, Result};
use serde::Serialize;

use super::super::{DATA, PLATFORM, catalogue};
use crate::aws::account::ListedAccount;

/// The log.
pub(in super::super) const FILE: &str = "attestations.jsonl";

/// The unique id of the `ledger-export` that was deleted in May.
const PREDECESSOR: &str = "AROAEXAMPLELEDGEROLD01";

/// A line of the log, in the order of its members.
#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    identity: String,
    immutable_id: String,
    attests: &'static str,
    decision: &'static str,
    by: &'a str,
    at: &'static str,
    comment: Option<&'static str>,
    ticket: Option<&'static str>,
    signature: Option<&'static str>,
}

pub(super) fn log(accounts: &[ListedAccount]) -> Result<Vec<u8>> {
    let (business, technical) = ("business-ownership", "technical-necessity");
    let line = |account: &str, name: &str, attests, decision, by, at| -> Result<Line<'_>> {
        let (identity, immutable_id) = named(accounts, account, name)?;
        let schema = "census.attestation/1";
        let (comment, ticket, signature) = (None, None, None);
        Ok(Line { schema, identity, immutable_id, attests, decision, by, at, comment, ticket, signature })
    };
    let data = catalogue::DATA.owner;
    let lines = [
        Line {
            immutable_id: PREDECESSOR.to_owned(),
            ..line(DATA, "role/ledger-export", business, "keep", data, "2026-03-03T09:12:00Z")?
        },
        line(DATA, "role/warehouse-loader", business, "keep", data, "2026-05-12T08:30:00Z")?,
        line(
            DATA,
            "role/warehouse-loader",
            technical,
            "keep",
            "henrike.voss@brindlemoor.example",
            "2026-05-12T14:05:00Z",
        )?,
        Line {
            comment: Some("the depot's scanners get roles this summer"),
            ticket: Some("OPS-311"),
            ..line(
                PLATFORM,
                "user/machines/depot-porto",
                business,
                "remove",
                catalogue::LAST_MILE.owner,
                "2026-05-20T10:00:00Z",
            )?
        },
        line(
            PLATFORM,
            "user/machines/edi-customs-gateway",
            business,
            "keep",
            "noor.haddad@brindlemoor.example",
            "2026-05-21T16:45:00Z",
        )?,
    ];
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, &line)?;
        text.push(b'\n');
    }
    Ok(text)
}

/// The ARN and the unique id of an identity.
fn named(accounts: &[ListedAccount], account: &str, name: &str) -> Result<(String, String)> {
    let arn = format!("arn:aws:iam::{account}:{name}");
    let roles = accounts.iter().flat_map(|account| &account.roles).map(|role| (&role.arn, &role.role_id));
    let users = accounts.iter().flat_map(|account| &account.users);
    let users = users.map(|user| (&user.detail.arn, &user.detail.user_id));
    let id = roles.chain(users).find(|(known, _)| **known == arn).map(|(_, id)| id.clone());
    Ok((arn.clone(), id.with_context(|| format!("no identity `{arn}`"))?))
}
