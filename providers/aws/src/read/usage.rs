//! When users and roles last used services and their actions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use census_model::{
    EstateBuilder, Gap, GapReason, IdentityKind, LastUse, Observed, OtherActions, Provider, ServiceUse, Text,
    Usage, UsageKind, UsageSource,
};
use census_privilege::aws::usage::spelt;
use census_provider_api::ReadError;
use jiff::Timestamp;

use super::{
    account::{Account, identity_id},
    arn::Arn,
    files::{Bytes, Files, items},
    gaps::{Noted, Presence, Unfetched},
    roles::LOOK_BACK,
};
use crate::documents::{AccountFile, ServiceLastAccessed, ServiceLastAccessedReport as Report, Time};

/// The read that stands for the file in gaps.
pub(super) const READ: &str = "iam:GetServiceLastAccessedDetails";

/// An account without the file has one gap, which stands for everybody in it.
const ABSENCE: Unfetched = Unfetched {
    live: "when users and roles last used services costs some calls for each of them, and is read with --deep only",
    folder: "the folder does not hold `service-last-accessed.json`, with the services that users and roles last used",
};

/// Refuses a report about what is neither a user nor a role: groups and policies have some too.
///
/// # Errors
/// Names the entry.
pub(super) fn check(files: &Files<'_>, bytes: &Bytes<'_>) -> Result<(), ReadError> {
    for (position, report) in items(&files.last_accessed) {
        let kind = Arn::parse(&report.arn).map(|arn| arn.resource.split('/').next().unwrap_or_default());
        if !matches!(kind, Some("user" | "role")) {
            return Err(ReadError::Document {
                document: bytes.path(AccountFile::ServiceLastAccessed),
                place: format!("[{position}].Arn"),
                problem: format!("`{}` is not the ARN of an IAM user or role", report.arn),
            });
        }
    }
    Ok(())
}

/// Adds what the file tells.
pub(super) fn read(account: &Account<'_>, files: &Files<'_>, noted: &Noted, estate: &mut EstateBuilder) {
    let presence = Presence::of_list(&files.last_accessed);
    noted.coverage_unfetched(&account.scope, AccountFile::ServiceLastAccessed, presence, &ABSENCE, estate);
    let known: HashMap<Text, (Option<Timestamp>, bool)> = estate
        .identities()
        .iter()
        .filter(|one| one.scope == account.scope && one.kind != IdentityKind::AwsRootUser)
        .map(|one| (one.native_id.clone(), (one.created, one.managed_by.is_some())))
        .collect();
    let mut missing = Missing::default();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (_, report) in items(&files.last_accessed) {
        told.insert(&report.arn);
        let Some((created, _)) = known.get(report.arn.as_str()) else {
            missing.note(GapReason::Inconsistent, &report.arn);
            continue;
        };
        match report.job_status.as_deref() {
            None | Some("COMPLETED") => {
                if report.is_truncated {
                    missing.note(GapReason::Truncated, &report.arn);
                }
                estate.usage(usage(account, report, *created));
            }
            Some(_) => missing.note(GapReason::Failed, &report.arn),
        }
    }
    // A folder without any report asked nobody; a live scan mostly says itself whom it did not ask.
    if !told.is_empty() {
        let gaps: Vec<&Gap> =
            noted.at(Some(&account.scope), AccountFile::ServiceLastAccessed.reads()).collect();
        let is_said = |arn: &str| gaps.iter().any(|gap| gap.concerns(arn) || gap.concerns(&Account::id(arn)));
        let untold = known.iter().filter(|(arn, (_, managed))| !managed && !told.contains(&***arn));
        untold
            .filter(|(arn, _)| !is_said(arn))
            .for_each(|(arn, _)| missing.note(GapReason::NotProvided, arn));
    }
    missing.report(account, estate);
}

/// Whom a report is missing of, by why.
#[derive(Default)]
struct Missing(BTreeMap<GapReason, Vec<Text>>);

impl Missing {
    fn note(&mut self, reason: GapReason, arn: &str) {
        self.0.entry(reason).or_default().push(Account::id(arn).into());
    }

    fn report(self, account: &Account<'_>, estate: &mut EstateBuilder) {
        for (reason, affects) in self.0 {
            let detail = match reason {
                GapReason::Inconsistent => "the document is about users or roles that are not in the account",
                GapReason::Truncated => "the document says that services are missing",
                GapReason::NotProvided => "the document holds no report about these",
                _ => "AWS did not complete the report",
            };
            estate.gap(Gap::new(Provider::Aws, Some(account.scope.clone()), READ, reason, detail, affects));
        }
    }
}

/// What a report says. The tracking period of IAM is at least 400 days, and ends with the report.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html>
fn usage(account: &Account<'_>, report: &Report<'_>, created: Option<Timestamp>) -> Usage {
    let made = report.job_completion_date.or(report.job_creation_date).map_or(account.clock, |at| at.0);
    let began = made.checked_sub(LOOK_BACK).unwrap_or(Timestamp::UNIX_EPOCH);
    let from = created.map_or(began, |created| created.max(began).min(made));
    let lists_actions =
        report.services_last_accessed.iter().any(|one| !one.tracked_actions_last_accessed.is_empty());
    let kind = match report.job_type.as_deref() {
        Some("ACTION_LEVEL") => UsageKind::Actions,
        _ if lists_actions => UsageKind::Actions,
        _ => UsageKind::Services,
    };
    let mut services: BTreeMap<Text, ServiceUse> = BTreeMap::new();
    for one in &report.services_last_accessed {
        let name: Text = one.service_namespace.to_ascii_lowercase().into();
        let told = service(&name, one, from);
        match services.get_mut(&name) {
            Some(known) => known.join(told),
            None => drop(services.insert(name, told)),
        }
    }
    Usage {
        identity: identity_id(&report.arn),
        sources: vec![UsageSource { kind, from, to: made }],
        services,
    }
}

/// A service of a report. It lists the actions that IAM tracks; others may have been used whenever the service was.
fn service(name: &str, report: &ServiceLastAccessed<'_>, from: Timestamp) -> ServiceUse {
    let last_used = last_use(report.last_authenticated, report.last_authenticated_region.as_deref(), from);
    if last_used.known().is_none() {
        return ServiceUse::whole(last_used);
    }
    let tracked = report.tracked_actions_last_accessed.iter().map(|action| {
        let seen = last_use(action.last_accessed_time, action.last_accessed_region.as_deref(), from);
        (Text::from(spelt(name, &action.action_name)), seen)
    });
    ServiceUse { last_used, actions: tracked.collect(), others: OtherActions::Untracked }
}

fn last_use(at: Option<Time>, region: Option<&str>, from: Timestamp) -> Observed<LastUse> {
    match at {
        Some(at) => Observed::Known(LastUse { at: at.0, service: None, region: region.map(Text::from) }),
        None => Observed::NotSince(from),
    }
}
