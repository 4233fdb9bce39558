//! The documents of this provider: what each file holds, and where it lies.
//!
//! `fetch` writes these types, `read` reads them back. They follow what the `aws` command prints, so that its output
//! dropped into a folder is a document too; unknown fields are ignored, whatever they hold.
//!
//! All of them borrow from the bytes they were read from; `fetch` makes them `'static`.

mod authorization;
mod identity_center;
mod lists;
mod organization;
mod resource_policies;
mod saml;
mod service_last_accessed;
mod value;
mod workloads;

use census_privilege::aws::access::{RESOURCE_POLICY_READS, WORKLOAD_READS};
use census_provider_api::{DocPath, PathError};

pub use authorization::{
    AttachedPolicy, AuthorizationDetails, GroupDetail, InlinePolicy, InstanceProfile, ManagedPolicy,
    PermissionsBoundary, PolicyVersion, ProfileRole, RoleDetail, RoleLastUsed, Tag, UserDetail,
};
pub use identity_center::{AccountAssignment, PermissionSet, PrincipalType};
pub(crate) use identity_center::{RESERVED_PATH, permission_set_of};
pub use lists::{
    AccessKey, AccountSummary, CredentialReportFile, Item, Listed, LoginProfile, OidcProvider,
    ServerCertificate, ServiceSpecificCredential, SigningCertificate, SshPublicKey,
};
pub use organization::{ORGANIZATION_FILE, Organization, OrganizationPolicy, OrganizationTarget};
pub use resource_policies::{GrantConstraints, KeyGrant, PublicAccessBlock, ResourcePolicy};
pub use saml::{SamlMetadata, SamlProvider};
pub use service_last_accessed::{ServiceLastAccessed, ServiceLastAccessedReport, TrackedActionLastAccessed};
pub use value::{Json, Str, Time};
pub use workloads::{Several, Tags, Workload};

/// A file of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountFile {
    /// [`AuthorizationDetails`].
    AuthorizationDetails,
    /// The credential report, decoded: CSV.
    CredentialReport,
    /// [`CredentialReportFile`]: the credential report as `aws iam get-credential-report` prints it. Never written.
    CredentialReportJson,
    /// [`AccountSummary`].
    AccountSummary,
    /// A list of [`AccessKey`].
    AccessKeys,
    /// A list of [`LoginProfile`].
    LoginProfiles,
    /// A list of [`OidcProvider`].
    OidcProviders,
    /// A list of [`SamlProvider`].
    SamlProviders,
    /// A list of [`SigningCertificate`].
    SigningCertificates,
    /// A list of [`SshPublicKey`].
    SshPublicKeys,
    /// A list of [`ServiceSpecificCredential`].
    ServiceSpecificCredentials,
    /// A list of [`ServerCertificate`].
    ServerCertificates,
    /// A list of [`ResourcePolicy`].
    ResourcePolicies,
    /// A list of [`Workload`].
    Workloads,
    /// A list of [`ServiceLastAccessedReport`].
    ServiceLastAccessed,
    /// A list of [`PermissionSet`].
    IdentityCenter,
}

impl AccountFile {
    /// Every file that is read.
    pub const ALL: [Self; 16] = [
        Self::AuthorizationDetails,
        Self::CredentialReport,
        Self::CredentialReportJson,
        Self::AccountSummary,
        Self::AccessKeys,
        Self::LoginProfiles,
        Self::OidcProviders,
        Self::SamlProviders,
        Self::SigningCertificates,
        Self::SshPublicKeys,
        Self::ServiceSpecificCredentials,
        Self::ServerCertificates,
        Self::ResourcePolicies,
        Self::Workloads,
        Self::ServiceLastAccessed,
        Self::IdentityCenter,
    ];

