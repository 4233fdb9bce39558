//! What a person types. One definition feeds the parser, `--help`, the man page and the completions.

mod args;
mod help;
mod review;

use std::path::PathBuf;

use census_model::{LifeState, OwnerStatus};
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::args::{
    AnalyzedArgs, AnswerArgs, AwsArgs, AzureArgs, ClockArgs, CloudArgs, ConfigArgs, LoadedArgs, PeopleArgs,
    QuestionArgs, RegistryArgs, ReportArgs, SourceArgs, TextFormat,
};
pub(crate) use self::review::{
    AttestArgs, AttestorArgs, PresentArgs, ReviewAnswersArgs, ReviewArgs, ReviewCommand, ReviewOpenArgs,
    ReviewStatusArgs,
};
use self::{
    args::{one_of, provider_names},
    help::{ATTEST_HELP, CAN_HELP, LAST_SCAN_HELP, PATHS_HELP, SCAN_HELP, SIMULATE_HELP, VAULTS_HELP},
};

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
  census attest ci-deployer --business --decision keep --by ada@example.com
                                              still needed, says its owner
  census review open sheets                   a sheet for each owner of what is due for review
  census registry                             are the registries right, and do they agree?
  census can ci-deployer iam:PassRole '*'      may it, and by which statement
  census who-can kms:Decrypt arn:aws:kms:…     who may
  census paths                                who can make itself administrator, and what to cut
  census vaults                               who reads the secrets of which vault, and who could
  census explain ci-deployer                  one identity: owner, credentials, reach, paths, trusts, findings
  census permissions aws                      the policy that a scan needs, and no more
  census simulate aws --requests FILE         may this caller do that, by these policies?

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
    /// Show one identity: what it is, who owns it, its credentials, what it can do and make itself able to do, what
    /// to cut, who may become it, what was found.
    #[command(after_help = LAST_SCAN_HELP)]
    Explain(ExplainArgs),
    /// Ask whether a principal may do something, and why.
    #[command(after_help = CAN_HELP)]
    Can(CanArgs),
    /// Ask who may do something.
    #[command(after_help = LAST_SCAN_HELP)]
    WhoCan(WhoCanArgs),
    /// Show who can make itself administrator, step by step, and what to cut.
    #[command(after_help = PATHS_HELP)]
    Paths(PathsArgs),
    /// Show who may do what in which vault, and who could make itself able to.
    #[command(after_help = VAULTS_HELP)]
    Vaults(VaultsArgs),
    /// Show who owns what, and by which evidence.
    #[command(after_help = LAST_SCAN_HELP)]
    Owners(OwnersArgs),
    /// Attest that an identity is still needed, or decide that it changes or goes: append a line to the attestation log.
    #[command(after_help = ATTEST_HELP)]
    Attest(Box<AttestArgs>),
    /// Review what owners answer for: write a sheet for each, take the answers, show how far it got.
    Review(Box<ReviewArgs>),
    /// Check registries and the other configured sources of owners: what each holds, what is wrong with line and column,
    /// which entries clash. Reads no cloud and no estate.
    #[command(after_help = "\
Exit status: 0 when every file can be read and no two entries contradict each other, 1 when some do, 2 when a file is \
not right.")]
    Registry(RegistryCheckArgs),
    /// List the rules, or show one.
    Rules(RulesArgs),
    /// Print the least-privilege policy for a scan, or try whether the current credentials suffice.
    Permissions(PermissionsArgs),
    /// Decide requests by the policies written beside them: an offline policy simulator.
    #[command(after_help = SIMULATE_HELP)]
    Simulate(SimulateArgs),
    /// Compare two scans.
    #[command(after_help = "\
