//! What a person types. One definition feeds the parser, `--help`, the man page and the completions.

mod args;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use self::args::provider_names;
pub(crate) use self::args::{
    AnalyzedArgs, AwsArgs, ClockArgs, ConfigArgs, QuestionArgs, RegistryArgs, ReportArgs, SourceArgs,
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
  census can ci-deployer iam:PassRole '*'      may it, and by which statement
  census who-can kms:Decrypt arn:aws:kms:…     who may
  census explain ci-deployer                  one identity: owner, credentials, trusts, findings
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
    /// Show one identity: what it is, who owns it, its credentials, who may become it, what was found.
    #[command(after_help = LAST_SCAN_HELP)]
    Explain(ExplainArgs),
    /// Ask whether a principal may do something, and why.
    #[command(after_help = CAN_HELP)]
    Can(CanArgs),
    /// Ask who may do something.
    #[command(after_help = LAST_SCAN_HELP)]
    WhoCan(WhoCanArgs),
    /// Show who owns what, and by which evidence.
    #[command(after_help = LAST_SCAN_HELP)]
    Owners(OwnersArgs),
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

const CAN_HELP: &str = "\
What is not known of the request is open: an answer that depends on it is `conditional`, unless -c says it.

Exit status: 0 allowed, 4 denied, 5 conditional, 6 unknown, because what was not read decides.

Without --estate and --from it looks at the last scan.";

const SIMULATE_HELP: &str = "\
A line is a JSON object with `principal`, `action`, `resource` and the policies that apply; nothing else is asked or \
read. An answer is a line on stdout: `decision`, what denied it, and the statements that decide. docs/simulate.md has \
the format.
Exit status: 1 when a line could not be answered (its answer says why), whatever the decisions otherwise 0.";

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

#[derive(Debug, Args)]
pub(crate) struct CanArgs {
    /// The principal: a name, an ARN (also of a session), a unique id, or the id of one of its keys.
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) principal: String,
    #[command(flatten)]
    pub(crate) question: QuestionArgs,
    #[command(flatten)]
    pub(crate) analyzed: AnalyzedArgs,

    /// Text for people, or JSON.
    #[arg(long, value_name = "F", default_value = "text")]
    pub(crate) format: TextFormat,
}

#[derive(Debug, Args)]
pub(crate) struct WhoCanArgs {
    #[command(flatten)]
    pub(crate) question: QuestionArgs,
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }
}
