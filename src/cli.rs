//! What a person types. One definition feeds the parser, `--help`, the man page and the completions.

use std::path::PathBuf;

use census_model::{Provider, Severity};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Finds every machine identity and credential in your clouds, who owns it, and what should not be as it is.
#[derive(Debug, Parser)]
#[command(
    name = "census",
    version,
    max_term_width = 100,
    after_long_help = "\
Examples:
  census scan aws                             scan the account of your current AWS credentials
  census scan aws --organization              scan every account of your organization
  census scan --from export/                  scan documents in a folder, with no credentials at all
  census owners --unowned                     what nobody owns, from the last scan
  census explain ci-deployer                  one identity: owner, credentials, trusts, findings
  census permissions aws                      the policy that a scan needs, and no more

Exit status: 0 done, 1 failed or a --check that does not hold, 2 usage or configuration, 3 done except for gaps, \
10 findings at or above --fail-on, 13 both. A scan never changes anything in your clouds."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Globals {
    /// Say more on stderr; twice for more still. Never shows headers, bodies or secrets.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Say nothing on stderr but errors: no progress, no warning of a partial result (reports and exit status say it).
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// When to use colour. `auto`: on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read, match owners, apply the rules and report.
    #[command(after_long_help = SCAN_HELP)]
    Scan(Box<ScanArgs>),
    /// Only read: write what is there to an estate file for `census analyze`.
    Collect(Box<CollectArgs>),
    /// Only what follows reading: owners, rules and reports of one or more estate files.
    Analyze(AnalyzeArgs),
    /// Show one identity: what it is, who owns it, its credentials, who may become it, what was found.
    #[command(after_help = LAST_SCAN_HELP)]
    Explain(ExplainArgs),
    /// Show who owns what, and by which evidence.
    #[command(after_help = LAST_SCAN_HELP)]
    Owners(OwnersArgs),
    /// List the rules, or show one.
    Rules(RulesArgs),
    /// Print the least-privilege policy for a scan, or try whether the current credentials suffice.
    Permissions(PermissionsArgs),
    /// Compare two scans.
    #[command(after_help = "\
OLD and NEW are report.json files of `census scan --format json`. What NEW could not read is shown as not visible, \
never as gone or resolved.")]
    Diff(DiffArgs),
    /// Print the JSON Schema of the configuration, the JSON report or the registry.
    Schema(SchemaArgs),
    /// Print shell completions.
    Completions(CompletionsArgs),
    /// Print the manual page.
    Man,
}

// Paragraphs are one line each: the terminal breaks them where it is full.
const SCAN_HELP: &str = "\
Where it reads from:
  With --from DIR it reads documents in a folder and needs neither network nor credentials: what a scan kept with \
--save-raw, or plain output of cloud tools, for example
    mkdir export
    aws iam get-account-authorization-details > export/authorization-details.json
  One file is enough, more files answer more: docs/documents.md lists them, and how to make each.
  Otherwise it calls the cloud with the credentials that the cloud's own tools would use.

What it writes:
  A table on stdout. --format json --output - writes JSON to stdout and nothing else.
  --output DIR writes one file a format, readable by you alone: report.json, population.csv, credentials.csv, \
findings.csv, owners.csv, gaps.csv, report.txt.
  It also keeps what it read for `census explain` and `census owners`.

What it could not read is a gap: listed in every report, never taken for clean, unused or unowned, and the reason \
for exit status 3.";

const LAST_SCAN_HELP: &str = "\
Without --estate and --from it looks at the last scan, with the configuration and the registries of that scan unless \
others are named.";

/// Which estate to look at.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct EstateArgs {
    /// Look at this estate file instead of the last one.
    #[arg(long, value_name = "FILE")]
    pub(crate) estate: Option<PathBuf>,

    /// Look at the documents in this folder instead of the last estate.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
}

#[derive(Debug, Args)]
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

#[derive(Debug, Args)]
pub(crate) struct RegistryArgs {
    /// A registry of owners, YAML or CSV; may be given several times. Replaces the configuration's.
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Vec<PathBuf>,
}

