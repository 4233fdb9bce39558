//! Reads a log.

use std::collections::HashSet;

use census_model::Authorship;

use super::{AllowedSigners, Line, signature};
use crate::{
    life::Attestation,
    registry::{Location, Place, Problems, RegistryError, decode, excerpt},
};

/// The longest part of the parser's message that is shown, in characters.
const MESSAGE: usize = 300;

/// Reads the lines, each once however often a merge repeated it.
///
/// # Errors
/// When the file is too large or not UTF-8, when a line is not right or was written in part only, or when the signature of
/// one does not verify; each problem with line and column.
pub(crate) fn read(
    name: &str,
    bytes: &[u8],
    signers: Option<&AllowedSigners>,
) -> Result<Vec<Attestation>, RegistryError> {
    let mut problems = Problems::new(name);
    let mut attestations = Vec::new();
    let mut seen = HashSet::new();
    let text = decode(bytes, &mut problems).unwrap_or_default();
    for (row, number) in text.split_inclusive('\n').zip(1..) {
        if problems.are_too_many() {
            break;
        }
        let Some(whole) = row.strip_suffix('\n') else {
            problems.line(number, "the last line has no end, it was written in part: complete or remove it");
            break;
        };
        if whole.trim().is_empty() {
            continue;
        }
        let Some(line) = parse(whole, number, &mut problems) else { continue };
        match authorship(&line, signers) {
            Ok(authorship) => {
                if seen.insert(line.clone()) {
                    let location = Location { file: problems.name().clone(), line: number };
                    attestations.push(attestation(line, authorship, location));
                }
            }
            Err(why) => problems.line(number, why),
        }
    }
    if problems.is_empty() { Ok(attestations) } else { Err(problems.into_error()) }
}

fn parse(text: &str, number: u64, problems: &mut Problems) -> Option<Line> {
    // The derived reader takes an array of the members too, which no other program would read so.
    if text.trim_start().starts_with('[') {
        problems.at(Place { line: number, column: 1 }, "not a JSON object: it is an array");
        return None;
    }
    match serde_json::from_str::<Line>(text) {
        Ok(line) => Some(line),
        Err(error) if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| text.starts_with(mark)) => {
            let at = Place { line: number, column: error.column() as u64 };
            problems.at(at, "a merge was left unresolved: keep the lines of both sides, remove this one");
            None
        }
        Err(error) => {
            let message = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            let message = excerpt(message.strip_suffix(&place).unwrap_or(&message), MESSAGE);
            let what = if error.is_data() { message } else { format!("not a JSON object: {message}") };
            problems.at(Place { line: number, column: error.column() as u64 }, what);
            None
        }
    }
}

/// What shows who wrote a line. One that is signed and does not verify is nobody's word.
pub(super) fn authorship(line: &Line, signers: Option<&AllowedSigners>) -> Result<Authorship, String> {
    let Some(armor) = &line.signature else { return Ok(Authorship::SelfClaimed) };
    let Some(signers) = signers else {
        return Err(
            "it is signed, and nothing says whose keys count, name the file as `allowed_signers` in \
                    the `[registry]` of the configuration"
                .to_owned(),
        );
    };
    signature::verify(line, armor, signers).map(|()| Authorship::Signed)
}

fn attestation(line: Line, authorship: Authorship, location: Location) -> Attestation {
    Attestation {
        identity: line.identity.0,
        immutable_id: line.immutable_id.map(|id| id.0),
        attests: line.attests,
        decision: line.decision,
        by: line.by.0,
        at: line.at.0,
        comment: line.comment.map(|comment| comment.0),
        ticket: line.ticket.map(|ticket| ticket.0),
        authorship,
        location,
    }
}
