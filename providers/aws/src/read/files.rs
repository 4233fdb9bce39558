//! The files of one account, parsed.

use census_model::ScopeId;
use census_provider_api::{DocPath, DocumentStore, ReadError};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

use super::{
    arn::Arn,
    load::Loaded,
    report::{ROOT, Row, rows},
};
use crate::documents::{
    AccessKey, AccountFile, AccountSummary, AuthorizationDetails, CredentialReportFile, Item, Listed,
    LoginProfile, OidcProvider, SamlProvider, ServerCertificate, ServiceSpecificCredential,
    SigningCertificate, SshPublicKey,
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
}

/// Whose account it is, by the ARNs in its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Whose {
    pub(super) account: String,
    pub(super) partition: String,
}

impl Whose {
    pub(super) fn scope(&self) -> ScopeId {
        ScopeId::new(format!("aws:account/{}", self.account))
    }
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
        })
    }

    /// Whose files these are. Every ARN must name the same account, and `expected` if the folder names one: files of
    /// two accounts in one folder would make an estate that nobody has.
    pub(super) fn whose(
        &self,
        bytes: &Bytes<'_>,
        expected: Option<&str>,
    ) -> Result<Option<Whose>, ReadError> {
        let mut whose: Option<Whose> = None;
        for (file, place, text, kind) in self.arns() {
            let wrong = |problem: String| ReadError::Document {
                document: bytes.0.get(&file).map(|l| l.path.to_string()).unwrap_or_default(),
                place: place.to_string(),
                problem,
            };
            let arn = Arn::parse(text).filter(|arn| arn.resource.starts_with(kind)).ok_or_else(|| {
                wrong(format!("`{text}` is not the ARN of a {}", kind.trim_end_matches('/')))
            })?;
            let account = whose.as_ref().map(|w| w.account.as_str()).or(expected);
            if let Some(account) = account.filter(|account| *account != arn.account) {
                return Err(wrong(format!(
                    "`{text}` belongs to account {}, the folder to {account}; give each account a folder of \
                     its own",
                    arn.account
                )));
            }
            match &whose {
                Some(whose) if whose.partition != arn.partition => {
                    return Err(wrong(format!("`{text}` is not in partition {}", whose.partition)));
                }
                Some(_) => {}
                None => {
                    let (account, partition) = (arn.account.to_owned(), arn.partition.to_owned());
                    whose = Some(Whose { account, partition });
                }
            }
        }
        Ok(whose)
    }

    /// Every ARN that must be of this account, where it stands, and what its resource begins with.
    fn arns(&self) -> impl Iterator<Item = (AccountFile, Place, &str, &'static str)> {
        use AccountFile as F;
        let details = self.details.iter().flat_map(|details| {
            let users = details.user_detail_list.iter().map(|one| ("UserDetailList", &one.arn, "user/"));
            let groups = details.group_detail_list.iter().map(|one| ("GroupDetailList", &one.arn, "group/"));
            let roles = details.role_detail_list.iter().map(|one| ("RoleDetailList", &one.arn, "role/"));
            let numbered = users.enumerate().chain(groups.enumerate()).chain(roles.enumerate());
            numbered.map(|(i, (list, arn, kind))| {
                (F::AuthorizationDetails, Place::Item(list, i), arn.as_str(), kind)
            })
        });
        let report = self.report.iter().flat_map(|report| {
            report.rows.iter().enumerate().map(|(i, row)| {
                let kind = if row.user == ROOT { "root" } else { "user/" };
                (report.file, Place::Row(i), row.arn.as_str(), kind)
            })
        });
        let oidc = items(&self.oidc)
            .map(|(i, one)| (F::OidcProviders, Place::Item("", i), one.arn.as_str(), "oidc-provider/"));
        let saml = items(&self.saml)
            .map(|(i, one)| (F::SamlProviders, Place::Item("", i), one.arn.as_str(), "saml-provider/"));
        let server = items(&self.server).map(|(i, one)| {
            (F::ServerCertificates, Place::Item("", i), one.arn.as_str(), "server-certificate/")
        });
        details.chain(report).chain(oidc).chain(saml).chain(server)
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

/// A place in a file.
enum Place {
    /// In a list of this name, counted from 0.
    Item(&'static str, usize),
    /// In a row, counted from 0 after the header.
    Row(usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Item(list, position) => write!(f, "{list}[{position}].Arn"),
            Self::Row(position) => write!(f, "row {}, column `arn`", position + 1),
        }
    }
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
