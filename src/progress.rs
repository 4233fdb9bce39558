//! A line on stderr that says what is going on, for people who wait.

use std::{io::IsTerminal, time::Duration};

use census_provider_api::Progress;
use census_reports::visible;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long a scan may take before it shows progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// Progress on a terminal; nothing at all elsewhere or with `--quiet`.
pub(crate) struct TerminalProgress {
    bar: ProgressBar,
}

impl TerminalProgress {
    /// Shows itself after a second, if stderr is a terminal.
    pub(crate) fn start() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {prefix}{wide_msg}") {
            bar.set_style(style);
        }
        if std::io::stderr().is_terminal() {
            let shown = bar.clone();
            std::thread::spawn(move || {
                std::thread::sleep(PATIENCE);
                if !shown.is_finished() {
                    shown.set_draw_target(ProgressDrawTarget::stderr());
                    shown.enable_steady_tick(Duration::from_millis(120));
                }
            });
        }
        Self { bar }
    }
}

impl Progress for TerminalProgress {
    fn step(&self, what: &str) {
        self.bar.set_message(visible(what).into_owned());
    }

    fn scopes(&self, done: usize, total: usize) {
        self.bar.set_prefix(format!("{done}/{total} "));
    }
}

impl Drop for TerminalProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