OLD and NEW are report.json files of `census scan --format json`. What NEW could not read is shown as not visible, \
never as gone or resolved.")]
    Diff(DiffArgs),
    /// Print the JSON Schema of the configuration, the JSON report, the registry, the attestation log or `census vaults`.
    Schema(SchemaArgs),
    /// Print shell completions.
    Completions(CompletionsArgs),
    /// Print the manual page.
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// The cloud whose policies they are.
    #[arg(value_name = "PROVIDER")]
    pub(crate) language: PolicyLanguage,

    /// The requests: JSON, one a line. `-` is stdin.
    #[arg(long, value_name = "FILE|-")]
    pub(crate) requests: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyLanguage {
    /// Amazon Web Services.
    Aws,
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
    pub(crate) clouds: CloudArgs,
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
    pub(crate) clouds: CloudArgs,
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

    /// Show the smallest policy that would have sufficed for what it was seen to use, and what it would lose, instead.
    #[arg(long)]
    pub(crate) right_size: bool,

    /// Show how to retire it instead: what depends on it, and what to disable, watch, delete and clean up, with the
    /// commands and how each is taken back. Census runs none of them.
    #[arg(long, conflicts_with = "right_size")]
    pub(crate) retire: bool,

    #[command(flatten)]
    pub(crate) analyzed: AnalyzedArgs,
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PathsArgs {
    /// Only those of this identity: a name, an ARN, a unique id, or the id of one of its keys. Also shows paths that
    /// are only possible, and why they are not more.
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) identity: Option<String>,

    /// Only those that end at or pass through this identity, account or other scope.
    #[arg(long, value_name = "TARGET", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) to: Option<String>,

    #[command(flatten)]
    pub(crate) loaded: LoadedArgs,
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct VaultsArgs {
    /// Only this vault, or only what this identity may do: the name or id of either.
    #[arg(value_name = "VAULT|IDENTITY", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) of: Option<String>,

    #[command(flatten)]
    pub(crate) analyzed: AnalyzedArgs,

    /// Text for people, CSV or JSON.
    #[arg(long, value_name = "F", default_value = "text")]
    pub(crate) format: VaultsFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VaultsFormat {
    Text,
    Csv,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct CanArgs {
    /// The principal: a name, an ARN (also of a session), a unique id, or the id of one of its keys.
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) principal: String,
    #[command(flatten)]
    pub(crate) question: QuestionArgs,
    #[command(flatten)]
    pub(crate) loaded: LoadedArgs,
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WhoCanArgs {
    #[command(flatten)]
    pub(crate) question: QuestionArgs,

    /// Also list who cannot do it, but can come to act as somebody who can, with the shortest path.
    #[arg(long)]
    pub(crate) paths: bool,

    #[command(flatten)]
    pub(crate) loaded: LoadedArgs,
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
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
    #[arg(long, conflicts_with = "status")]
    pub(crate) unowned: bool,

    /// Only what has one of these statuses.
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = one_of(OwnerStatus::ALL, OwnerStatus::as_str))]
    pub(crate) status: Vec<OwnerStatus>,

    /// Only what stands at one of these stages between registration and retirement.
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = one_of(LifeState::ALL, LifeState::as_str))]
    pub(crate) state: Vec<LifeState>,

    /// Only what this owner, steward or backup has; a part of the name is enough, and case does not count.
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,

    /// Only what is in this account or other scope, or below it: its id or name.
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Option<String>,

    /// Also write a registry stub to this new file: everything unowned or only inferred, with the evidence in
    /// comments, ready to be completed and reviewed.
    #[arg(long, value_name = "FILE", conflicts_with = "redact_people")]
    pub(crate) suggest: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) analyzed: AnalyzedArgs,

    /// Table for people, CSV or JSON.
    #[arg(long, value_name = "F", default_value = "table")]
    pub(crate) format: RowsFormat,
}

#[derive(Debug, Args)]
pub(crate) struct RegistryCheckArgs {
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// The rule to show.
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Without --check it prints the policy, made from the reads that this build declares, and calls nothing. It is what \
`census scan` needs with the same --organization, --role-name, --deep, --no-workloads, --no-resource-policies, \
--no-identity-center and configuration.
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
    pub(crate) clouds: CloudArgs,
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
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
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
    /// A line of an attestation log.
    Attestation,
    /// The JSON of `census vaults`.
    Vaults,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
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
