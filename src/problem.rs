//! What went wrong, in words a person can act on.

use std::fmt;

use census_reports::visible;

/// Whose fault it is; decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The world did not play along.
    Failed,
    /// The command line or the configuration is wrong.
    Usage,
}

/// A problem that ends the run.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    what: String,
    help: Option<String>,
}

impl Problem {
    /// Something could not be done.
    pub(crate) fn failed(what: impl fmt::Display) -> Self {
        Self { kind: Kind::Failed, what: what.to_string(), help: None }
    }

    /// The command line or the configuration is wrong.
    pub(crate) fn usage(what: impl fmt::Display) -> Self {
        Self { kind: Kind::Usage, what: what.to_string(), help: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = Some(help.to_string());
        self
    }

    /// What to do about it.
    #[cfg(test)]
    pub(crate) fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Whose fault it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Prints it to stderr. Texts may quote a file or an API, so nothing in them may steer the terminal.
    pub(crate) fn report(&self) {
        note("error", &self.what);
        if let Some(help) = &self.help {
            note("help", help);
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// Prints one labelled line to stderr.
#[allow(clippy::print_stderr, reason = "stderr is where problems and warnings go")]
pub(crate) fn note(label: &str, text: &str) {
    for (position, line) in text.lines().enumerate() {
        match position {
            0 => anstream::eprintln!("{label}: {}", visible(line)),
            _ => anstream::eprintln!("  {}", visible(line)),
        }
    }
}
