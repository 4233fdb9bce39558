//! One account: which reads are made, in which order, and what their failures leave.

use std::collections::BTreeMap;

use census_model::{Gap, GapReason, Provider, ScopeId, Text};
use census_provider_api::{Batch, DeclaredRead, Progress};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    account_summary, authorization_details, credential_report, identity_center, identity_providers,
    listings::Listings,
    regions, resource_policies, server_certificates, service_last_accessed, user_credentials,
    workloads::{self, Trusted},
};
use crate::{
    client::{Api, Failure, Partition},
    documents::{AccountFile, Time},
    options::AwsOptions,
};

/// What is the same for every account of a scan.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'a> {
    /// What was chosen.
    pub(super) options: &'a AwsOptions,
    /// Told what is being read.
    pub(super) progress: &'a dyn Progress,
    /// The partition that the accounts are in.
    pub(super) partition: Partition,
    /// The region of the caller.
    pub(super) home: &'a str,
    /// IAM Identity Center, which only the caller may be able to ask.
    pub(super) center: &'a identity_center::IdentityCenter,
}

/// An account that is being read.
pub(super) struct Account<'a> {
    /// Clients that act in it.
    pub(super) api: &'a Api,
    /// Its id.
    pub(super) id: &'a str,
    /// What was chosen.
    pub(super) options: &'a AwsOptions,
    /// Told what is being read.
    pub(super) progress: &'a dyn Progress,
    /// What has been read so far.
    pub(super) batch: Batch,
    /// Users and roles by ARN, those first whose usage is worth the most calls; none where that is not read.
    pub(super) candidates: Option<Vec<String>>,
    /// Whether something failed that may succeed in another run.
    again: bool,
}

/// Reads an account. Whatever goes wrong is a gap of the batch.
pub(super) async fn read(api: &Api, id: &str, circumstances: Circumstances<'_>) -> Batch {
    let Circumstances { options, progress, partition, home, center } = circumstances;
    let mut account =
        Account { api, id, options, progress, batch: Batch::default(), candidates: None, again: false };
    // AWS makes the report while the details are read.
    let request = credential_report::request(&mut account).await;
    let (users, trusted, reserved) = authorization_details::read(&mut account, partition)
        .await
        .map_or((None, Trusted::Any, None), |known| (Some(known.users), known.trusted, known.reserved));
    let holders = credential_report::read(&mut account, request, users.as_ref()).await;
    let summary = account_summary::read(&mut account).await;
    user_credentials::read(&mut account, users.as_ref(), holders.as_ref()).await;
    server_certificates::read(&mut account, summary.as_ref()).await;
    identity_providers::read(&mut account, summary.as_ref()).await;
    identity_center::read(&mut account, center, reserved.as_ref()).await;
    let regions = regions::read(&mut account, partition, home).await;
    let listings = Listings::default();
    workloads::read(&mut account, &trusted, partition, &regions, &listings).await;
    resource_policies::read(&mut account, partition, home, &regions, &listings).await;
    service_last_accessed::read(&mut account).await;
    account.finish()
}

/// Reads the policies of resources alone.
#[cfg(test)]
pub(super) async fn read_resource_policies(
    api: &Api,
    id: &str,
    circumstances: Circumstances<'_>,
    regions: &regions::Regions,
) -> Batch {
    let Circumstances { options, progress, partition, home, .. } = circumstances;
    let mut account =
        Account { api, id, options, progress, batch: Batch::default(), candidates: None, again: false };
    resource_policies::read(&mut account, partition, home, regions, &Listings::default()).await;
    account.finish()
}

/// Reads the permission sets of an account alone.
#[cfg(test)]
pub(super) async fn read_identity_center(
    api: &Api,
    id: &str,
    circumstances: Circumstances<'_>,
    reserved: Option<&identity_center::Reserved>,
) -> Batch {
    let Circumstances { options, progress, center, .. } = circumstances;
    let mut account =
        Account { api, id, options, progress, batch: Batch::default(), candidates: None, again: false };
    identity_center::read(&mut account, center, reserved).await;
    account.finish()
}

