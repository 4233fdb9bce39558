//! API → documents.
//!
//! One file for each collection; the declaration of a read stands beside the code that makes it.

mod account;
mod account_summary;
mod authorization_details;
mod credential_report;
mod identity_center;
mod identity_providers;
mod listings;
mod organization;
mod organization_policies;
mod organization_tree;
mod regions;
mod resource_policies;
mod selection;
mod server_certificates;
mod service_last_accessed;
#[cfg(test)]
mod tests;
mod user_credentials;
mod workloads;

use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use census_model::{GapReason, Text};
use census_provider_api::{Batch, DeclaredRead, FetchContext, FetchError, Fetched, Need};
use futures::{StreamExt, stream};

use self::{
    account::{Circumstances, account_gap, account_scope},
    identity_center::IdentityCenter,
    organization::{Member, Standing},
    workloads::{LIST_AGENT_RUNTIMES, LIST_FUNCTIONS, LIST_PROJECTS, LIST_STREAMS},
};
pub(crate) use self::{
    identity_center::probe as permission_set_probe, organization::standing, organization_tree::LIST_ACCOUNTS,
};
use crate::{
    client::{
        ASSUME_ROLE, Api, Call, Caller, Cause, Connection, Entry, Failure, GET_CALLER_IDENTITY, Service,
        session_policy,
    },
    options::{AwsOptions, Extent},
};

/// Every operation that is ever called.
pub(crate) static READS: LazyLock<Vec<DeclaredRead>> =
    LazyLock::new(|| SDK_READS.iter().copied().chain(regional_calls().map(|call| call.read)).collect());

/// Those for which there is an SDK crate.
const SDK_READS: &[DeclaredRead] = &[
    GET_CALLER_IDENTITY,
    authorization_details::GET_ACCOUNT_AUTHORIZATION_DETAILS,
    credential_report::GENERATE_CREDENTIAL_REPORT,
    credential_report::GET_CREDENTIAL_REPORT,
    account_summary::GET_ACCOUNT_SUMMARY,
    user_credentials::LIST_ACCESS_KEYS,
    user_credentials::LIST_SIGNING_CERTIFICATES,
    user_credentials::LIST_SERVICE_SPECIFIC_CREDENTIALS,
    user_credentials::LIST_SSH_PUBLIC_KEYS,
    server_certificates::LIST_SERVER_CERTIFICATES,
    service_last_accessed::GENERATE_SERVICE_LAST_ACCESSED,
    service_last_accessed::GET_SERVICE_LAST_ACCESSED,
    identity_providers::LIST_OIDC_PROVIDERS,
    identity_providers::GET_OIDC_PROVIDER,
    identity_providers::LIST_SAML_PROVIDERS,
    identity_providers::GET_SAML_PROVIDER,
    organization::DESCRIBE_ORGANIZATION,
    organization_tree::LIST_ROOTS,
    organization_tree::LIST_UNITS,
    organization_tree::LIST_ACCOUNTS_FOR_PARENT,
    organization_tree::LIST_ACCOUNTS,
    organization_policies::LIST_POLICIES,
    organization_policies::DESCRIBE_POLICY,
    organization_policies::LIST_TARGETS_FOR_POLICY,
    selection::LIST_TAGS_FOR_RESOURCE,
    ASSUME_ROLE,
];

/// Whether a scan with these options makes a read.
pub(crate) fn is_needed(read: &DeclaredRead, options: &AwsOptions) -> bool {
    let organization = options.extent == Extent::Organization;
    match read.need {
        Need::Scope => true,
        Need::Deep => options.deep,
        Need::Workloads if *read == regions::DESCRIBE_REGIONS.read => {
            (options.workloads || options.resource_policies) && options.regions.is_empty()
        }
        // Listings that serve both.
        Need::Workloads
            if [LIST_AGENT_RUNTIMES, LIST_FUNCTIONS, LIST_PROJECTS, LIST_STREAMS]
                .iter()
                .any(|listing| listing.read == *read) =>
        {
            options.workloads || options.resource_policies
        }
        Need::Workloads => options.workloads,
        Need::ResourcePolicies => options.resource_policies,
        Need::IdentityCenter => options.identity_center,
        Need::Organization if *read == selection::LIST_TAGS_FOR_RESOURCE => {
            organization && options.asks_for_tags()
        }
        Need::Organization | Need::Enter => organization,
    }
}

/// Reads the caller's account, or the accounts of its organization.
///
/// # Errors
/// When nothing can be read at all, or documents cannot be kept.
pub(crate) async fn fetch(options: &AwsOptions, context: FetchContext<'_>) -> Result<Fetched, FetchError> {
    context.progress.step("aws: credentials");
    let mut connection = Connection::open(options, context.deadline).await?;
    let caller = connection.caller().await?;
    context.collector.caller(&caller.arn);
    // What is known of the organization belongs to no account and is asked for in every run.
    context.collector.forget(|gap| gap.read.starts_with("organizations:"));
    let scan = Scan { options, context, connection, caller };
    match options.extent {
        Extent::Account => scan.account().await?,
        Extent::Organization => scan.organization().await?,
    }
    Ok(Fetched { requests: scan.connection.requests() })
}

struct Scan<'a> {
    options: &'a AwsOptions,
    context: FetchContext<'a>,
    connection: Connection,
    caller: Caller,
}

