//! Whose account the files of a folder belong to.

use census_model::ScopeId;
use census_provider_api::ReadError;

use super::{
    arn::Arn,
    files::{Bytes, Files, items},
    report::ROOT,
};
use crate::documents::AccountFile;

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

impl Files<'_> {
    /// Whose files these are. Every ARN must name the same account, and `expected` if the folder names one: files of
    /// two accounts in one folder would make an estate that nobody has.
    pub(super) fn whose(
        &self,
        bytes: &Bytes<'_>,
        expected: Option<&str>,
    ) -> Result<Option<Whose>, ReadError> {
        let mut whose: Option<Whose> = None;
        for (file, place, text, of) in self.arns() {
            let wrong = |problem: String| ReadError::Document {
                document: bytes.path(file),
                place: place.to_string(),
                problem,
            };
            let arn =
                of.parse(text).ok_or_else(|| wrong(format!("`{text}` is not the ARN of a {}", of.noun())))?;
            let account = whose.as_ref().map(|w| w.account.as_str()).or(expected);
            let names_one = !arn.account.is_empty();
            if let Some(account) = account.filter(|account| names_one && *account != arn.account) {
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
                None if names_one => {
                    let (account, partition) = (arn.account.to_owned(), arn.partition.to_owned());
                    whose = Some(Whose { account, partition });
                }
                Some(_) | None => {}
            }
        }
        Ok(whose)
    }

    /// Every ARN that must be of this account, where it stands, and of what it is.
    fn arns(&self) -> impl Iterator<Item = (AccountFile, Place, &str, Of)> {
        use AccountFile as F;
        let details = self.details.iter().flat_map(|details| {
            let users =
                details.user_detail_list.iter().map(|one| ("UserDetailList", &one.arn, Of::Iam("user/")));
            let groups =
                details.group_detail_list.iter().map(|one| ("GroupDetailList", &one.arn, Of::Iam("group/")));
            let roles =
                details.role_detail_list.iter().map(|one| ("RoleDetailList", &one.arn, Of::Iam("role/")));
            let numbered = users.enumerate().chain(groups.enumerate()).chain(roles.enumerate());
            numbered
                .map(|(i, (list, arn, of))| (F::AuthorizationDetails, Place::Item(list, i), arn.as_str(), of))
        });
        let report = self.report.iter().flat_map(|report| {
            report.rows.iter().enumerate().map(|(i, row)| {
                let kind = if row.user == ROOT { "root" } else { "user/" };
                (report.file, Place::Row(i), row.arn.as_str(), Of::Iam(kind))
            })
        });
        let oidc = items(&self.oidc).map(|(i, one)| {
            (F::OidcProviders, Place::Item("", i), one.arn.as_str(), Of::Iam("oidc-provider/"))
        });
        let saml = items(&self.saml).map(|(i, one)| {
            (F::SamlProviders, Place::Item("", i), one.arn.as_str(), Of::Iam("saml-provider/"))
        });
        let server = items(&self.server).map(|(i, one)| {
            (F::ServerCertificates, Place::Item("", i), one.arn.as_str(), Of::Iam("server-certificate/"))
        });
        let workloads = items(&self.workloads)
            .map(|(i, one)| (F::Workloads, Place::Field(i, "arn"), one.arn.as_str(), Of::Resource));
        let reports = items(&self.last_accessed).filter_map(|(i, one)| {
            let kind = ["user/", "role/"].into_iter().find(|kind| one.arn.contains(&format!(":{kind}")))?;
            Some((F::ServiceLastAccessed, Place::Item("", i), one.arn.as_str(), Of::Iam(kind)))
        });
        // Last, because a bucket's ARN tells no account.
        let resources = items(&self.resource_policies).map(|(i, one)| {
            (F::ResourcePolicies, Place::Field(i, "resource"), one.resource.as_str(), Of::Resource)
        });
        details
            .chain(report)
            .chain(oidc)
            .chain(saml)
            .chain(server)
            .chain(reports)
            .chain(workloads)
            .chain(resources)
    }
}

/// A place in a file.
enum Place {
    /// In a list of this name, counted from 0.
    Item(&'static str, usize),
    /// In a row, counted from 0 after the header.
    Row(usize),
    /// In a list without a name, counted from 0, and the field.
    Field(usize, &'static str),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Item(list, position) => write!(f, "{list}[{position}].Arn"),
            Self::Field(position, field) => write!(f, "[{position}].{field}"),
            Self::Row(position) => write!(f, "row {}, column `arn`", position + 1),
        }
    }
}

/// Of what an ARN must be.
#[derive(Clone, Copy)]
enum Of {
    /// Of IAM, and its resource begins with this.
    Iam(&'static str),
    /// Of a resource of any service.
    Resource,
}

impl Of {
    fn parse(self, text: &str) -> Option<Arn<'_>> {
        match self {
            Self::Iam(kind) => Arn::parse(text).filter(|arn| arn.resource.starts_with(kind)),
            Self::Resource => Arn::of_resource(text),
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Iam(kind) => kind.trim_end_matches('/'),
            Self::Resource => "resource",
        }
    }
}