/// An estate, and by what to judge it.
#[derive(Debug, Args)]
pub(crate) struct AnalyzedArgs {
    #[command(flatten)]
    pub(crate) estate: EstateArgs,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) clock: ClockArgs,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SourceArgs {
    /// The clouds to scan. Default: the configuration's, or with --from those the folder holds.
    #[arg(value_name = "PROVIDER", value_parser = provider_names())]
    pub(crate) providers: Vec<String>,

    /// Read documents from this folder instead of the network.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["save_raw", "resume", "deadline"])]
    pub(crate) from: Option<PathBuf>,

    /// Keep the documents in this folder (new or empty), for a later --from or --resume.
    #[arg(long, value_name = "DIR")]
    pub(crate) save_raw: Option<PathBuf>,

    /// Continue the scan in the --save-raw folder: accounts that were done are not read again.
    #[arg(long, requires = "save_raw")]
    pub(crate) resume: bool,

    /// Stop calling after this time (90s, 10m, 1h30m); what is missing by then becomes gaps.
    #[arg(long, value_name = "TIME")]
    pub(crate) deadline: Option<String>,

    /// Also make the reads that cost a call per identity (SSH public keys).
    #[arg(long)]
    pub(crate) deep: bool,
}

/// Flattened last wherever it is: its heading goes on to the end.
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

    /// How many accounts to read at the same time.
    #[arg(long, value_name = "N")]
    pub(crate) concurrency: Option<usize>,

    /// The most requests a second, for each account.
    #[arg(long, value_name = "N")]
    pub(crate) requests_per_second: Option<u32>,
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
}

#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) clock: ClockArgs,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CollectArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// The estate file to write, or `-` for stdout.
    #[arg(short, long, value_name = "FILE|-")]
    pub(crate) output: PathBuf,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) clock: ClockArgs,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// Estate files of `census collect`; several become one.
    #[arg(required = true, value_name = "ESTATE")]
    pub(crate) estates: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) clock: ClockArgs,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The identity: a name, an ARN, a unique id, or the id of one of its keys, in any case.
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) identity: String,
    #[command(flatten)]
    pub(crate) analyzed: AnalyzedArgs,

    /// Text for people, or JSON.
    #[arg(long, value_name = "F", default_value = "text")]
    pub(crate) format: TextFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowsFormat {
    Table,
    Csv,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct OwnersArgs {
    /// Only what is unowned: every source was read, and none names an owner.
    #[arg(long)]
    pub(crate) unowned: bool,

    /// Also write a registry stub to this new file: everything unowned or only inferred, with the evidence in
    /// comments, ready to be completed and reviewed.
    #[arg(long, value_name = "FILE")]
    pub(crate) suggest: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) analyzed: AnalyzedArgs,

    /// Table for people, CSV or JSON.
    #[arg(long, value_name = "F", default_value = "table")]
    pub(crate) format: RowsFormat,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// The rule to show.
    pub(crate) id: Option<String>,

    /// Text for people, or JSON.
    #[arg(long, value_name = "F", default_value = "text")]
    pub(crate) format: TextFormat,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Without --check it prints the policy, made from the reads that this build declares, and calls nothing. It is what \
`census scan` needs with the same --organization, --role-name, --deep and configuration.
With --check it tries each read once and exits with 1 when one is denied or could not be tried.")]
pub(crate) struct PermissionsArgs {
    /// The cloud.
    #[arg(value_parser = provider_names())]
    pub(crate) provider: String,

    /// Try each read with the current credentials.
    #[arg(long, conflicts_with = "format")]
    pub(crate) check: bool,

    /// The policy itself, or a table of the reads with what is learnt from each.
    #[arg(long, value_name = "F", default_value = "policy")]
    pub(crate) format: PermissionsFormat,

    /// For a scan with --deep.
    #[arg(long)]
    pub(crate) deep: bool,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    #[command(flatten)]
    pub(crate) aws: AwsArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PermissionsFormat {
    Policy,
    Markdown,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The earlier report.
    pub(crate) old: PathBuf,
    /// The later report.
    pub(crate) new: PathBuf,

    /// Text for people, or JSON.
    #[arg(long, value_name = "F", default_value = "text")]
    pub(crate) format: TextFormat,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Of what.
    pub(crate) name: SchemaName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaName {
    /// census.toml.
    Config,
    /// report.json.
    Report,
    /// A registry in YAML.
    Registry,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

fn provider_names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(crate::providers::NAMES.iter().copied().map(Provider::as_str))
}

fn severity(text: &str) -> Result<Severity, String> {
    use Severity::{Critical, High, Info, Low, Medium};
    [Info, Low, Medium, High, Critical]
        .into_iter()
        .find(|known| known.as_str() == text)
        .ok_or_else(|| "expected info, low, medium, high or critical".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }
}
