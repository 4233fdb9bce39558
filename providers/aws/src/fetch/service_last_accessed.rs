//! When users and roles last used services and their actions: a report for each of them, which AWS makes on request.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html>

mod candidates;

use std::time::Duration;

use aws_sdk_iam::{
    operation::get_service_last_accessed_details::GetServiceLastAccessedDetailsOutput as Answer,
    types::{
        AccessAdvisorUsageGranularityType as Granularity, JobStatusType, ServiceLastAccessed as Service,
    },
};
use census_model::{GapReason, Text};
use census_provider_api::{DeclaredRead, Need};
use futures::{StreamExt, stream};

pub(super) use self::candidates::candidates;
use super::{
    account::{Account, identity, time},
    user_credentials::UnknownOperation,
};
use crate::{
    client::{Api, Failure, Page, marker, pages},
    documents::{
        AccountFile, ServiceLastAccessed, ServiceLastAccessedReport as Report, TrackedActionLastAccessed,
    },
};

pub(super) const GENERATE_SERVICE_LAST_ACCESSED: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "GenerateServiceLastAccessedDetails",
    permissions: &["iam:GenerateServiceLastAccessedDetails"],
    part: None,
    need: Need::Deep,
    why: "have AWS make the report of a user or role; changes nothing else",
};

pub(super) const GET_SERVICE_LAST_ACCESSED: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "GetServiceLastAccessedDetails",
    permissions: &["iam:GetServiceLastAccessedDetails"],
    part: None,
    need: Need::Deep,
    why: "which services and actions a user or role last used, and when; at least two calls for each",
};

/// The first pause while AWS makes a report; each next one is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// Reports in the making at the same time within an account.
const CONCURRENT_REPORTS: usize = 4;

/// Services a page; the most that the API takes.
const PAGE_SIZE: i32 = 1000;

/// Reads the reports of the users and roles that are worth the calls, the most promising first.
pub(super) async fn read(account: &mut Account<'_>) {
    if !account.options.deep {
        // Reading the documents finds the file absent and says why.
        return;
    }
    let Some(all) = account.candidates.take() else {
        let detail = "not asked for: the users and roles could not be read";
        let failure = Failure::client(GapReason::NotRequested, detail);
        return account.gap(&GET_SERVICE_LAST_ACCESSED, failure, Vec::new());
    };
    account.step("last accessed services");
    let most = account.options.usage_identities.min(all.len());
    let (asked, left) = all.split_at(most);
    let mut found = Found::default();
    // Whoever may not ask, or asks where it is not offered, learns that from the first answer.
    let (first, others) = asked.split_at(most.min(1));
    found.ask(account, first).await;
    if let Some((read, failure)) = found.hopeless() {
        return account.gap(read, not_offered(failure), Vec::new());
    }
    found.ask(account, others).await;
    let cut = found.failures.first().map(|(_, _, failure)| failure.clone());
    account.write(AccountFile::ServiceLastAccessed, &found.reports, found.reports.len(), cut.as_ref());
    for read in [&GENERATE_SERVICE_LAST_ACCESSED, &GET_SERVICE_LAST_ACCESSED] {
        let of_read = found.failures.iter().filter(|(of, ..)| *of == read);
        let failures = of_read.map(|(_, id, failure)| (id.clone(), failure.clone())).collect();
        account.gaps(read, failures);
    }
    if !left.is_empty() {
        let detail = format!(
            "not asked for: the limit of {} users and roles was reached (usage_identities); those whose policies \
             reach furthest were asked about first",
            account.options.usage_identities
        );
        let affects = left.iter().map(|arn| identity(arn)).collect();
        account.gap(&GET_SERVICE_LAST_ACCESSED, Failure::client(GapReason::NotRequested, detail), affects);
    }
}

/// What was found, and with whom which call failed.
#[derive(Default)]
struct Found {
    reports: Vec<Report<'static>>,
    failures: Vec<(&'static DeclaredRead, Text, Failure)>,
}

impl Found {
    async fn ask(&mut self, account: &Account<'_>, arns: &[String]) {
        let most = Duration::from_secs(account.options.usage_report_wait_seconds);
        let api = account.api;
        let mut answers = stream::iter(arns.to_vec())
            .map(|arn| async move {
                let answer = report(api, &arn, most).await;
                (arn, answer)
            })
            .buffered(CONCURRENT_REPORTS);
        while let Some((arn, answer)) = answers.next().await {
            match answer {
                Ok((report, cut)) => {
                    self.reports.push(report);
                    self.failures.extend(cut.map(|cut| (&GET_SERVICE_LAST_ACCESSED, identity(&arn), cut)));
                }
                Err((read, failure)) => self.failures.push((read, identity(&arn), failure)),
            }
        }
    }

