//! Documents in, estate out.

mod credentials;
mod errors;
mod gaps;
mod identity_center;
mod key_grants;
mod laws;
mod organization;
mod policies;
mod principals;
mod resources;
mod usage;
mod workloads;

use std::collections::BTreeMap;

use census_model::{Credential, Estate, EstateBuilder, Gap, GapReason, Identity, Text};
use census_provider_api::{DocPath, Manifest, MemoryStore, ReadError};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) const ACCOUNT: &str = "111122223333";

/// A header of the credential report, as AWS prints it.
pub(super) const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,\
    password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,\
    access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,\
    access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,\
    access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// The part of a row after the password that says: no second factor, no key, no certificate.
pub(super) const NO_KEYS: &str = "false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";

/// The row of a root user without keys, with a second factor.
pub(super) const ROOT_ROW: &str = "<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,\
    not_supported,2026-01-05T08:00:00+00:00,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,\
    N/A,N/A,false,N/A,false,N/A";

/// Files in a folder, by path.
#[derive(Clone, Default)]
pub(super) struct Folder {
    files: BTreeMap<DocPath, Vec<u8>>,
    manifest: Option<Manifest>,
}

impl Folder {
    /// The folder with every file of [`ACCOUNT`], all of them empty lists and a root user.
    pub(super) fn complete() -> Self {
        let mut folder = Self::default().details(&json!({}));
        folder = folder.of_account("credential-report.csv", &format!("{HEADER}\n{ROOT_ROW}\n"));
        folder = folder.of_account("account-summary.json", r#"{"SummaryMap":{"AccountMFAEnabled":1}}"#);
        for list in crate::documents::AccountFile::ALL.iter().map(|file| file.name()).skip(4) {
            folder = folder.of_account(list, "[]");
        }
        folder.file("organization.json", "{}")
    }

    pub(super) fn file(mut self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.files.insert(DocPath::new(path).unwrap(), text.as_ref().to_vec());
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.files.retain(|path, _| !path.as_str().ends_with(name));
        self
    }

    pub(super) fn of_account(self, name: &str, text: &str) -> Self {
        self.file(&format!("accounts/{ACCOUNT}/{name}"), text)
    }

    /// Authorization details with these lists, the others empty.
    pub(super) fn details(self, lists: &Value) -> Self {
        self.of_account("authorization-details.json", &details(lists).to_string())
    }

    /// A credential report with the root user and these rows.
    pub(super) fn report(self, rows: &[&str]) -> Self {
        self.of_account("credential-report.csv", &format!("{HEADER}\n{ROOT_ROW}\n{}\n", rows.join("\n")))
    }

    pub(super) fn gaps(mut self, gaps: Vec<Gap>) -> Self {
        let mut manifest = Manifest::new(at("2026-06-01T00:00:00Z"));
        manifest.targets = vec![format!("aws:account/{ACCOUNT}")];
        manifest.gaps = gaps;
        self.manifest = Some(manifest);
        self
    }

    pub(super) fn try_read(&self) -> Result<Estate, ReadError> {
        let store = MemoryStore::new(self.files.clone(), self.manifest.clone());
        let mut estate = EstateBuilder::new();
        super::read(&store, &mut estate)?;
        let now = at("2026-06-01T00:00:00Z");
        Ok(estate.finish(now, now, now))
    }

    pub(super) fn read(&self) -> Estate {
        self.try_read().unwrap_or_else(|e| panic!("{e}"))
    }

    pub(super) fn error(&self) -> String {
        self.try_read().map(|_| ()).unwrap_err().to_string()
    }
}

/// Authorization details with these lists, the others empty.
pub(super) fn details(lists: &Value) -> Value {
    let mut whole =
        json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []});
    for (name, list) in lists.as_object().unwrap() {
        whole[name] = list.clone();
    }
    whole
}

/// A user as `aws` prints it.
pub(super) fn user(name: &str) -> Value {
    json!({
        "Path": "/", "UserName": name, "UserId": format!("AIDA{name}"),
        "Arn": format!("arn:aws:iam::{ACCOUNT}:user/{name}"), "CreateDate": "2024-01-01T00:00:00+00:00",
        "GroupList": [], "AttachedManagedPolicies": [], "Tags": []
    })
}

/// A role as `aws` prints it, trusted by a service.
pub(super) fn role(name: &str) -> Value {
    json!({
        "Path": "/", "RoleName": name, "RoleId": format!("AROA{name}"),
        "Arn": format!("arn:aws:iam::{ACCOUNT}:role/{name}"), "CreateDate": "2024-01-01T00:00:00+00:00",
        "AssumeRolePolicyDocument": trust(&json!({"Service": "lambda.amazonaws.com"})),
        "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": [], "Tags": [],
        "RoleLastUsed": {}
    })
}

/// A trust policy of one statement.
pub(super) fn trust(principal: &Value) -> Value {
    json!({"Version": "2012-10-17",
           "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole*"}]})
}

/// A policy that allows one action.
pub(super) fn policy(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
}

/// A list of one inline policy.
pub(super) fn inline(name: &str, document: &Value) -> Value {
    json!([{"PolicyName": name, "PolicyDocument": document}])
}

/// A value with some fields replaced.
pub(super) fn with(mut value: Value, fields: &Value) -> Value {
    for (name, field) in fields.as_object().unwrap() {
        value[name] = field.clone();
    }
    value
}

/// A row of the credential report for a user.
pub(super) fn row(name: &str, password: &str, rest: &str) -> String {
    format!("{name},arn:aws:iam::{ACCOUNT}:user/{name},2024-01-01T00:00:00+00:00,{password},{rest}")
}

pub(super) fn texts(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(|text| &**text).collect()
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn arn(resource: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{resource}")
}

pub(super) fn identity<'e>(estate: &'e Estate, resource: &str) -> &'e Identity {
    let arn = arn(resource);
    estate.identities.iter().find(|one| *one.native_id == arn).unwrap_or_else(|| panic!("{arn} is missing"))
}

pub(super) fn credentials<'e>(estate: &'e Estate, resource: &str) -> Vec<&'e Credential> {
    let id = &identity(estate, resource).id;
    estate.credentials.iter().filter(|one| one.identity() == Some(id)).collect()
}

/// The gaps as `reason read`, sorted. What is never asked for is left out: a second factor's use, for one.
pub(super) fn gaps(estate: &Estate) -> Vec<String> {
    let asked = estate.gaps.iter().filter(|gap| gap.reason != GapReason::NotRequested);
    let mut gaps: Vec<String> = asked.map(|gap| format!("{} {}", gap.reason, gap.read)).collect();
    gaps.sort_unstable();
    gaps
}

/// The gap with this reason and read.
pub(super) fn gap<'e>(estate: &'e Estate, wanted: &str) -> &'e Gap {
    let found = estate.gaps.iter().find(|gap| format!("{} {}", gap.reason, gap.read) == wanted);
    found.unwrap_or_else(|| panic!("no gap {wanted}: {:?}", estate.gaps))
}
