//! The commands, one file each.

mod analyze;
mod attest;
mod attesting;
mod can;
mod collect;
mod completions;
mod diff;
mod estate;
mod explain;
mod man;
mod owners;
mod paths;
mod permissions;
mod registry;
mod review;
mod rules;
mod scan;
mod schema;
mod simulate;
mod vaults;

use crate::{
    cli::{Cli, Command, Globals},
    exit::Outcome,
    pipeline::Voice,
    problem::Problem,
};

/// Runs the command.
pub(crate) fn run(cli: &Cli) -> Result<Outcome, Problem> {
    let globals = &cli.globals;
    match &cli.command {
        Command::Scan(args) => scan::run(args, globals),
        Command::Collect(args) => collect::run(args, globals),
        Command::Analyze(args) => analyze::run(args, globals),
        Command::Explain(args) => explain::run(args, globals),
        Command::Can(args) => can::run(args, globals),
        Command::WhoCan(args) => can::run_who(args, globals),
        Command::Paths(args) => paths::run(args, globals),
        Command::Vaults(args) => vaults::run(args, globals),
        Command::Owners(args) => owners::run(args, globals),
        Command::Attest(args) => attest::run(args, globals),
        Command::Review(args) => review::run(&args.command, globals),
        Command::Registry(args) => registry::run(args),
        Command::Rules(args) => rules::run(args, globals),
        Command::Permissions(args) => permissions::run(args),
        Command::Diff(args) => diff::run(args, globals),
        Command::Simulate(args) => simulate::run(args, globals),
        Command::Schema(args) => schema::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man => man::run(),
    }
}

fn voice(globals: &Globals) -> Voice {
    if globals.quiet { Voice::Quiet } else { Voice::Normal }
}
