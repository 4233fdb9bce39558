//! What `census attest` and `census review answers` have in common: the estate as it is now, who attests, and the log.

use std::path::{Path, PathBuf};

use census_model::Text;
use census_owners::{AllowedSigners, Attestor, NewLine, Records, SigningError, SigningKey};
use jiff::Timestamp;

use crate::{
    attestation_log,
    cli::{AnalyzedArgs, AttestorArgs, ClockArgs, LoadedArgs, PeopleArgs, PresentArgs, RegistryArgs},
    clock,
    commands::estate::{self, Judged},
    files,
    pipeline::Voice,
    problem::{Problem, note},
    registry,
};

/// The largest private key that is read, in bytes.
const MAX_KEY_BYTES: u64 = 64 << 10;

/// Everything that an attestation needs.
pub(super) struct Attesting {
    pub(super) judged: Judged,
    pub(super) by: Text,
    /// When: now, and nothing else.
    pub(super) at: Timestamp,
    pub(super) log: PathBuf,
    signers: Option<AllowedSigners>,
    key: Option<SigningKey>,
}

impl Attesting {
    /// Reads the estate, the registries and the key.
    pub(super) fn new(present: &PresentArgs, attestor: &AttestorArgs) -> Result<Self, Problem> {
        // The log may have to be begun, so it is not read with the registries.
        let judged = estate::judged(&AnalyzedArgs {
            loaded: LoadedArgs {
                estate: present.estate.clone(),
                config: present.config.clone(),
                clock: ClockArgs { as_of: None },
            },
            registry: RegistryArgs { attestations: None, ..present.registry.clone() },
            people: PeopleArgs { redact_people: false },
        })?;
        let named = registry::named(&judged.flags, &judged.config);
        let log = named.log.map(|log| log.path().to_owned());
        let log = present.registry.attestations.clone().or(log).ok_or_else(no_log)?;
        let signers = registry::signers(named)?;
        let key = attestor.sign_with.as_deref().map(signing_key).transpose()?;
        if key.is_some() && signers.is_none() {
            return Err(Problem::usage("nothing says whose keys count, so no signature would")
                .help("name a file in OpenSSH's format as `allowed_signers` in the `[registry]` of the configuration"));
        }
        let by = attestor.by.trim().into();
        Ok(Self { judged, by, at: clock::now(), log, signers, key })
    }

    /// Says what is odd about who attests, and about when.
    pub(super) fn warn(&self, voice: Voice) {
        if voice == Voice::Quiet {
            return;
        }
        let Judged { config, records, estate, .. } = &self.judged;
        let by = &self.by;
        match Attestor::of(by, records, &config.owners, self.at) {
            Attestor::Accepted => {}
            Attestor::Unlisted => note("warning", &format!("the directory does not know `{by}`")),
            Attestor::Several(number) => {
                note("warning", &format!("{number} people or teams of the directory are called `{by}`"));
            }
            Attestor::Left(evidence) => {
                let place = evidence.source.as_deref().unwrap_or("the directory");
                note("warning", &format!("`{by}` left, {} ({place})", evidence.value));
            }
        }
        let day = |at: Timestamp| jiff::tz::Offset::UTC.to_datetime(at).date();
        if day(estate.as_of) < day(self.at) {
            let scanned = day(estate.as_of);
            note(
                "note",
                &format!(
                    "the estate is of {scanned}: what is attested today counts from the next scan on, or with \
                     --as-of {}",
                    day(self.at)
                ),
            );
        }
    }

    /// Signs a line where a key was named.
    pub(super) fn signed(&self, line: NewLine) -> Result<NewLine, Problem> {
        match (&self.key, &self.signers) {
            (Some(key), Some(signers)) => line.signed(key, signers).map_err(|why| {
                Problem::failed(format!("a line that is signed so would not count: {why}"))
                    .help("the key has to be listed for exactly the text of --by")
            }),
            _ => Ok(line),
        }
    }

    /// Appends lines that are made of what the log holds.
    pub(super) fn append(
        &self,
        lines: impl FnOnce(&Records) -> Result<String, Problem>,
    ) -> Result<(), Problem> {
        attestation_log::append(&self.log, |held| {
            let mut records = Records::default();
            let name = self.log.display().to_string();
            records.add_attestations(&name, held, self.signers.as_ref()).map_err(|error| {
                Problem::usage(error).help("nothing was written: put the attestation log right first")
            })?;
            lines(&records)
        })
    }
}

fn no_log() -> Problem {
    Problem::usage("there is no attestation log to write to").help(
        "name one with --attestations FILE, or as `attestations` in the `[registry]` of the configuration",
    )
}

fn signing_key(path: &Path) -> Result<SigningKey, Problem> {
    let bytes = files::read(path, MAX_KEY_BYTES).map_err(Problem::usage)?;
    SigningKey::parse(&bytes).map_err(|error| {
        let problem = Problem::failed(format!("cannot sign with `{}`: {error}", path.display()));
        match error {
            SigningError::Encrypted => problem.help(
                "let ssh-keygen sign: `census attest … --print >line`, then \
                 `ssh-keygen -Y sign -n census-attestation -f KEYFILE line`; docs/registry.md has the rest",
            ),
            SigningError::NoKey | SigningError::Unsupported(_) => {
                problem.help("make one with `ssh-keygen -t ed25519`")
            }
        }
    })
}
