//! The documents of an account, as `aws` commands print them.

use std::{borrow::Cow, collections::BTreeMap};

use anyhow::{Context, Result};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{
    account::{Account, CustomerPolicy, Handed},
    clock::Stamp,
    credentials::{AccessKey, AccessKeyStatus, ServiceCredential, Upload},
    details::{Attached, Boundary, Place, User},
    folder::Folder,
    managed,
    policy::Document,
    report,
    summary::Summary,
};

/// How long before the collection the credential report was made, in minutes.
const REPORT_AGE: i64 = 95;

/// Writes every document of an account.
pub(crate) fn write(account: &dyn Account, folder: &mut Folder) -> Result<()> {
    let place = account.place();
    let path = |name: &str| format!("accounts/{}/{name}", place.account);
    let details = Details { account, policies: policies(account)? };
    let summary = Summary::of(account);
    let count = |key: &str| summary.summary_map.get(key).copied().unwrap_or(0);
    let items = count("Users") + count("Groups") + count("Roles") + details.policies.len();
    folder.json(&path("authorization-details.json"), items, &details)?;
    if account.credential_report() == Handed::In {
        let made = Some(Stamp::minutes_ago(REPORT_AGE));
        folder.file(&path("credential-report.csv"), count("Users") + 1, made, |out| {
            report::write(place, account.root(), account.users(), out)
        })?;
    }
    folder.json(&path("account-summary.json"), summary.summary_map.len(), &summary)?;
    list(account, folder, "access-keys.json", access_keys)?;
    list(account, folder, "signing-certificates.json", signing_certificates)?;
    list(account, folder, "ssh-public-keys.json", ssh_public_keys)?;
    list(account, folder, "service-specific-credentials.json", service_specific_credentials)?;
    let federation = account.federation();
    folder.json(&path("oidc-providers.json"), federation.oidc.len(), &federation.oidc)?;
    folder.json(&path("saml-providers.json"), federation.saml.len(), &federation.saml)?;
    let certificates = &federation.server_certificates;
    folder.json(&path("server-certificates.json"), certificates.len(), certificates)?;
    if let Some(policies) = account.resource_policies() {
        folder.json(&path("resource-policies.json"), policies.len(), &policies)?;
    }
    if let Some(workloads) = account.workloads() {
        folder.json(&path("workloads.json"), workloads.len(), &workloads)?;
    }
    if let Some(reports) = account.last_accessed() {
        folder.json(&path("service-last-accessed.json"), reports.len(), &reports)?;
    }
    if let Some(sets) = account.permission_sets() {
        folder.json(&path("identity-center.json"), sets.len(), &sets)?;
    }
    Ok(())
}

/// Writes what each user has of something.
fn list<T: Serialize>(
    account: &dyn Account,
    folder: &mut Folder,
    name: &str,
    each: fn(&User) -> Vec<T>,
) -> Result<()> {
    let items = account.users().map(|user| each(&user).len()).sum();
    let stream = Stream(|| account.users().flat_map(|user| each(&user)));
    folder.json(&format!("accounts/{}/{name}", account.place().account), items, &stream)
}

/// Serializes what an iterator yields, one at a time.
struct Stream<F>(F);

impl<F, I> Serialize for Stream<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

struct Details<'a> {
    account: &'a dyn Account,
    policies: Vec<PolicyDetail>,
}

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let details = |user: Cow<'_, User>| user.into_owned().detail;
        let mut all = serializer.serialize_struct("Details", 4)?;
        all.serialize_field("UserDetailList", &Stream(|| self.account.users().map(details)))?;
        all.serialize_field("GroupDetailList", self.account.groups())?;
        all.serialize_field("RoleDetailList", &Stream(|| self.account.roles()))?;
        all.serialize_field("Policies", &self.policies)?;
        all.end()
    }
}

/// An item of `Policies`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDetail {
    policy_name: String,
    policy_id: String,
    arn: String,
    path: String,
    default_version_id: String,
    attachment_count: usize,
    permissions_boundary_usage_count: usize,
    is_attachable: bool,
    create_date: Stamp,
    update_date: Stamp,
    policy_version_list: Vec<PolicyVersion>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyVersion {
    document: Document,
    version_id: String,
    is_default_version: bool,
    create_date: Stamp,
}

/// How often a policy is attached, and how often it is a boundary.
#[derive(Clone, Copy, Default)]
struct Uses {
    attached: usize,
    boundary: usize,
}

