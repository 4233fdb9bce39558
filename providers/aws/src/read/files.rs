//! The files of one account, parsed.

use census_provider_api::{DocPath, DocumentStore, ReadError};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

use super::{
    load::Loaded,
    report::{Row, rows},
};
use crate::documents::{
    AccessKey, AccountFile, AccountSummary, AuthorizationDetails, CredentialReportFile, Item, Listed,
    LoginProfile, OidcProvider, PermissionSet, ResourcePolicy, SamlProvider, ServerCertificate,
    ServiceLastAccessedReport, ServiceSpecificCredential, SigningCertificate, SshPublicKey, Workload,
};

/// The bytes of an account's files.
pub(super) struct Bytes<'s>(BTreeMap<AccountFile, Loaded<'s>>);

impl<'s> Bytes<'s> {
    pub(super) fn load(
        documents: &'s dyn DocumentStore,
        paths: &BTreeMap<AccountFile, DocPath>,
    ) -> Result<Self, ReadError> {
        let mut loaded = BTreeMap::new();
        for (file, path) in paths {
            if let Some(bytes) = Loaded::get(documents, path)? {
                loaded.insert(*file, bytes);
            }
        }
        Ok(Self(loaded))
    }

    /// Each file that is there, and its path.
    pub(super) fn paths(&self) -> impl Iterator<Item = (AccountFile, &DocPath)> {
        self.0.iter().map(|(file, loaded)| (*file, &loaded.path))
    }

    /// The path of a file, as text.
    pub(super) fn path(&self, file: AccountFile) -> String {
        self.0.get(&file).map(|loaded| loaded.path.to_string()).unwrap_or_default()
    }

    fn list<'a, T: Item + Deserialize<'a>>(&'a self, file: AccountFile) -> Result<List<T>, ReadError> {
        let Some(loaded) = self.0.get(&file) else { return Ok(None) };
        let mut all = Listed::default();
        for one in loaded.values::<Listed<T>>()? {
            all.is_truncated |= one.is_truncated;
            all.items.extend(one.items);
        }
        Ok(Some(all))
    }

    fn details(&self) -> Result<Option<AuthorizationDetails<'_>>, ReadError> {
        let Some(loaded) = self.0.get(&AccountFile::AuthorizationDetails) else { return Ok(None) };
        let mut pages = loaded.values::<AuthorizationDetails<'_>>()?.into_iter();
        let mut all = pages.next();
        if let Some(all) = &mut all {
            for page in pages {
                all.user_detail_list.extend(page.user_detail_list);
                all.group_detail_list.extend(page.group_detail_list);
                all.role_detail_list.extend(page.role_detail_list);
                all.policies.extend(page.policies);
                // Pages follow one another: only the last one tells whether more would follow.
                all.is_truncated = page.is_truncated;
            }
        }
        Ok(all)
    }

    fn report(&self) -> Result<Option<Report>, ReadError> {
        if let Some(loaded) = self.0.get(&AccountFile::CredentialReport) {
            let rows = rows(loaded, loaded.text()?)?;
            return Ok(Some(Report { file: AccountFile::CredentialReport, rows, made: None }));
        }
        let Some(loaded) = self.0.get(&AccountFile::CredentialReportJson) else { return Ok(None) };
        let Some(file) = loaded.values::<CredentialReportFile<'_>>()?.pop() else { return Ok(None) };
        let wrong = || loaded.error("Content", "is not UTF-8 in Base64");
        let bytes = aws_smithy_types::base64::decode(file.content.trim()).map_err(|_| wrong())?;
        let text = String::from_utf8(bytes).map_err(|_| wrong())?;
        let rows = rows(loaded, &text)?;
        let made = file.generated_time.map(|at| at.0);
        Ok(Some(Report { file: AccountFile::CredentialReportJson, rows, made }))
    }

    fn summary(&self) -> Result<Option<AccountSummary>, ReadError> {
        let Some(loaded) = self.0.get(&AccountFile::AccountSummary) else { return Ok(None) };
        Ok(loaded.values::<AccountSummary>()?.pop())
    }
}

/// A list file; `None` where it is absent.
pub(super) type List<T> = Option<Listed<T>>;

/// A credential report.
pub(super) struct Report {
    /// Which of the two forms it was in.
    pub(super) file: AccountFile,
    pub(super) rows: Vec<Row>,
    /// When AWS made it, where the file itself says.
    pub(super) made: Option<Timestamp>,
}

