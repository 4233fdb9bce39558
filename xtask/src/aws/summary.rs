//! The account summary: AWS's own totals, which a scan must reconcile with.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>

use std::collections::BTreeMap;

use serde::Serialize;

use super::account::Account;

/// `aws iam get-account-summary`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Summary {
    pub(crate) summary_map: BTreeMap<&'static str, usize>,
}

/// The default quotas, which the summary repeats.
const QUOTAS: [(&str, usize); 17] = [
    ("AccessKeysPerUserQuota", 2),
    ("AssumeRolePolicySizeQuota", 2048),
    ("AttachedPoliciesPerGroupQuota", 10),
    ("AttachedPoliciesPerRoleQuota", 10),
    ("AttachedPoliciesPerUserQuota", 10),
    ("GroupPolicySizeQuota", 5120),
    ("GroupsPerUserQuota", 10),
    ("GroupsQuota", 300),
    ("InstanceProfilesQuota", 1000),
    ("PoliciesQuota", 1500),
    ("PolicySizeQuota", 6144),
    ("RolePolicySizeQuota", 10240),
    ("RolesQuota", 1000),
    ("ServerCertificatesQuota", 20),
    ("SigningCertificatesPerUserQuota", 2),
    ("UserPolicySizeQuota", 2048),
    ("UsersQuota", 5000),
];

impl Summary {
    /// Counts an account.
    pub(crate) fn of(account: &dyn Account) -> Self {
        let mut map = BTreeMap::from(QUOTAS);
        map.extend([
            ("GlobalEndpointTokenVersion", 1),
            ("PolicyVersionsInUseQuota", 10_000),
            ("VersionsPerPolicyQuota", 5),
        ]);
        let (mut users, mut user_mfa, mut roles, mut profiles) = (0, 0, 0, 0);
        for user in account.users() {
            users += 1;
            user_mfa += usize::from(user.extra.mfa);
        }
        for role in account.roles() {
            roles += 1;
            profiles += role.instance_profile_list.len();
        }
        let root = account.root();
        let devices = user_mfa + usize::from(root.mfa);
        let federation = account.federation();
        map.extend([
            ("AccountAccessKeysPresent", usize::from(root.key.is_some())),
            ("AccountMFAEnabled", usize::from(root.mfa)),
            ("AccountPasswordPresent", 1),
            ("AccountSigningCertificatesPresent", 0),
            ("Groups", account.groups().len()),
            ("InstanceProfiles", profiles),
            ("MFADevices", devices),
            ("MFADevicesInUse", devices),
            ("Policies", account.policies().len()),
            ("PolicyVersionsInUse", account.policies().len()),
            ("Providers", federation.oidc.len() + federation.saml.len()),
            ("Roles", roles),
            ("ServerCertificates", federation.server_certificates.len()),
            ("Users", users),
        ]);
        Self { summary_map: map }
    }
}