impl Account<'_> {
    /// Says what is being read.
    pub(super) fn step(&self, what: &str) {
        self.progress.step(&format!("aws {}: {what}", self.id));
    }

    /// Adds a document.
    pub(super) fn write(
        &mut self,
        file: AccountFile,
        document: &impl Serialize,
        items: usize,
        cut: Option<&Failure>,
    ) {
        let written = file.path(self.id).map_err(|e| e.to_string()).and_then(|path| {
            let mut bytes = serde_json::to_vec(document).map_err(|e| e.to_string())?;
            bytes.push(b'\n');
            Ok((path, bytes))
        });
        match written {
            Ok((path, bytes)) => self.batch.file(path, bytes, items, cut.is_none()),
            Err(detail) => {
                let read = file.reads().first().copied().unwrap_or(file.name());
                let gap = (GapReason::Invalid, format!("the document could not be written: {detail}"));
                self.batch.gaps.push(account_gap(self.id, read, gap.0, gap.1, Vec::new()));
            }
        }
    }

    /// Adds the credential report.
    pub(super) fn write_report(&mut self, bytes: Vec<u8>, items: usize, as_of: Option<Timestamp>) {
        if let Ok(path) = AccountFile::CredentialReport.path(self.id) {
            self.batch.file_as_of(path, bytes, items, as_of);
        }
    }

    /// Notes that a read failed.
    pub(super) fn gap(&mut self, read: &DeclaredRead, failure: Failure, affects: Vec<Text>) {
        let may_pass = failure.may_pass();
        self.gap_that(read, failure, affects, may_pass);
    }

    /// Notes that a read failed, of which it is known whether another run may fare better.
    pub(super) fn gap_that(
        &mut self,
        read: &DeclaredRead,
        failure: Failure,
        affects: Vec<Text>,
        may_pass: bool,
    ) {
        self.again |= may_pass;
        self.batch.gaps.push(account_gap(self.id, &read.name(), failure.reason, failure.detail, affects));
    }

    /// Notes reads of single things that failed: one gap for each reason, naming all the things.
    pub(super) fn gaps(&mut self, read: &DeclaredRead, failures: Vec<(Text, Failure)>) {
        let mut by_reason: BTreeMap<GapReason, (String, Vec<Text>)> = BTreeMap::new();
        for (affected, failure) in failures {
            self.again |= failure.may_pass();
            by_reason.entry(failure.reason).or_insert_with(|| (failure.detail, Vec::new())).1.push(affected);
        }
        for (reason, (mut detail, affects)) in by_reason {
            if affects.len() > 1 {
                detail.push_str(&format!(" (and {} more)", affects.len() - 1));
            }
            self.batch.gaps.push(account_gap(self.id, &read.name(), reason, detail, affects));
        }
    }

    /// Notes entries of an answer that lack what identifies them.
    pub(super) fn incomplete_entries(&mut self, read: &DeclaredRead, dropped: usize) {
        if dropped > 0 {
            let detail = format!("{dropped} entries lack a name, an id, an ARN or a document");
            self.gap(read, Failure::client(GapReason::Invalid, detail), Vec::new());
        }
    }

    /// The batch. The account is done, so that `--resume` does not read it again, unless something failed that may
    /// succeed the next time.
    fn finish(mut self) -> Batch {
        self.batch.done = (!self.again).then(|| self.id.to_owned());
        self.batch
    }
}

/// A gap in an account.
pub(super) fn account_gap(
    account: &str,
    read: &str,
    reason: GapReason,
    detail: String,
    affects: Vec<Text>,
) -> Gap {
    Gap::new(Provider::Aws, Some(account_scope(account)), read, reason, detail, affects)
}

/// The scope of an account.
pub(super) fn account_scope(account: &str) -> ScopeId {
    ScopeId::new(format!("aws:account/{account}"))
}

/// The identity that an ARN names.
pub(super) fn identity(arn: &str) -> Text {
    format!("aws:{arn}").into()
}

/// A time of the SDK as documents hold it; `None` where it lies outside of what can be represented.
pub(super) fn time(at: &aws_smithy_types::DateTime) -> Option<Time> {
    let nanos = i32::try_from(at.subsec_nanos()).ok()?;
    Timestamp::new(at.secs(), nanos).ok().map(Time)
}
