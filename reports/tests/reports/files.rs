//! The files of a format, in memory.

use std::convert::Infallible;

use census_reports::{Format, Input, Options, render};

/// Each by its name.
pub(crate) fn files(format: Format, input: &Input<'_>) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = Vec::new();
    let Ok(()) = render(format, input, &Options::default(), |name, write| {
        let mut bytes = Vec::new();
        write(&mut bytes).unwrap();
        files.push((name, bytes));
        Ok::<(), Infallible>(())
    });
    files
}
