//! `census collect`: fetch and read, nothing else.

use crate::{
    cli::{CollectArgs, Globals, RegistryArgs},
    commands::voice,
    exit::Outcome,
    files, output, pipeline, plan,
    problem::Problem,
    registry,
    state::{self, JudgedBy},
};

pub(crate) fn run(args: &CollectArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let (plan, config) = plan::source(&args.source, &args.clouds, &args.config, &args.clock)?;
    // What can be wrong on this side is found before the first call.
    let to_stdout = args.output.as_os_str() == "-";
    if !to_stdout {
        files::may_become_a_file(&args.output)?;
    }
    let estate = pipeline::collect(&plan, &config, voice(globals))?;
    let judged_by = JudgedBy::new(&config, registry::named(&RegistryArgs::default(), &config));
    state::keep_last(&config, &estate, &judged_by, voice(globals));
    let bytes = state::to_file(&estate)?;
    if to_stdout {
        output::stdout(&bytes)?;
    } else {
        files::write(&args.output, &bytes)?;
    }
    pipeline::warn_partial(&estate, voice(globals));
    Ok(Outcome::of_answer(&estate))
}
