//! Arguments of `census attest` and `census review`.

use std::path::PathBuf;

use census_model::{Attests, ReviewDecision};
use clap::{Args, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};

use super::{AnalyzedArgs, AnswerArgs, ConfigArgs, RegistryArgs, args::EstateArgs};

#[derive(Debug, Args)]
pub(crate) struct AttestArgs {
    /// The identity: a name, an ARN, a unique id, or the id of one of its keys, in any case.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) identity: String,

    #[command(flatten)]
    pub(crate) attests: AttestsArgs,

    /// What was decided.
    #[arg(long, value_name = "DECISION")]
    pub(crate) decision: Decision,

    #[command(flatten)]
    pub(crate) attestor: AttestorArgs,

    /// Why, in a line.
    #[arg(long, value_name = "TEXT")]
    pub(crate) comment: Option<String>,

    /// The ticket that follows.
    #[arg(long, value_name = "TICKET")]
    pub(crate) ticket: Option<String>,

    /// Write nothing: print what a signature has to sign, without a line break.
    #[arg(long, conflicts_with = "sign_with")]
    pub(crate) print: bool,

    #[command(flatten)]
    pub(crate) present: PresentArgs,
}

/// What is attested.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct AttestsArgs {
    /// Attest business ownership: that the business still owns it, purpose and budget.
    #[arg(long)]
    business: bool,

    /// Attest technical necessity: that it is still needed as it is.
    #[arg(long)]
    technical: bool,
}

impl AttestsArgs {
    /// Which of the two.
    pub(crate) fn attests(&self) -> Attests {
        if self.business { Attests::BusinessOwnership } else { Attests::TechnicalNecessity }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Decision {
    /// It stays as it is.
    Keep,
    /// It stays, but something about it has to change.
    Change,
    /// It goes.
    Remove,
}

impl From<Decision> for ReviewDecision {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Keep => Self::Keep,
            Decision::Change => Self::Change,
            Decision::Remove => Self::Remove,
        }
    }
}

/// Who attests.
#[derive(Debug, Args)]
pub(crate) struct AttestorArgs {
    /// Who attests: a mail address, best the one that the directory knows.
    #[arg(long, value_name = "WHO")]
    pub(crate) by: String,

    /// Sign with this private key, in OpenSSH's format and not encrypted. The configuration's `allowed_signers` has to
    /// list it for --by.
    #[arg(long, value_name = "KEYFILE")]
    pub(crate) sign_with: Option<PathBuf>,
}

/// The estate as it is now: what is attested is never as of another time.
#[derive(Debug, Args)]
pub(crate) struct PresentArgs {
    #[command(flatten)]
    pub(crate) estate: EstateArgs,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    #[command(subcommand)]
    pub(crate) command: ReviewCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReviewCommand {
    /// Open a campaign: write a sheet for each owner whose identities are due for review.
    Open(ReviewOpenArgs),
    /// Take sheets that came back: append what was decided to the attestation log.
    Answers(ReviewAnswersArgs),
    /// Show how far a campaign got. Reads its folder and the attestation log, no estate.
    Status(ReviewStatusArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
DIR gets campaign.json, a CSV file for each owner, and unowned.csv for what has no registered owner who is here. Owners \
fill in business_decision and technical_decision (keep, change or remove), comment and ticket.

Without --estate and --from it looks at the last scan.")]
pub(crate) struct ReviewOpenArgs {
    /// The folder to write to, new or empty.
    pub(crate) dir: PathBuf,

    /// Also ask for what will be due within this time, an ISO 8601 duration in days or more: P30D.
    #[arg(long, value_name = "PERIOD", conflicts_with = "all")]
    pub(crate) due_within: Option<census_model::Period>,

    /// Only what this owner answers for; may be given several times.
    #[arg(long, value_name = "WHO", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) owner: Vec<String>,

    /// Ask for both attestations of every registered identity, due or not.
    #[arg(long)]
    pub(crate) all: bool,

    #[command(flatten)]
    pub(crate) analyzed: AnalyzedArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
All sheets are taken, or none. What the same person decided alike since the campaign was opened is not written again.

Without --estate and --from it looks at the last scan.")]
pub(crate) struct ReviewAnswersArgs {
    /// Filled sheets, .csv or .xlsx.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// The folder of the campaign. Default: the folder that the sheets are in.
    #[arg(long, value_name = "DIR")]
    pub(crate) campaign: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) attestor: AttestorArgs,

    #[command(flatten)]
    pub(crate) present: PresentArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReviewStatusArgs {
    /// The folder of the campaign.
    pub(crate) dir: PathBuf,

    /// The attestation log. Replaces the configuration's.
    #[arg(long, value_name = "FILE")]
    pub(crate) attestations: Option<PathBuf>,

    /// The instant at which it is told what is overdue: a date or an RFC 3339 instant. Default: now.
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
}
