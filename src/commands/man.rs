//! `census man`: from the same definition as the parser.

use clap::CommandFactory;

use crate::{cli::Cli, exit::Outcome, output, problem::Problem};

/// One page for the command and all of its subcommands.
pub(crate) fn run() -> Result<Outcome, Problem> {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    let render = |command: &clap::Command, page: &mut Vec<u8>| {
        clap_mangen::Man::new(command.clone()).render(page).map_err(Problem::failed)
    };
    render(&command, &mut page)?;
    for subcommand in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        render(&subcommand.clone().display_name(format!("census {}", subcommand.get_name())), &mut page)?;
    }
    output::stdout(&page)?;
    Ok(Outcome::Done)
}
