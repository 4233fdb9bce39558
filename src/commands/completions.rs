//! `census completions`: from the same definition as the parser.

use clap::CommandFactory;

use crate::{
    cli::{Cli, CompletionsArgs},
    exit::Outcome,
    output,
    problem::Problem,
};

pub(crate) fn run(args: &CompletionsArgs) -> Result<Outcome, Problem> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "census", &mut script);
    output::stdout(&script)?;
    Ok(Outcome::Done)
}
