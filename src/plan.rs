//! From what was typed and configured to what the program needs.

use std::{path::PathBuf, time::Duration};

use census_model::Provider;
use census_provider_aws::{AwsOptions, Extent};
use census_provider_azure::AzureOptions;
use jiff::Timestamp;

use crate::{
    cli::{AwsArgs, AzureArgs, ClockArgs, CloudArgs, ConfigArgs, SourceArgs},
    clock,
    config::Config,
    problem::Problem,
    providers,
};

/// Where the documents come from.
#[derive(Debug)]
pub(crate) enum Origin {
    /// A folder.
    Folder(PathBuf),
    /// The clouds.
    Network {
        /// Where to keep the documents.
        save: Option<Save>,
        /// How long calls may be made.
        deadline: Option<Duration>,
    },
}

/// Keeping documents.
#[derive(Debug)]
pub(crate) enum Save {
    /// In a new or empty folder.
    Fresh(PathBuf),
    /// In a folder that an earlier run began.
    Resume(PathBuf),
}

/// What to read, and when it is.
#[derive(Debug)]
pub(crate) struct SourcePlan {
    /// From where.
    pub(crate) origin: Origin,
    /// Which clouds; empty with a folder: those it holds.
    pub(crate) providers: Vec<Provider>,
    /// Logs beside the documents.
    pub(crate) logs: Vec<PathBuf>,
    /// The clock, where a person set it.
    pub(crate) as_of: Option<Timestamp>,
}

/// The configuration with the flags' overrides, and what to read.
pub(crate) fn source(
    args: &SourceArgs,
    clouds: &CloudArgs,
    config_args: &ConfigArgs,
    clock_args: &ClockArgs,
) -> Result<(SourcePlan, Config), Problem> {
    let mut config = Config::load(config_args.config.as_deref())?;
    override_clouds(&mut config, clouds, args.deep);
    let names = if args.providers.is_empty() && args.from.is_none() {
        &config.scan.providers
    } else {
        &args.providers
    };
    let providers = names.iter().map(|name| provider(name)).collect::<Result<Vec<_>, _>>()?;
    let origin = match &args.from {
        Some(dir) => Origin::Folder(dir.clone()),
        None if providers.is_empty() => {
            return Err(Problem::usage("nothing to scan: no cloud is named")
                .help("name one, as in `census scan aws`, or read a folder of documents with --from DIR"));
        }
        None => Origin::Network {
            save: args
                .save_raw
                .clone()
                .map(|dir| if args.resume { Save::Resume(dir) } else { Save::Fresh(dir) }),
            deadline: args.deadline.as_deref().map(clock::parse_duration).transpose()?,
        },
    };
    let plan = SourcePlan { origin, providers, logs: args.cloudtrail.clone(), as_of: as_of(clock_args)? };
    Ok((plan, config))
}

/// The clock, where a person set it.
pub(crate) fn as_of(args: &ClockArgs) -> Result<Option<Timestamp>, Problem> {
    args.as_of.as_deref().map(clock::parse_as_of).transpose()
}

/// A provider of this build by name.
pub(crate) fn provider(name: &str) -> Result<Provider, Problem> {
    providers::NAMES.iter().copied().find(|known| known.as_str() == name).ok_or_else(|| {
        let known: Vec<&str> = providers::NAMES.iter().copied().map(Provider::as_str).collect();
        Problem::usage(format!("`{name}` is not a cloud that this build can scan"))
            .help(format!("it can scan: {}", known.join(", ")))
    })
}

/// Flags over the configuration.
pub(crate) fn override_clouds(config: &mut Config, args: &CloudArgs, deep: bool) {
    override_aws(&mut config.aws, &args.aws);
    override_azure(&mut config.azure, &args.azure);
    for (concurrency, requests_per_second) in [
        (&mut config.aws.concurrency, &mut config.aws.requests_per_second),
        (&mut config.azure.concurrency, &mut config.azure.requests_per_second),
    ] {
        set(concurrency, &args.concurrency);
        set(requests_per_second, &args.requests_per_second);
    }
    config.aws.deep |= deep;
    config.azure.deep |= deep;
}

fn set<T: Clone>(target: &mut T, flag: &Option<T>) {
    if let Some(value) = flag {
        *target = value.clone();
    }
}

fn set_list<T: Clone>(target: &mut Vec<T>, flag: &[T]) {
    if !flag.is_empty() {
        *target = flag.to_vec();
    }
}

fn override_azure(options: &mut AzureOptions, args: &AzureArgs) {
    set_list(&mut options.tenants, &args.tenant);
    set_list(&mut options.subscriptions, &args.subscription);
    set_list(&mut options.management_groups, &args.management_group);
    set_list(&mut options.credentials, &args.sign_in);
    set(&mut options.cloud, &args.azure_cloud);
    if args.client_id.is_some() {
        options.client_id.clone_from(&args.client_id);
    }
    options.key_vaults &= !args.no_vault_objects;
    options.sign_ins &= !args.no_sign_in_activity;
}

fn override_aws(options: &mut AwsOptions, args: &AwsArgs) {
    if args.profile.is_some() {
        options.profile.clone_from(&args.profile);
    }
    if args.external_id.is_some() {
        options.external_id.clone_from(&args.external_id);
    }
    if args.organization {
        options.extent = Extent::Organization;
    }
    set(&mut options.role_name, &args.role_name);
    set_list(&mut options.include_accounts, &args.include_account);
    set_list(&mut options.exclude_accounts, &args.exclude_account);
    set_list(&mut options.include_ous, &args.include_ou);
    set_list(&mut options.exclude_ous, &args.exclude_ou);
    set_list(&mut options.include_tags, &args.include_tag);
    set_list(&mut options.exclude_tags, &args.exclude_tag);
    set_list(&mut options.regions, &args.region);
    options.workloads &= !args.no_workloads;
    options.resource_policies &= !args.no_resource_policies;
    options.identity_center &= !args.no_identity_center;
}
