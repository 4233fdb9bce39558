//! Usage from a company's CloudTrail logs: who called what, what the log shows that nobody called, and who made whom.

mod action;
mod event;
mod files;
mod log;
#[cfg(test)]
mod tests;

use census_model::{EstateBuilder, Gap, GapReason, Provider, ScopeId};
use census_provider_api::{DocumentStore, ReadError};

use self::log::Log;
use crate::documents::log_of;

/// The read that stands for logs in gaps.
const READ: &str = "cloudtrail:LookupEvents";

/// Adds what the logs among the documents tell of the identities that are in the estate.
///
/// A log that cannot be read to its end is a gap, and what the logs do not hold says nothing then.
///
/// # Errors
/// When a file is there but the operating system does not give it.
pub(super) fn read(documents: &dyn DocumentStore, estate: &mut EstateBuilder) -> Result<(), ReadError> {
    let paths: Vec<_> = documents.paths().iter().filter_map(|path| Some((path, log_of(path)?))).collect();
    if paths.is_empty() {
        return Ok(());
    }
    let mut log = Log::of(estate.identities());
    let mut gaps = Vec::new();
    for (path, account) in paths {
        let Some(reader) = documents.open(path)? else { continue };
        if let Err(problem) = files::read(path.as_str(), reader, &mut |event| log.take(event)) {
            let scope = account.map(|account| ScopeId::new(format!("aws:account/{account}")));
            let detail = format!("{path}: {problem}");
            let affects = vec![path.as_str().into()];
            gaps.push(Gap::new(Provider::Aws, scope, READ, GapReason::Invalid, detail, affects));
            log.is_cut();
        }
    }
    log.creations().into_iter().for_each(|creation| estate.creation(creation));
    let usage = log.finish();
    gaps.into_iter().for_each(|gap| drop(estate.gap(gap)));
    usage.into_iter().for_each(|usage| estate.usage(usage));
    Ok(())
}
