//! Diagnostics on stderr with `-v`.
//!
//! Only our own crates may speak. The SDKs and the HTTP stack log requests with their headers and bodies at `debug`
//! and `trace`; no flag and no environment variable (`RUST_LOG` included) can switch those on here.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// Our crates' names begin with this.
const OURS: &str = "census";

/// Sets up diagnostics: 0 warnings, 1 what is done, 2 and more how.
pub(crate) fn init(verbose: u8) {
    let level = match verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false).without_time();
    // The first subscriber wins; in tests there may be one already.
    let _ =
        tracing_subscriber::registry().with(Targets::new().with_target(OURS, level)).with(layer).try_init();
}