impl Scan<'_> {
    async fn account(&self) -> Result<(), FetchError> {
        let collector = self.context.collector;
        collector.target(account_scope(&self.caller.account).as_str());
        self.context.progress.scopes(0, 1);
        let api = self.connection.api();
        let (batch, standing) = organization::membership(&api, &self.caller).await;
        self.commit(batch)?;
        let center = self.center(&api, standing);
        if !collector.is_done(&self.caller.account) {
            let batch = account::read(&api, &self.caller.account, self.circumstances(&center)).await;
            self.commit(batch)?;
        }
        self.context.progress.scopes(1, 1);
        Ok(())
    }

    async fn organization(&self) -> Result<(), FetchError> {
        let api = self.connection.api();
        self.context.progress.step("aws: organization");
        let organization = organization::read(&api, &self.caller).await;
        self.connection.refusal()?;
        let mut organization = organization?;
        let members = selection::choose(&api, self.options, &mut organization).await?;
        if let Some(scope) = organization.scope() {
            self.context.collector.target(scope.as_str());
        }
        let center = self.center(&api, organization.standing(&self.caller));
        self.commit(organization.into_batch(&self.caller))?;

        let done = AtomicUsize::new(0);
        let total = members.len();
        self.context.progress.scopes(0, total);
        let (api, center, done) = (&api, &center, &done);
        let mut accounts = stream::iter(members)
            .map(|member| async move {
                let read = self.member(api, center, &member).await;
                self.context.progress.scopes(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                read
            })
            .buffer_unordered(self.options.concurrency);
        while let Some(read) = accounts.next().await {
            read?;
        }
        Ok(())
    }

    async fn member(&self, api: &Api, center: &IdentityCenter, member: &Member) -> Result<(), FetchError> {
        let (collector, id) = (self.context.collector, member.id.as_str());
        collector.target(account_scope(id).as_str());
        if collector.is_done(id) {
            return Ok(());
        }
        if !member.active {
            let detail = "the account is suspended or closed, and cannot be entered".to_owned();
            let gap = account_gap(id, &ASSUME_ROLE.name(), GapReason::NotRequested, detail, Vec::new());
            return self.commit(Batch { gaps: vec![gap], ..Batch::default() });
        }
        let batch = if id == self.caller.account {
            account::read(api, id, self.circumstances(center)).await
        } else {
            self.context.progress.step(&format!("aws {id}: entering"));
            match self.connection.enter(api, entry(self.options, &self.caller, id)).await {
                Ok(entered) => account::read(&entered, id, self.circumstances(center)).await,
                Err(failure) => not_entered(id, failure),
            }
        };
        self.commit(batch)
    }

    /// IAM Identity Center, as the caller sees it.
    fn center(&self, api: &Api, standing: Standing) -> IdentityCenter {
        IdentityCenter::new(api.clone(), &self.caller, standing, self.options.deep)
    }

    /// What is the same for every account.
    fn circumstances<'c>(&'c self, center: &'c IdentityCenter) -> Circumstances<'c> {
        Circumstances {
            options: self.options,
            progress: self.context.progress,
            partition: self.caller.partition,
            home: self.connection.home(),
            center,
        }
    }

    fn commit(&self, batch: Batch) -> Result<(), FetchError> {
        // A refused host is a matter of configuration: nothing that it caused is kept as a gap of an account.
        self.connection.refusal()?;
        Ok(self.context.collector.commit(batch)?)
    }
}

/// Every call that is made region by region.
pub(crate) fn regional_calls() -> impl Iterator<Item = &'static Call> {
    let calls = workloads::CALLS.iter().chain(resource_policies::CALLS).copied();
    calls.chain(identity_center::CALLS.iter().copied()).chain([&regions::DESCRIBE_REGIONS])
}

/// Every service without an SDK crate that is asked.
pub(crate) fn services() -> impl Iterator<Item = &'static Service> {
    workloads::SERVICES.iter().chain(resource_policies::SERVICES).chain(identity_center::SERVICES).copied()
}

/// Whether a read is made in each account, as what was entered. The others are made by the caller.
pub(crate) fn is_of_account(read: &DeclaredRead) -> bool {
    !matches!(read.need, Need::IdentityCenter) && !matches!(read.service, "sts" | "organizations")
}

/// How an account is entered with these options.
pub(crate) fn entry(options: &AwsOptions, caller: &Caller, account: &str) -> Entry {
    let reads = READS.iter().filter(|read| is_of_account(read) && is_needed(read, options));
    Entry {
        account: account.to_owned(),
        role_arn: format!("arn:{}:iam::{account}:role/{}", caller.partition.as_str(), options.role_name),
        external_id: options.external_id.clone(),
        session_policy: session_policy(reads),
    }
}

/// An account that could not be entered. It is not done: the role may be there the next time.
fn not_entered(account: &str, failure: Failure) -> Batch {
    let detail = match failure.cause {
        Cause::Deadline => failure.detail,
        _ => format!("the account could not be entered: {}", failure.detail),
    };
    let gap = account_gap(account, &ASSUME_ROLE.name(), failure.reason, detail, Vec::<Text>::new());
    Batch { gaps: vec![gap], ..Batch::default() }
}
