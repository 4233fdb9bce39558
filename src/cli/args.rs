//! Arguments that several commands share.

use std::path::PathBuf;

use census_model::{Provider, Severity};
use census_provider_azure::{Cloud, CredentialKind};
use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};

/// Which estate to look at.
#[derive(Clone, Debug, Args)]
#[group(multiple = false)]
pub(crate) struct EstateArgs {
    /// Look at this estate file instead of the last one.
    #[arg(long, value_name = "FILE")]
    pub(crate) estate: Option<PathBuf>,

    /// Look at the documents in this folder instead of the last estate.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Configuration. Default: census.toml here, else census/config.toml in your configuration directory.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ClockArgs {
    /// The instant at which ages are computed: a date or an RFC 3339 instant. Default: when the documents were
    /// collected, else now.
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct RegistryArgs {
    /// A registry of owners, YAML or CSV; may be given several times. Replaces the configuration's.
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Vec<PathBuf>,

    /// The attestation log. Replaces the configuration's.
    #[arg(long, value_name = "FILE")]
    pub(crate) attestations: Option<PathBuf>,
}

/// What is told of people.
#[derive(Debug, Args)]
pub(crate) struct PeopleArgs {
    /// Replace people's names and mail addresses by pseudonyms. They stay the same from run to run.
    #[arg(long)]
    pub(crate) redact_people: bool,
}

/// An estate, as it was read.
#[derive(Debug, Args)]
pub(crate) struct LoadedArgs {
    #[command(flatten)]
    pub(crate) estate: EstateArgs,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) clock: ClockArgs,
}

/// An estate, and by what to judge it.
#[derive(Debug, Args)]
pub(crate) struct AnalyzedArgs {
    #[command(flatten)]
    pub(crate) loaded: LoadedArgs,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    #[command(flatten)]
    pub(crate) people: PeopleArgs,
}

/// How to answer.
#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    /// Text for people, or JSON.
    #[arg(long, value_name = "F", default_value = "text")]
    pub(crate) format: TextFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    Text,
    Json,
}

/// What somebody may or may not do.
#[derive(Debug, Args)]
pub(crate) struct QuestionArgs {
    /// The action, as in `s3:GetObject` or `Microsoft.Storage/storageAccounts/listKeys/action`; `data:` before one of Azure
    /// says that it is of the data plane. In Entra ID an operation as `microsoft.directory/groups/members/update`, or a
    /// permission as `graph/Mail.Read`, with the name of another application instead of `graph` for one of its.
    pub(crate) action: String,

    /// The resource: an ARN, a pattern of ARNs, or `*` for any. In Azure a resource id, the id or name of a subscription,
    /// management group or vault, or the address of what a vault holds; in Entra ID the tenant, or the name or an id of a
    /// user, group, application or service principal.
    pub(crate) resource: String,

    /// Say that the request carries a condition key, or in Azure an attribute (`@Request[…]=VALUE`); may be given several
    /// times.
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<String>,

    /// Whose the resource is, where its ARN does not say and it is not the principal's own account's.
    #[arg(long, value_name = "ID")]
    pub(crate) resource_account: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SourceArgs {
    /// The clouds to scan. Default: the configuration's, or with --from those the folder holds.
    #[arg(value_name = "PROVIDER", value_parser = provider_names())]
    pub(crate) providers: Vec<String>,

    /// Read documents from this folder instead of the network.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["save_raw", "resume", "deadline"])]
    pub(crate) from: Option<PathBuf>,

    /// Keep the documents in this folder (new or empty), for a later --from or --resume. Log files that --cloudtrail names
    /// are not copied: name them again.
    #[arg(long, value_name = "DIR")]
    pub(crate) save_raw: Option<PathBuf>,

    /// Continue the scan in the --save-raw folder: accounts that were done are not read again.
    #[arg(long, requires = "save_raw")]
    pub(crate) resume: bool,

    /// Stop calling after this time (90s, 10m, 1h30m); what is missing by then becomes gaps.
    #[arg(long, value_name = "TIME")]
    pub(crate) deadline: Option<String>,

    /// Also read CloudTrail logs, of what was used: a file, or a folder with files at any depth (.json, .json.gz, or an
    /// export as .csv); may be given several times.
    #[arg(long, value_name = "PATH")]
    pub(crate) cloudtrail: Vec<PathBuf>,

    /// Also make the reads that cost calls per identity: SSH public keys, last used services and actions.
    #[arg(long)]
    pub(crate) deep: bool,
}

/// How the clouds are called. Flattened last wherever it is: its headings go on to the end.
#[derive(Debug, Args)]
pub(crate) struct CloudArgs {
    /// How many accounts of AWS, or requests to Azure, to read at the same time.
    #[arg(long, value_name = "N")]
    pub(crate) concurrency: Option<usize>,