    /// The file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::AuthorizationDetails => "authorization-details.json",
            Self::CredentialReport => "credential-report.csv",
            Self::CredentialReportJson => "credential-report.json",
            Self::AccountSummary => "account-summary.json",
            Self::AccessKeys => "access-keys.json",
            Self::LoginProfiles => "login-profiles.json",
            Self::OidcProviders => "oidc-providers.json",
            Self::SamlProviders => "saml-providers.json",
            Self::SigningCertificates => "signing-certificates.json",
            Self::SshPublicKeys => "ssh-public-keys.json",
            Self::ServiceSpecificCredentials => "service-specific-credentials.json",
            Self::ServerCertificates => "server-certificates.json",
            Self::ResourcePolicies => "resource-policies.json",
            Self::Workloads => "workloads.json",
            Self::ServiceLastAccessed => "service-last-accessed.json",
            Self::IdentityCenter => "identity-center.json",
        }
    }

    /// The reads that fill the file, by the names they have in gaps; the first is the one that stands for it.
    pub fn reads(self) -> &'static [&'static str] {
        match self {
            Self::AuthorizationDetails => &["iam:GetAccountAuthorizationDetails"],
            Self::CredentialReport | Self::CredentialReportJson => {
                &["iam:GetCredentialReport", "iam:GenerateCredentialReport"]
            }
            Self::AccountSummary => &["iam:GetAccountSummary"],
            Self::AccessKeys => &["iam:ListAccessKeys"],
            Self::LoginProfiles => &["iam:GetLoginProfile"],
            Self::OidcProviders => &["iam:ListOpenIDConnectProviders", "iam:GetOpenIDConnectProvider"],
            Self::SamlProviders => &["iam:ListSAMLProviders", "iam:GetSAMLProvider"],
            Self::SigningCertificates => &["iam:ListSigningCertificates"],
            Self::SshPublicKeys => &["iam:ListSSHPublicKeys"],
            Self::ServiceSpecificCredentials => &["iam:ListServiceSpecificCredentials"],
            Self::ServerCertificates => &["iam:ListServerCertificates"],
            Self::ResourcePolicies => &RESOURCE_POLICY_READS,
            Self::Workloads => &WORKLOAD_READS,
            Self::ServiceLastAccessed => {
                &["iam:GetServiceLastAccessedDetails", "iam:GenerateServiceLastAccessedDetails"]
            }
            Self::IdentityCenter => &[
                "sso:ListInstances",
                "sso:ListPermissionSetsProvisionedToAccount",
                "sso:DescribePermissionSet",
                "sso:ListAccountAssignments",
                "identitystore:DescribeGroup",
            ],
        }
    }

    /// Where the file of an account lies.
    ///
    /// # Errors
    /// When the account id cannot be a folder's name.
    pub fn path(self, account: &str) -> Result<DocPath, PathError> {
        DocPath::new(format!("accounts/{account}/{}", self.name()))
    }
}

/// The folder that holds log files of CloudTrail, of an account or at the top, with folders of any names in it.
pub const LOG_FOLDER: &str = "cloudtrail";

/// Whether a path is that of a log file of CloudTrail, and of which account where its folder says so.
pub fn log_of(path: &DocPath) -> Option<Option<&str>> {
    let is_log = [".json", ".json.gz", ".csv", ".csv.gz"].iter().any(|end| path.as_str().ends_with(end));
    match path.as_str().split('/').collect::<Vec<_>>().as_slice() {
        ["accounts", account, LOG_FOLDER, _, ..]
            if is_log && census_privilege::aws::trust::is_account_id(account) =>
        {
            Some(Some(account))
        }
        [LOG_FOLDER, _, ..] if is_log => Some(None),
        _ => None,
    }
}

/// Whether a path is one of this provider's documents.
pub fn owns(path: &DocPath) -> bool {
    let of_account = |name: &str| AccountFile::ALL.iter().any(|file| file.name() == name);
    match path.as_str().split('/').collect::<Vec<_>>().as_slice() {
        ["accounts", account, name] => {
            census_privilege::aws::trust::is_account_id(account) && of_account(name)
        }
        [name] => *name == ORGANIZATION_FILE || of_account(name),
        _ => log_of(path).is_some(),
    }
}
