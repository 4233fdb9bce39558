//! Documents → nouns. Pure: the same documents give the same estate, whether a fetch left them in memory a moment ago
//! or a person exported them last year.
//!
//! What is not there is a gap. What contradicts itself is a gap. Only what would make the estate wrong rather than
//! partial is an error: broken JSON, a missing required field, files of another account.

mod account;
mod arn;
mod cloudtrail;
mod credentials;
mod files;
mod gaps;
mod identity_center;
mod issuers;
mod join;
mod key_grants;
mod load;
mod nature;
mod organization;
mod person;
mod policies;
mod report;
mod resources;
mod roles;
mod root;
mod summary;
#[cfg(test)]
mod tests;
mod usage;
mod users;
mod whose;
mod workloads;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use census_model::{EstateBuilder, Gap, GapReason, Provider, ScopeId, Source, Text};
use census_privilege::aws::trust::is_account_id;
use census_provider_api::{DocPath, DocumentStore, ReadError};

use self::{
    account::account_scope,
    files::{Bytes, Files},
    gaps::Noted,
    load::Loaded,
    whose::Whose,
};
use crate::documents::{AccountFile, ORGANIZATION_FILE};

const EXPECTED: &str = "accounts/<account id>/authorization-details.json or authorization-details.json";

/// Reads the documents of this provider into the estate.
///
/// # Errors
/// When a document is broken in a way that would make the estate wrong, or when there is no document at all.
pub(crate) fn read(documents: &dyn DocumentStore, estate: &mut EstateBuilder) -> Result<(), ReadError> {
    let noted = Noted::of(documents);
    let layout = Layout::of(documents)?;
    let targets: Vec<&str> = documents
        .manifest()
        .iter()
        .flat_map(|manifest| &manifest.targets)
        .map(String::as_str)
        .filter(|target| target.starts_with("aws:"))
        .collect();
    if layout.is_empty() && noted.all().is_empty() && targets.is_empty() {
        return Err(ReadError::Nothing { provider: "aws", expected: EXPECTED });
    }
    for gap in noted.all() {
        estate.gap(gap.clone());
    }
    match &layout.organization {
        None => organization::absent(&noted, estate),
        Some(path) => {
            if let Some(loaded) = Loaded::get(documents, path)? {
                organization::read(&loaded, &noted, estate)?;
                source(documents, None, path, estate);
            }
        }
    }
    let mut seen = BTreeSet::new();
    for (account, paths) in &layout.accounts {
        let whose = one_account(documents, account.as_deref(), paths, &noted, estate)?;
        if targets.is_empty() {
            estate.target(whose.scope().as_str());
        }
        if !seen.insert(whose.account.clone()) {
            return Err(ReadError::Document {
                document: AccountFile::AuthorizationDetails.name().to_owned(),
                place: "the folder".to_owned(),
                problem: format!("account {} is also under `accounts/`; keep one of the two", whose.account),
            });
        }
    }
    cloudtrail::read(documents, estate)?;
    unseen(&noted, &targets, &seen, estate);
    targets.into_iter().for_each(|target| estate.target(target));
    Ok(())
}

/// Which documents there are.
#[derive(Default)]
struct Layout {
    organization: Option<DocPath>,
    /// Without a name: the shorthand, files of one account at the top.
    accounts: BTreeMap<Option<String>, BTreeMap<AccountFile, DocPath>>,
}

impl Layout {
    fn of(documents: &dyn DocumentStore) -> Result<Self, ReadError> {
        let mut layout = Self::default();
        for path in documents.paths() {
            let file = |name: &str| AccountFile::ALL.into_iter().find(|file| file.name() == name);
            match path.as_str().split('/').collect::<Vec<_>>().as_slice() {
                [name] if *name == ORGANIZATION_FILE => layout.organization = Some(path.clone()),
                [name] => {
                    if let Some(file) = file(name) {
                        layout.accounts.entry(None).or_default().insert(file, path.clone());
                    }
                }
                ["accounts", account, name] if is_account_id(account) => {
                    // A folder of an account is an account, even if nothing in it is read.
                    let files = layout.accounts.entry(Some((*account).to_owned())).or_default();
                    if let Some(file) = file(name) {
                        files.insert(file, path.clone());
                    }
                }
                ["accounts", account, name] if file(name).is_some() => {
                    return Err(ReadError::Document {
                        document: path.to_string(),
                        place: (*account).to_owned(),
                        problem: "is not an account id: name the folder with the account's twelve digits"
                            .to_owned(),
                    });
                }
                _ => {}
            }
        }
        Ok(layout)
    }

    fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.organization.is_none()
    }
}

