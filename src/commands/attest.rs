//! `census attest`: one person's word about one identity.

use census_model::Index;
use census_owners::{NewAttestation, Refusal, Wanted, may_attest};
use census_reports::visible;

use crate::{
    cli::{AttestArgs, Globals},
    commands::{attesting::Attesting, estate::Judged, voice},
    exit::Outcome,
    lookup, output,
    problem::Problem,
};

pub(crate) fn run(args: &AttestArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let attesting = Attesting::new(&args.present, &args.attestor)?;
    let Judged { estate, config, records, .. } = &attesting.judged;
    let identity = lookup::identity(estate, &args.identity)?;
    let attestation = NewAttestation {
        attests: args.attests.attests(),
        decision: args.decision.into(),
        by: attesting.by.clone(),
        at: attesting.at,
        comment: args.comment.as_deref().map(Into::into),
        ticket: args.ticket.as_deref().map(Into::into),
    };
    let line = attestation.of(identity).map_err(Problem::failed)?;
    let wanted = Wanted { identity, attests: attestation.attests, by: &attesting.by };
    let refused = may_attest(&Index::new(estate), records, &config.owners, attesting.at, &[wanted]);
    if let Some(refusal) = refused.into_iter().find_map(Result::err) {
        return Err(problem(&identity.native_id, &refusal));
    }
    attesting.warn(voice(globals));
    if args.print {
        output::stdout(line.canonical().map_err(Problem::failed)?.as_bytes())?;
        return Ok(Outcome::Done);
    }
    let line = attesting.signed(line)?;
    let text = line.to_line().map_err(Problem::failed)?;
    attesting.append(|_| Ok(text))?;
    let said = format!(
        "{} of {}: {}, by {} at {}, {}, written to {}",
        attestation.attests.as_str(),
        identity.native_id,
        attestation.decision.as_str(),
        attestation.by,
        attestation.at,
        line.authorship().as_str(),
        attesting.log.display(),
    );
    output::stdout(format!("{}\n", visible(&said)).as_bytes())?;
    Ok(Outcome::Done)
}

fn problem(identity: &str, refusal: &Refusal) -> Problem {
    let problem = Problem::failed(format!("`{identity}` cannot be attested so: {refusal}"));
    match refusal {
        Refusal::NotRegistered => problem.help(
            "register it first: an entry that names it by its ARN; `census owners --suggest FILE` writes a stub",
        ),
        Refusal::OperatesAlone => {
            problem.help("let the business owner or somebody else who answers for the budget attest it")
        }
        Refusal::Managed(_) => problem,
    }
}
