//! `census explain`: one identity, for somebody who has ten minutes.

use census_model::{Estate, Identity, Index, Provider};
use census_privilege::aws::{
    access::{Access, Question},
    retire as aws_retire, right_size as aws_right_size,
    weight::OPERATIONS,
};
use census_reports::{
    Power, explain, explain_json, retirement, retirement_json, right_size, right_size_json,
};

use crate::{
    cli::{ExplainArgs, Globals, TextFormat},
    commands::{estate, voice},
    exit::Outcome,
    lookup, output, pipeline,
    problem::Problem,
};

pub(crate) fn run(args: &ExplainArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let (estate, analysis) = estate::analyzed(&args.analyzed)?;
    let identity = lookup::identity(&estate, &args.identity)?;
    let input = output::input(&estate, &analysis);
    let options = output::terminal_options(globals);
    let format = args.answer.format;
    let text = if args.right_size {
        let sized = aws_right_size::of(&Index::new(&estate), lookup::weighed(identity)?);
        match format {
            TextFormat::Text => Ok(right_size(&input, identity, sized.as_ref(), &options).into_bytes()),
            TextFormat::Json => right_size_json(&input, identity, sized.as_ref()),
        }
    } else if args.retire {
        let identity = lookup::weighed(identity)?;
        let owner = analysis.ownership.records.get(&identity.id);
        let plan = aws_retire::plan(&Index::new(&estate), &analysis.reaches, owner, identity);
        match format {
            TextFormat::Text => Ok(retirement(&input, identity, &plan, &options).into_bytes()),
            TextFormat::Json => retirement_json(&input, identity, &plan),
        }
    } else {
        let powers = powers(&estate, identity);
        match format {
            TextFormat::Text => Ok(explain(&input, identity, &powers, &options).into_bytes()),
            TextFormat::Json => explain_json(&input, identity, &powers),
        }
    };
    output::stdout(&text.map_err(Problem::failed)?)?;
    pipeline::warn_partial(&estate, voice(globals));
    Ok(Outcome::of_answer(&estate))
}

/// Whether the identity may call what weighs, on any resource.
fn powers<'e>(estate: &'e Estate, identity: &'e Identity) -> Vec<Power> {
    let index = Index::new(estate);
    let access = Access::new(&index);
    if identity.provider != Provider::Aws {
        return Vec::new();
    }
    let power = |operation: &census_privilege::aws::weight::Operation| {
        let question = Question::new(operation.action, "*").ok()?;
        let verdict = access.verdict(identity, &question);
        Some(Power { action: operation.action, why: operation.why, verdict })
    };
    OPERATIONS.iter().filter_map(power).collect()
}