/// Reads one account. A document of a live fetch that makes no sense is a gap, because a stranger's answer must not
/// keep the other accounts from being read; in a folder that a person filled it is an error that they can mend.
fn one_account(
    documents: &dyn DocumentStore,
    account: Option<&str>,
    paths: &BTreeMap<AccountFile, DocPath>,
    noted: &Noted,
    estate: &mut EstateBuilder,
) -> Result<Whose, ReadError> {
    // Copied only where there is something to mend.
    let (mut paths, mut noted) = (Cow::Borrowed(paths), Cow::Borrowed(noted));
    loop {
        let (document, place, problem) = match sound_account(documents, account, &paths, &noted, estate) {
            Err(ReadError::Document { document, place, problem }) => (document, place, problem),
            other => return other,
        };
        let broken = paths.iter().find(|(_, path)| path.as_str() == document).map(|(file, _)| *file);
        let (Some(file), Some(account), true) = (broken, account, noted.live) else {
            return Err(ReadError::Document { document, place, problem });
        };
        paths.to_mut().remove(&file);
        let read = file.reads().first().copied().unwrap_or_default();
        let scope = account_scope(account, true).id;
        let detail = format!("{document}: {place}: {problem}");
        let gap = Gap::new(Provider::Aws, Some(scope), read, GapReason::Invalid, detail, Vec::new());
        // Not every reader of a file tells again what was noted of it.
        estate.gap(gap.clone());
        noted.to_mut().add(gap);
    }
}

/// Reads one account whose documents all make sense; on an error nothing has been added to the estate.
fn sound_account(
    documents: &dyn DocumentStore,
    account: Option<&str>,
    paths: &BTreeMap<AccountFile, DocPath>,
    noted: &Noted,
    estate: &mut EstateBuilder,
) -> Result<Whose, ReadError> {
    let bytes = Bytes::load(documents, paths)?;
    let files = Files::parse(&bytes)?;
    // Without any ARN the caller's tells the partition: an organization does not reach beyond one.
    let caller = documents.manifest().and_then(|manifest| manifest.caller.as_deref());
    let partition = caller.and_then(|arn| arn.strip_prefix("arn:")?.split(':').next()).unwrap_or("aws");
    let by_folder =
        || account.map(|account| Whose { account: account.to_owned(), partition: partition.to_owned() });
    let whose = files.whose(&bytes, account)?.or_else(by_folder).ok_or_else(|| ReadError::Document {
        document: paths.values().next().map(DocPath::to_string).unwrap_or_default(),
        place: "the document".to_owned(),
        problem: "holds no ARN that tells the account; put it into `accounts/<account id>/`".to_owned(),
    })?;
    workloads::check(&files, &bytes)?;
    usage::check(&files, &bytes)?;
    identity_center::check(&files, &bytes, &whose)?;
    let made = [AccountFile::CredentialReport, AccountFile::CredentialReportJson]
        .iter()
        .find_map(|file| documents.entry(paths.get(file)?)?.as_of);
    let clock = documents.manifest().map(|manifest| manifest.collected_at);
    account::read(&files, &whose, noted, clock, made, estate);
    for (file, path) in bytes.paths() {
        let mut one = source_of(documents, Some(whose.scope()), path);
        if file == AccountFile::CredentialReportJson && one.as_of.is_none() {
            one.as_of = files.report.as_ref().and_then(|report| report.made);
        }
        estate.source(one);
    }
    Ok(whose)
}

fn source(documents: &dyn DocumentStore, scope: Option<ScopeId>, path: &DocPath, estate: &mut EstateBuilder) {
    estate.source(source_of(documents, scope, path));
}

fn source_of(documents: &dyn DocumentStore, scope: Option<ScopeId>, path: &DocPath) -> Source {
    let as_of = documents.entry(path).and_then(|entry| entry.as_of);
    Source { provider: Provider::Aws, scope, document: Text::from(path.as_str()), as_of }
}

/// Accounts that were asked for but left no document: they could not be entered, or everything was denied.
fn unseen(noted: &Noted, targets: &[&str], seen: &BTreeSet<String>, estate: &mut EstateBuilder) {
    let name =
        |scope: &str| scope.strip_prefix("aws:account/").filter(|id| is_account_id(id)).map(str::to_owned);
    let asked = targets.iter().filter_map(|target| name(target));
    let failed = noted.all().iter().filter(|gap| gap.reason != GapReason::NotRequested);
    let failed: BTreeSet<String> = failed.filter_map(|gap| name(gap.scope.as_ref()?.as_str())).collect();
    for account in asked.chain(failed.iter().cloned()).filter(|account| !seen.contains(account)) {
        let scope = account_scope(&account, true);
        if !failed.contains(&account) {
            let [read] = ["iam:GetAccountAuthorizationDetails"];
            let detail = "the folder holds no document of this account";
            let id = Some(scope.id.clone());
            estate.gap(Gap::new(Provider::Aws, id, read, GapReason::NotProvided, detail, Vec::new()));
        }
        estate.scope(scope);
    }
}