/// Customer managed policies, and the AWS managed ones that something uses, as AWS lists them.
fn policies(account: &dyn Account) -> Result<Vec<PolicyDetail>> {
    let mut uses: BTreeMap<String, Uses> = BTreeMap::new();
    let mut count = |attached: &[Attached], boundary: Option<&Boundary>| {
        for policy in attached {
            uses.entry(policy.policy_arn.clone()).or_default().attached += 1;
        }
        if let Some(boundary) = boundary {
            uses.entry(boundary.permissions_boundary_arn.clone()).or_default().boundary += 1;
        }
    };
    account.users().for_each(|user| {
        count(&user.detail.attached_managed_policies, user.detail.permissions_boundary.as_ref());
    });
    account.groups().iter().for_each(|group| count(&group.attached_managed_policies, None));
    account
        .roles()
        .for_each(|role| count(&role.attached_managed_policies, role.permissions_boundary.as_ref()));
    let place = account.place();
    let mut details = Vec::new();
    for policy in account.policies() {
        let used = uses.remove(&place.policy(&policy.name).policy_arn).unwrap_or_default();
        details.push(customer_policy(place, policy, used));
    }
    for (arn, used) in uses {
        details
            .push(aws_policy(place.seed, &arn, used).with_context(|| format!("no text for policy `{arn}`"))?);
    }
    Ok(details)
}

fn customer_policy(place: &Place, policy: &CustomerPolicy, used: Uses) -> PolicyDetail {
    PolicyDetail {
        policy_name: policy.name.clone(),
        policy_id: policy.id.clone(),
        arn: place.policy(&policy.name).policy_arn,
        path: "/".into(),
        default_version_id: "v1".into(),
        attachment_count: used.attached,
        permissions_boundary_usage_count: used.boundary,
        is_attachable: true,
        create_date: policy.created,
        update_date: policy.created,
        policy_version_list: vec![PolicyVersion {
            document: policy.document.clone(),
            version_id: "v1".into(),
            is_default_version: true,
            create_date: policy.created,
        }],
    }
}

fn aws_policy(seed: u64, arn: &str, used: Uses) -> Option<PolicyDetail> {
    let managed = managed::by_arn(arn)?;
    let mut dice = super::dice::Dice::of(seed, arn);
    let policy_id = dice.unique_id("ANPA");
    let created = Stamp::days_ago(dice.between(2500, 3900), &mut dice);
    let updated = Stamp::days_ago(dice.between(500, 2400), &mut dice);
    let version = format!("v{}", dice.between(2, 9));
    Some(PolicyDetail {
        policy_name: managed.name.into(),
        policy_id,
        arn: arn.into(),
        path: managed.path.into(),
        default_version_id: version.clone(),
        attachment_count: used.attached,
        permissions_boundary_usage_count: used.boundary,
        is_attachable: true,
        create_date: created,
        update_date: updated,
        policy_version_list: vec![PolicyVersion {
            document: managed.document(),
            version_id: version,
            is_default_version: true,
            create_date: updated,
        }],
    })
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyMetadata.html>
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessKeyMetadata {
    user_name: String,
    access_key_id: String,
    status: AccessKeyStatus,
    create_date: Stamp,
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SigningCertificate.html>, without the body.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SigningCertificate {
    user_name: String,
    certificate_id: String,
    status: &'static str,
    upload_date: Stamp,
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SSHPublicKeyMetadata.html>
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SshPublicKey {
    user_name: String,
    #[serde(rename = "SSHPublicKeyId")]
    ssh_public_key_id: String,
    status: &'static str,
    upload_date: Stamp,
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ServiceSpecificCredentialMetadata.html>
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceSpecificCredential {
    user_name: String,
    status: &'static str,
    service_user_name: String,
    create_date: Stamp,
    service_specific_credential_id: String,
    service_name: &'static str,
}

fn access_keys(user: &User) -> Vec<AccessKeyMetadata> {
    let of = |key: &AccessKey| AccessKeyMetadata {
        user_name: user.detail.user_name.clone(),
        access_key_id: key.id.clone(),
        status: key.status,
        create_date: key.created,
    };
    user.keys.iter().map(of).collect()
}

fn signing_certificates(user: &User) -> Vec<SigningCertificate> {
    let of = |upload: &Upload| SigningCertificate {
        user_name: user.detail.user_name.clone(),
        certificate_id: upload.id.clone(),
        status: "Active",
        upload_date: upload.at,
    };
    user.extra.signing_certificates.iter().map(of).collect()
}

fn ssh_public_keys(user: &User) -> Vec<SshPublicKey> {
    let of = |upload: &Upload| SshPublicKey {
        user_name: user.detail.user_name.clone(),
        ssh_public_key_id: upload.id.clone(),
        status: "Active",
        upload_date: upload.at,
    };
    user.extra.ssh_keys.iter().map(of).collect()
}

fn service_specific_credentials(user: &User) -> Vec<ServiceSpecificCredential> {
    let account = user.detail.arn.split(':').nth(4).unwrap_or_default();
    let of = |credential: &ServiceCredential| ServiceSpecificCredential {
        user_name: user.detail.user_name.clone(),
        status: "Active",
        service_user_name: format!("{}-at-{account}", user.detail.user_name),
        create_date: credential.created,
        service_specific_credential_id: credential.id.clone(),
        service_name: credential.service,
    };
    user.extra.service_credentials.iter().map(of).collect()
}
