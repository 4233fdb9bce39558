//! What every provider must hold to, checked from outside. Each function returns the violations in words, so that a
//! test asserts that there are none.

use std::collections::BTreeSet;

use census_model::{Estate, EstateBuilder, GapReason};
use jiff::Timestamp;

use crate::{document::DocPath, guard::Need, provider::Provider, store::DocumentStore};

/// Verbs of operations that change nothing. Anything else needs [`Need::Enter`].
const READING_VERBS: &[&str] =
    &["Get", "BatchGet", "List", "Describe", "Search", "Query", "Lookup", "Simulate"];

/// Operations that read in spite of their verb: starting a report changes nothing but the report.
const READING_OPERATIONS: &[&str] = &["GenerateCredentialReport", "GenerateServiceLastAccessedDetails"];

/// The declared reads: each once, with a reason, by a verb that reads, and the published policy holds their
/// permissions.
pub fn declared_reads(provider: &dyn Provider) -> Vec<String> {
    let mut violations = Vec::new();
    let mut seen = BTreeSet::new();
    let policy = provider.permissions_policy();
    for read in provider.reads() {
        let name = format!("{}:{}", read.service, read.operation);
        if !seen.insert(name.clone()) {
            violations.push(format!("{name} is declared twice"));
        }
        if read.why.is_empty() {
            violations.push(format!("{name} does not say what is learnt from it"));
        }
        let reads = READING_VERBS.iter().any(|verb| read.operation.starts_with(verb))
            || READING_OPERATIONS.contains(&read.operation);
        if !reads && read.need != Need::Enter {
            violations.push(format!("{name} is not an operation that only reads"));
        }
        for permission in read.permissions {
            if !policy.contains(&format!("\"{permission}\"")) {
                violations.push(format!("the policy lacks {permission}, which {name} needs"));
            }
        }
    }
    violations
}

/// Reading: twice the same, every gap but `not-requested` names a declared read (what is left out on purpose may be
/// a read that this build never makes), every identity has a scope that is in the tree, and
/// the estate file reads back as the same estate.
pub fn reading(provider: &dyn Provider, documents: &dyn DocumentStore) -> Vec<String> {
    let (first, second) = match (estate(provider, documents), estate(provider, documents)) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(error), _) | (_, Err(error)) => return vec![error],
    };
    let mut violations = Vec::new();
    if first != second {
        violations.push("two readings of the same documents differ".to_owned());
    }
    let declared: BTreeSet<String> = provider.reads().iter().map(crate::DeclaredRead::name).collect();
    for gap in &first.gaps {
        if gap.reason != GapReason::NotRequested && !declared.contains(&*gap.read) {
            violations.push(format!("gap {} is about `{}`, which is no declared read", gap.id, gap.read));
        }
    }
    for identity in &first.identities {
        if !first.scopes.contains_key(&identity.scope) {
            violations.push(format!("{} lives in {}, which is not in the tree", identity.id, identity.scope));
        }
    }
    match serde_json::to_vec(&first).map(|bytes| Estate::from_json(&bytes)) {
        Ok(Ok(back)) if back == first => {}
        _ => violations.push("the estate file does not read back as the same estate".to_owned()),
    }
    violations
}

/// Paths: a provider owns its documents, and none of a folder that is not its.
pub fn paths(provider: &dyn Provider, own: &[&str], others: &[&str]) -> Vec<String> {
    let owns = |path: &&str| DocPath::new(path.to_owned()).is_ok_and(|path| provider.owns(&path));
    let missed = own.iter().filter(|path| !owns(path)).map(|path| format!("does not own {path}"));
    let taken = others.iter().filter(|path| owns(path)).map(|path| format!("owns {path}"));
    missed.chain(taken).collect()
}

fn estate(provider: &dyn Provider, documents: &dyn DocumentStore) -> Result<Estate, String> {
    let mut estate = EstateBuilder::new();
    provider.read(documents, &mut estate).map_err(|e| e.to_string())?;
    let clock = documents.manifest().map_or(Timestamp::UNIX_EPOCH, |manifest| manifest.collected_at);
    Ok(estate.finish(clock, clock, clock))
}