/// The files of one account, parsed. `None`: not there.
pub(super) struct Files<'a> {
    pub(super) details: Option<AuthorizationDetails<'a>>,
    pub(super) report: Option<Report>,
    pub(super) summary: Option<AccountSummary>,
    pub(super) access_keys: List<AccessKey<'a>>,
    pub(super) login_profiles: List<LoginProfile<'a>>,
    pub(super) oidc: List<OidcProvider<'a>>,
    pub(super) saml: List<SamlProvider<'a>>,
    pub(super) signing: List<SigningCertificate<'a>>,
    pub(super) ssh: List<SshPublicKey<'a>>,
    pub(super) specific: List<ServiceSpecificCredential<'a>>,
    pub(super) server: List<ServerCertificate<'a>>,
    pub(super) resource_policies: List<ResourcePolicy<'a>>,
    pub(super) workloads: List<Workload<'a>>,
    pub(super) last_accessed: List<ServiceLastAccessedReport<'a>>,
    pub(super) permission_sets: List<PermissionSet<'a>>,
}

impl<'a> Files<'a> {
    pub(super) fn parse(bytes: &'a Bytes<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            details: bytes.details()?,
            report: bytes.report()?,
            summary: bytes.summary()?,
            access_keys: bytes.list(AccountFile::AccessKeys)?,
            login_profiles: bytes.list(AccountFile::LoginProfiles)?,
            oidc: bytes.list(AccountFile::OidcProviders)?,
            saml: bytes.list(AccountFile::SamlProviders)?,
            signing: bytes.list(AccountFile::SigningCertificates)?,
            ssh: bytes.list(AccountFile::SshPublicKeys)?,
            specific: bytes.list(AccountFile::ServiceSpecificCredentials)?,
            server: bytes.list(AccountFile::ServerCertificates)?,
            resource_policies: bytes.list(AccountFile::ResourcePolicies)?,
            workloads: bytes.list(AccountFile::Workloads)?,
            last_accessed: bytes.list(AccountFile::ServiceLastAccessed)?,
            permission_sets: bytes.list(AccountFile::IdentityCenter)?,
        })
    }

    /// The newest instant in the files at which something happened: no file is older. The clock of plain exports.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        let details = self.details.iter().flat_map(|details| {
            let users = details.user_detail_list.iter().map(|one| one.create_date);
            let roles = details.role_detail_list.iter().flat_map(|one| {
                [one.create_date, one.role_last_used.as_ref().and_then(|used| used.last_used_date)]
            });
            users.chain(roles).flatten().map(|at| at.0)
        });
        let report = self.report.iter().flat_map(|report| {
            let rows = report.rows.iter().flat_map(|row| {
                let keys = row.keys.iter().flat_map(|key| [key.rotated, key.used.as_ref().map(|u| u.at)]);
                [row.created, row.password_used, row.password_changed].into_iter().chain(keys)
            });
            rows.flatten().chain(report.made)
        });
        let keys = items(&self.access_keys).filter_map(|(_, key)| key.create_date.map(|at| at.0));
        details.chain(report).chain(keys).max()
    }
}

/// The items of a list, numbered.
pub(super) fn items<T>(list: &List<T>) -> impl Iterator<Item = (usize, &T)> {
    list.iter().flat_map(|listed| listed.items.iter().enumerate())
}

/// Sorted by key, each key once. Pages that overlap repeat an item, which is no news; of two that differ the one with
/// the smaller text stays and the key is reported.
pub(super) fn unique<'a, T, K>(
    items: impl IntoIterator<Item = &'a T>,
    key: impl Fn(&'a T) -> K,
) -> (Vec<&'a T>, Vec<K>)
where
    T: PartialEq + std::fmt::Debug,
    K: Ord + Copy,
{
    let mut sorted: Vec<&T> = items.into_iter().collect();
    sorted.sort_by_key(|item| key(item));
    let mut kept: Vec<&T> = Vec::with_capacity(sorted.len());
    let mut conflicts = Vec::new();
    for item in sorted {
        match kept.last_mut() {
            Some(last) if key(last) == key(item) => {
                if *last != item {
                    conflicts.push(key(item));
                    if format!("{item:?}") < format!("{last:?}") {
                        *last = item;
                    }
                }
            }
            _ => kept.push(item),
        }
    }
    conflicts.dedup();
    (kept, conflicts)
}