    /// The failure that everybody's report would meet, if the only answer so far was one.
    fn hopeless(&self) -> Option<(&'static DeclaredRead, Failure)> {
        let (read, _, failure) = self.failures.first().filter(|_| self.reports.is_empty())?;
        matches!(failure.reason, GapReason::Denied | GapReason::Unsupported).then(|| (*read, failure.clone()))
    }
}

/// Where the reports are not offered nobody can do anything about it, so that it does not fail every scan there.
fn not_offered(failure: Failure) -> Failure {
    match failure.reason {
        GapReason::Unsupported => Failure {
            reason: GapReason::NotProvided,
            detail: format!("this endpoint does not offer it: {}", failure.detail),
            ..failure
        },
        _ => failure,
    }
}

/// Has AWS make the report of one user or role, and waits for it.
async fn report(
    api: &Api,
    arn: &str,
    most: Duration,
) -> Result<(Report<'static>, Option<Failure>), (&'static DeclaredRead, Failure)> {
    let generate = &GENERATE_SERVICE_LAST_ACCESSED;
    let job = generated(api, arn).await.map_err(|failure| (generate, gone(failure)))?;
    let answer = pages_of(api, &job, most).await;
    let (first, services, cut) = answer.map_err(|failure| (&GET_SERVICE_LAST_ACCESSED, gone(failure)))?;
    let report = Report {
        arn: arn.to_owned().into(),
        job_status: Some(first.job_status.as_str().to_owned().into()),
        job_type: first.job_type.map(|kind| kind.as_str().to_owned().into()),
        job_creation_date: time(&first.job_creation_date),
        job_completion_date: time(&first.job_completion_date),
        services_last_accessed: services.into_iter().map(service).collect(),
        is_truncated: cut.is_some(),
    };
    Ok((report, cut))
}

async fn generated(api: &Api, arn: &str) -> Result<String, Failure> {
    let request = api
        .iam
        .generate_service_last_accessed_details()
        .arn(arn)
        .granularity(Granularity::ActionLevel)
        .customize()
        .config_override(aws_sdk_iam::config::Builder::new().retry_classifier(UnknownOperation));
    let answer = api.call(&GENERATE_SERVICE_LAST_ACCESSED, request.send()).await?;
    let missing =
        || Failure::client(GapReason::Invalid, "the answer names no job whose report could be asked for");
    answer.job_id.filter(|id| !id.is_empty()).ok_or_else(missing)
}

/// The first page, the services of all pages, and why there are not more.
async fn pages_of(
    api: &Api,
    job: &str,
    most: Duration,
) -> Result<(Answer, Vec<Service>, Option<Failure>), Failure> {
    let mut first = completed(api, job, most).await?;
    let begin = std::mem::take(&mut first.services_last_accessed);
    let next = marker(first.is_truncated, first.marker.clone());
    let mut page = Some(Page { items: begin, next });
    let answer = pages(|from| {
        let ready = page.take();
        async move {
            if let Some(ready) = ready {
                return Ok(ready);
            }
            let request =
                api.iam.get_service_last_accessed_details().job_id(job).max_items(PAGE_SIZE).set_marker(from);
            let answer = api.call(&GET_SERVICE_LAST_ACCESSED, request.send()).await?;
            let next = marker(answer.is_truncated, answer.marker);
            Ok(Page { items: answer.services_last_accessed, next })
        }
    })
    .await?;
    let (services, cut) = answer.into_items();
    Ok((first, services, cut))
}

/// Asks for the report until it is there or the time is up.
async fn completed(api: &Api, job: &str, most: Duration) -> Result<Answer, Failure> {
    let mut waited = Duration::ZERO;
    let mut pause = FIRST_PAUSE;
    loop {
        let request = api.iam.get_service_last_accessed_details().job_id(job).max_items(PAGE_SIZE);
        let answer = api.call(&GET_SERVICE_LAST_ACCESSED, request.send()).await?;
        match &answer.job_status {
            JobStatusType::Completed => return Ok(answer),
            JobStatusType::Failed => {
                let code = answer.error.as_ref().map_or("no reason", |error| error.code.as_str());
                let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
                return Err(Failure::client(
                    GapReason::Failed,
                    format!("AWS could not make the report: {code}"),
                ));
            }
            _ if waited >= most => {
                let detail = format!("the report was not ready after {} seconds", most.as_secs());
                return Err(Failure::client(GapReason::Failed, detail));
            }
            _ => {}
        }
        let next = pause.min(most.saturating_sub(waited));
        api.before_deadline(tokio::time::sleep(next)).await?;
        waited += next;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// A user or role that was deleted in between.
fn gone(failure: Failure) -> Failure {
    if failure.is("NoSuchEntity") { Failure { reason: GapReason::Inconsistent, ..failure } } else { failure }
}

/// A service in the form of documents. Of one that was not used the actions say no more than that, and there are
/// thousands of them.
fn service(service: Service) -> ServiceLastAccessed<'static> {
    let actions = service.tracked_actions_last_accessed.filter(|_| service.last_authenticated.is_some());
    let tracked = actions.into_iter().flatten().filter_map(|action| {
        Some(TrackedActionLastAccessed {
            action_name: action.action_name?.into(),
            last_accessed_time: action.last_accessed_time.as_ref().and_then(time),
            last_accessed_region: action.last_accessed_region.map(Into::into),
        })
    });
    ServiceLastAccessed {
        service_namespace: service.service_namespace.into(),
        last_authenticated: service.last_authenticated.as_ref().and_then(time),
        last_authenticated_region: service.last_authenticated_region.map(Into::into),
        tracked_actions_last_accessed: tracked.collect(),
    }
}
