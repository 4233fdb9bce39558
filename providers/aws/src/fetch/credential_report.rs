//! The credential report: passwords, keys and certificates of all users and of the root user, in one document that
//! AWS makes on request and keeps for four hours.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_iam::types::ReportStateType;
use census_model::{GapReason, Text};
use census_provider_api::{DeclaredRead, Need};
use jiff::Timestamp;

use super::{
    account::{Account, identity, time},
    authorization_details::Users,
};
use crate::client::Failure;

pub(super) const GENERATE_CREDENTIAL_REPORT: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "GenerateCredentialReport",
    permissions: &["iam:GenerateCredentialReport"],
    part: None,
    need: Need::Scope,
    why: "have AWS make the credential report; changes nothing else",
};

pub(super) const GET_CREDENTIAL_REPORT: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "GetCredentialReport",
    permissions: &["iam:GetCredentialReport"],
    part: None,
    need: Need::Scope,
    why: "passwords, MFA, keys and certificates of all users and the root user, with their last use",
};

/// The first pause while AWS makes the report; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// How often a report that has vanished or expired is asked for again.
const MAX_REQUESTS: u32 = 3;

/// The columns of the report. Others, if there ever are any, do not enter a document before they are known here.
const COLUMNS: &[&str] = &[
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
    "additional_credentials_info",
];

const ROOT: &str = "<root_account>";

/// What the report says of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    /// The user's identity id.
    pub(super) id: Text,
    /// Whether there are access keys, active or not.
    pub(super) keys: bool,
    /// Whether there are signing certificates, active or not.
    pub(super) certificates: bool,
}

/// What the report says of each user, by name, the root user apart.
pub(super) type Holders = BTreeMap<String, Holder>;

struct Report {
    bytes: Vec<u8>,
    rows: usize,
    holders: Holders,
    made: Option<Timestamp>,
}

/// Whether AWS said that a report is ready.
pub(super) enum Requested {
    /// It is.
    Ready,
    /// It will be.
    Pending,
    /// The request failed; an older report may be there.
    Failed,
}

/// Has AWS make the report.
pub(super) async fn request(account: &mut Account<'_>) -> Requested {
    account.step("credential report");
    match generate(account).await {
        Ok(requested) => requested,
        Err(failure) => {
            account.gap(&GENERATE_CREDENTIAL_REPORT, failure, Vec::new());
            Requested::Failed
        }
    }
}

async fn generate(account: &Account<'_>) -> Result<Requested, Failure> {
    let request = account.api.iam.generate_credential_report();
    let answer = account.api.call(&GENERATE_CREDENTIAL_REPORT, request.send()).await?;
    Ok(match answer.state {
        Some(ReportStateType::Complete) => Requested::Ready,
        _ => Requested::Pending,
    })
}

/// Reads the report; gives who holds what, if that is known.
///
/// A report that knows other users than the account now has is asked for once more, since it may be hours old. If it
/// differs still, reading the documents finds that and says so.
pub(super) async fn read(
    account: &mut Account<'_>,
    requested: Requested,
    users: Option<&Users>,
) -> Option<Holders> {
    account.step("credential report");
    let mut report = match wait(account, requested).await {
        Ok(report) => report,
        Err(failure) => {
            account.gap(&GET_CREDENTIAL_REPORT, failure, Vec::new());
            return None;
        }
    };
    let skewed = |report: &Report| users.is_some_and(|users| !users.keys().eq(report.holders.keys()));
    if skewed(&report) {
        tracing::debug!(account = account.id, "the credential report is skewed; asking for it once more");
        if let Ok(requested) = generate(account).await
            && let Ok(newer) = wait(account, requested).await
        {
            report = newer;
        }
    }
    account.write_report(report.bytes, report.rows, report.made);
    Some(report.holders)
}

/// Asks for the report until it is there or the time is up.
async fn wait(account: &Account<'_>, requested: Requested) -> Result<Report, Failure> {
    let most = Duration::from_secs(account.options.credential_report_wait_seconds);
    let mut waited = Duration::ZERO;
    let mut pause = FIRST_PAUSE;
    let mut requests = 1;
    if matches!(requested, Requested::Failed) {
        requests = MAX_REQUESTS;
    }
    loop {
        let failure = match get(account).await {
            Ok(report) => return Ok(report),
            Err(failure) => failure,
        };
        let gone = ["ReportNotPresent", "ReportExpired"].iter().any(|code| failure.is(code));
        if gone && requests < MAX_REQUESTS {
            requests += 1;
            generate(account).await?;
        } else if !failure.is("ReportInProgress") {
            return Err(failure);
        }
        if waited >= most {
            let detail = format!("the report was not ready after {} seconds", most.as_secs());
            return Err(Failure { reason: GapReason::Failed, detail, ..failure });
        }
        let next = pause.min(most.saturating_sub(waited));
        account.api.before_deadline(tokio::time::sleep(next)).await?;
        waited += next;
        pause *= 2;
    }
}

async fn get(account: &Account<'_>) -> Result<Report, Failure> {
    let request = account.api.iam.get_credential_report();
    let answer = account.api.call(&GET_CREDENTIAL_REPORT, request.send()).await?;
    let content = answer.content.map(aws_smithy_types::Blob::into_inner).unwrap_or_default();
    let (bytes, rows, holders) = parse(content)
        .map_err(|problem| Failure::client(GapReason::Invalid, format!("GetCredentialReport: {problem}")))?;
    let made = answer.generated_time.as_ref().and_then(time).map(|at| at.0);
    Ok(Report { bytes, rows, holders, made })
}

