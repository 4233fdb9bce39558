//! `census can` and `census who-can`: questions to the policies of an estate.

mod azure;

use std::collections::BTreeSet;

use census_model::{Decision, Estate, Identity, IdentityId, Index, Path, Provider, Verdict};
use census_privilege::aws::access::{Access, Question};
use census_reports::{Asked, WhoCan, can, can_json, who_can, who_can_json};
use census_rules::Policies;

use crate::{
    cli::{CanArgs, Globals, QuestionArgs, TextFormat, WhoCanArgs},
    commands::{estate, voice},
    exit::Outcome,
    lookup, output,
    pipeline::{self, Analysis, Voice},
    problem::{Problem, note},
};

/// One principal.
pub(crate) fn run(args: &CanArgs, globals: &Globals) -> Result<Outcome, Problem> {
    if azure::is_action(&args.question.action) {
        return azure::run(args, globals);
    }
    let question = question(&args.question)?;
    doubt(&question, &args.question, voice(globals));
    let estate = estate::loaded(&args.loaded)?;
    let identity = lookup::identity(&estate, &args.principal)?;
    of(Provider::Aws, identity, &args.question.action)?;
    let index = Index::new(&estate);
    let access = Access::new(&index);
    let verdict = match session(&args.principal) {
        Some(session) => access.verdict_in_session(identity, session, &question),
        None => access.verdict(identity, &question),
    };
    answer(args, globals, &estate, identity, &verdict)
}

/// Writes one answer.
fn answer(
    args: &CanArgs,
    globals: &Globals,
    estate: &Estate,
    identity: &Identity,
    verdict: &Verdict,
) -> Result<Outcome, Problem> {
    let unjudged = Analysis::default();
    let input = output::input(estate, &unjudged);
    let asked = asked(&args.question);
    let text = match args.answer.format {
        TextFormat::Text => {
            can(&input, identity, asked, verdict, &output::terminal_options(globals)).into_bytes()
        }
        TextFormat::Json => can_json(&input, identity, asked, verdict).map_err(Problem::failed)?,
    };
    output::stdout(&text)?;
    Ok(match verdict.decision {
        Decision::Allowed => Outcome::Done,
        Decision::Denied => Outcome::Denied,
        Decision::Conditional => Outcome::Conditional,
        Decision::Unknown => Outcome::Unknown,
    })
}

/// The principals of a cloud.
fn principals(estate: &Estate, provider: Provider) -> impl Iterator<Item = &Identity> {
    estate.identities.iter().filter(move |identity| identity.provider == provider)
}

/// Refuses an action of another cloud than the identity's.
fn of(provider: Provider, identity: &Identity, action: &str) -> Result<(), Problem> {
    if identity.provider == provider {
        return Ok(());
    }
    let what =
        format!("`{action}` is an action of {provider}, and `{}` is of {}", identity.name, identity.provider);
    Err(Problem::failed(what).help(match identity.provider {
        Provider::Azure => "ask about an action as `Microsoft.Storage/storageAccounts/listKeys/action`",
        _ => "ask about an action as `s3:GetObject`",
    }))
}

/// Every principal.
pub(crate) fn run_who(args: &WhoCanArgs, globals: &Globals) -> Result<Outcome, Problem> {
    if azure::is_action(&args.question.action) {
        return azure::run_who(args, globals);
    }
    let question = question(&args.question)?;
    doubt(&question, &args.question, voice(globals));
    let estate = estate::loaded(&args.loaded)?;
    let index = Index::new(&estate);
    let policies = Policies::new(&index);
    let access = policies.access();
    let identities: Vec<_> = principals(&estate, Provider::Aws)
        .map(|identity| (identity, access.verdict(identity, &question)))
        .collect();
    let outsiders = access.outsiders(&question);
    let ways = if args.paths { ways(&policies, &estate, &identities) } else { Vec::new() };
    let who =
        WhoCan { asked: asked(&args.question), identities: &identities, outsiders: &outsiders, ways: &ways };
    answers(args, globals, &estate, &who)
}

/// Writes everybody's answers.
fn answers(
    args: &WhoCanArgs,
    globals: &Globals,
    estate: &Estate,
    who: &WhoCan<'_>,
) -> Result<Outcome, Problem> {
    let unjudged = Analysis::default();
    let input = output::input(estate, &unjudged);
    let text = match args.answer.format {
        TextFormat::Text => who_can(&input, who, &output::terminal_options(globals)).into_bytes(),
        TextFormat::Json => who_can_json(&input, who).map_err(Problem::failed)?,
    };
    output::stdout(&text)?;
    pipeline::warn_partial(estate, voice(globals));
    Ok(Outcome::of_answer(estate))
}

/// Who cannot do it and can come to act as somebody who can, each with the shortest path.
fn ways<'e>(
    policies: &Policies<'e>,
    estate: &'e Estate,
    identities: &[(&'e Identity, Verdict)],
) -> Vec<(&'e Identity, Path)> {
    let may = |verdict: &Verdict| matches!(verdict.decision, Decision::Allowed | Decision::Conditional);
    let able: BTreeSet<&IdentityId> =
        identities.iter().filter(|(_, verdict)| may(verdict)).map(|(identity, _)| &identity.id).collect();
    let mut ways = policies.ways_to(&able).of;
    // Those of other clouds as well.
    let everybody = estate.identities.iter();
    everybody
        .filter_map(|identity| {
            let path = ways.remove(&identity.id)?.into_iter().next()?;
            Some((identity, path))
        })
        .collect()
}

fn asked(args: &QuestionArgs) -> Asked<'_> {
    Asked { action: &args.action, resource: &args.resource }
}

fn question(args: &QuestionArgs) -> Result<Question, Problem> {
    let mut question = Question::new(&args.action, &args.resource).map_err(|error| {
        Problem::usage(error).help("for example `census can deploy s3:GetObject arn:aws:s3:::reports/a.csv`")
    })?;
    if let Some(account) = &args.resource_account {
        question.of_account(account).map_err(Problem::usage)?;
    }
    for (key, values) in grouped(&args.context)? {
        question.with(&key, values);
    }
    Ok(question)
}

/// Says that an action may be misspelt. AWS has new ones every week, so it is asked about all the same.
fn doubt(question: &Question, args: &QuestionArgs, voice: Voice) {
    if !question.is_known() && voice == Voice::Normal {
        note("warning", &format!("`{}` is no action of AWS that this build knows", args.action));
    }
}

/// The name of the session, where a principal is one.
fn session(principal: &str) -> Option<&str> {
    principal
        .strip_prefix("arn:")?
        .split_once(":assumed-role/")?
        .1
        .split_once('/')
        .map(|(_, session)| session)
}

/// Values by key: a key that is given twice has two values.
fn grouped(pairs: &[String]) -> Result<Vec<(String, Vec<String>)>, Problem> {
    let mut keys: Vec<(String, Vec<String>)> = Vec::new();
    for pair in pairs {
        let (key, value) = pair.split_once('=').filter(|(key, _)| key.contains(':')).ok_or_else(|| {
            Problem::usage(format!("`{pair}` is not a condition key with a value"))
                .help("as in -c aws:SourceIp=10.0.0.1; give it twice for a key with two values")
        })?;
        match keys.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
            Some((_, values)) => values.push(value.to_owned()),
            None => keys.push((key.to_owned(), vec![value.to_owned()])),
        }
    }
    Ok(keys)
}