    /// The most requests a second, for each account of AWS and for each tenant.
    #[arg(long, value_name = "N")]
    pub(crate) requests_per_second: Option<u32>,

    #[command(flatten)]
    pub(crate) aws: AwsArgs,

    #[command(flatten)]
    pub(crate) azure: AzureArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Microsoft Azure and Entra ID")]
pub(crate) struct AzureArgs {
    /// Scan this tenant; may be given several times. Default: the tenant of whoever signs in.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) tenant: Vec<String>,

    /// Scan only these subscriptions. Default: every one that can be seen.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) subscription: Vec<String>,

    /// Scan only subscriptions below these management groups, at any depth.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) management_group: Vec<String>,

    /// Which of Microsoft's clouds.
    #[arg(long, value_name = "CLOUD", value_parser = choice(Cloud::ALL, Cloud::as_str))]
    pub(crate) azure_cloud: Option<Cloud>,

    /// Sign in this way only; several with commas are tried in this order.
    #[arg(long, value_name = "WAY", value_delimiter = ',', value_parser = choice(CredentialKind::ALL, CredentialKind::as_arg))]
    pub(crate) sign_in: Vec<CredentialKind>,

    /// The client id of the application or user-assigned managed identity to sign in as.
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,

    /// Do not ask vaults for the properties of their keys, secrets and certificates.
    #[arg(long)]
    pub(crate) no_vault_objects: bool,

    /// Do not ask when service principals last signed in.
    #[arg(long)]
    pub(crate) no_sign_in_activity: bool,
}

/// Parses one of several values by its word.
fn choice<T: Copy + Send + Sync + 'static, const N: usize>(
    all: [T; N],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.map(word))
        .try_map(move |text| all.into_iter().find(|one| word(*one) == text).ok_or("not one of the values"))
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Amazon Web Services")]
pub(crate) struct AwsArgs {
    /// Use this profile of your AWS configuration.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Scan every account of the organization. Run it in the management account or as delegated administrator.
    #[arg(long)]
    pub(crate) organization: bool,

    /// The role to assume in each account of the organization.
    #[arg(long, value_name = "NAME")]
    pub(crate) role_name: Option<String>,

    /// The external id to assume it with.
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,

    /// Scan only these accounts of the organization.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) include_account: Vec<String>,

    /// Leave these accounts out.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) exclude_account: Vec<String>,

    /// Scan only accounts in these organizational units, at any depth.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) include_ou: Vec<String>,

    /// Leave out accounts in these organizational units.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) exclude_ou: Vec<String>,

    /// Scan only accounts with one of these tags.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) include_tag: Vec<String>,

    /// Leave out accounts with one of these tags.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) exclude_tag: Vec<String>,

    /// Do not ask functions, instances, stacks and other workloads which role they run as.
    #[arg(long)]
    pub(crate) no_workloads: bool,

    /// Do not ask buckets, keys, queues, secrets and other resources for policies of their own.
    #[arg(long)]
    pub(crate) no_resource_policies: bool,

    /// Do not ask IAM Identity Center who may use the roles that it keeps.
    #[arg(long)]
    pub(crate) no_identity_center: bool,

    /// Look for workloads and resource policies only in this region; may be given several times. Default: every region that is enabled.
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(crate) region: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// What to write: table, json, csv, or several with commas. Default: a table on stdout, json and csv in a folder.
    #[arg(long, value_name = "F", value_delimiter = ',')]
    pub(crate) format: Vec<census_reports::Format>,

    /// Where to: a folder, or `-` for stdout (one format).
    #[arg(long, value_name = "DIR|-")]
    pub(crate) output: Option<PathBuf>,

    /// Exit with 10 when there is a finding of this severity or worse: info, low, medium, high, critical.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) fail_on: Option<Severity>,

    #[command(flatten)]
    pub(crate) people: PeopleArgs,
}

/// The clouds of this build, as values of an argument.
pub(super) fn provider_names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(crate::providers::NAMES.iter().copied().map(Provider::as_str))
}

fn severity(text: &str) -> Result<Severity, String> {
    use Severity::{Critical, High, Info, Low, Medium};
    [Info, Low, Medium, High, Critical]
        .into_iter()
        .find(|known| known.as_str() == text)
        .ok_or_else(|| "expected info, low, medium, high or critical".to_owned())
}

/// Reads one of a few words as what it means.
pub(crate) fn one_of<T, const N: usize>(
    all: [T; N],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    let meaning = move |text: String| {
        all.into_iter().find(|one| word(*one) == text).ok_or_else(|| format!("`{text}` is not among them"))
    };
    PossibleValuesParser::new(all.map(word)).try_map(meaning)
}