/// The report's bytes, its rows, and who holds what. The bytes stay as they are unless there are columns that are not
/// known.
fn parse(content: Vec<u8>) -> Result<(Vec<u8>, usize, Holders), String> {
    let broken = |e: csv::Error| format!("the report is not CSV: {e}");
    let mut reader = csv::Reader::from_reader(content.as_slice());
    let header = reader.headers().map_err(broken)?.clone();
    let column = |name: &str| header.iter().position(|known| known == name);
    let (Some(user), Some(arn)) = (column("user"), column("arn")) else {
        return Err("the report has no columns `user` and `arn`".to_owned());
    };
    let known: Vec<usize> =
        header.iter().enumerate().filter(|(_, name)| COLUMNS.contains(name)).map(|(at, _)| at).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let select = |record: &csv::StringRecord| -> Vec<String> {
        known.iter().map(|at| record.get(*at).unwrap_or_default().to_owned()).collect()
    };
    writer.write_record(select(&header)).map_err(broken)?;
    let mut holders = Holders::new();
    let mut rows = 0;
    for record in reader.records() {
        let record = record.map_err(broken)?;
        rows += 1;
        writer.write_record(select(&record)).map_err(broken)?;
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        let name = field(Some(user));
        if name == ROOT {
            continue;
        }
        let any = |columns: &[&str]| columns.iter().any(|name| is_there(field(column(name))));
        let more = is_there(field(column("additional_credentials_info")));
        let holder = Holder {
            id: identity(field(Some(arn))),
            keys: more
                || any(&[
                    "access_key_1_active",
                    "access_key_1_last_rotated",
                    "access_key_2_active",
                    "access_key_2_last_rotated",
                ]),
            certificates: more
                || any(&["cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"]),
        };
        holders.insert(name.to_owned(), holder);
    }
    if known.len() == header.len() {
        return Ok((content, rows, holders));
    }
    let bytes = writer.into_inner().map_err(|e| e.to_string())?;
    Ok((bytes, rows, holders))
}

/// Whether a field says that there is something: `true`, or a date.
fn is_there(field: &str) -> bool {
    !matches!(field, "" | "false" | "FALSE" | "N/A" | "not_supported" | "no_information")
}

/// The names of users with what a predicate asks for.
pub(super) fn select(holders: &Holders, wanted: fn(&Holder) -> bool) -> Vec<(String, Text)> {
    let chosen = holders.iter().filter(|(_, holder)| wanted(holder));
    chosen.map(|(name, holder)| (name.clone(), holder.id.clone())).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const REPORT: &str = "\
arn,user,access_key_1_active,access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated,cert_1_active,cert_1_last_rotated,additional_credentials_info
arn:aws:iam::1:root,<root_account>,true,2020-01-01T00:00:00+00:00,false,N/A,false,N/A,
arn:aws:iam::1:user/none,none,false,N/A,false,N/A,false,N/A,
arn:aws:iam::1:user/key,key,true,2024-01-01T00:00:00+00:00,false,N/A,false,N/A,
arn:aws:iam::1:user/disabled,disabled,false,2024-01-01T00:00:00+00:00,false,N/A,false,N/A,
arn:aws:iam::1:user/second,second,false,N/A,true,2024-01-01T00:00:00+00:00,false,N/A,
arn:aws:iam::1:user/cert,cert,false,N/A,false,N/A,false,2024-01-01T00:00:00+00:00,
arn:aws:iam::1:user/more,more,false,N/A,false,N/A,false,N/A,Additional Active Keys:1
";

    fn names(holders: &Holders, wanted: fn(&Holder) -> bool) -> Vec<String> {
        select(holders, wanted).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn holders_are_found_by_header_name_and_root_is_none() {
        let (bytes, rows, holders) = parse(REPORT.into()).unwrap();
        assert_eq!(bytes, REPORT.as_bytes());
        assert_eq!(rows, 7);
        assert_eq!(names(&holders, |h| h.keys), ["disabled", "key", "more", "second"]);
        assert_eq!(names(&holders, |h| h.certificates), ["cert", "more"]);
        assert!(!holders.contains_key(ROOT));
        assert_eq!(&*holders["key"].id, "aws:arn:aws:iam::1:user/key");
    }

    #[test]
    fn unknown_columns_do_not_enter_the_document() {
        let report = "user,note,arn\nx,CANARY,arn:aws:iam::1:user/x\n";
        let (bytes, rows, _) = parse(report.into()).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), "user,arn\nx,arn:aws:iam::1:user/x\n");
        assert_eq!(rows, 1);
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for bad in ["", "<html></html>", "user\nx\n", "user,arn\nx\n", "user,arn\nx,y,z\n"] {
            assert!(parse(bad.into()).is_err(), "{bad}");
        }
        assert!(parse(vec![b'u', 0xff, b',']).is_err());
        assert!(parse(b"user,arn\n".to_vec()).is_ok());
    }

    #[test]
    fn every_column_that_is_looked_at_is_known() {
        let unique: BTreeSet<&str> = COLUMNS.iter().copied().collect();
        assert_eq!(unique.len(), COLUMNS.len());
    }
}
