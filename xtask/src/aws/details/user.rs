//! Users.

use serde::Serialize;

use super::{Attached, Boundary, Inline, Place, Tag, boundary, inline, tag};
use crate::aws::{
    clock::Stamp,
    credentials::{AccessKey, AccessKeyStatus, Password, ServiceCredential, Upload, UserExtra},
    dice::Dice,
    policy::Document,
};

/// An item of `UserDetailList`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UserDetail {
    path: String,
    pub(crate) user_name: String,
    pub(crate) user_id: String,
    pub(crate) arn: String,
    pub(crate) create_date: Stamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    user_policy_list: Vec<Inline>,
    group_list: Vec<String>,
    pub(crate) attached_managed_policies: Vec<Attached>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) permissions_boundary: Option<Boundary>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

/// A user with its credentials, which other documents hold.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) detail: UserDetail,
    pub(crate) password: Option<Password>,
    pub(crate) keys: Vec<AccessKey>,
    pub(crate) extra: UserExtra,
    pub(crate) dice: Dice,
}

impl User {
    /// A user without credentials or permissions, one to four years old.
    pub(crate) fn new(place: &Place, name: &str) -> Self {
        let mut dice = place.dice("user", name);
        let age = dice.between(300, 1400);
        let detail = UserDetail {
            path: "/".into(),
            user_name: name.into(),
            user_id: dice.unique_id("AIDA"),
            arn: place.arn(&format!("user/{name}")),
            create_date: Stamp::days_ago(age, &mut dice),
            user_policy_list: Vec::new(),
            group_list: Vec::new(),
            attached_managed_policies: Vec::new(),
            permissions_boundary: None,
            tags: Vec::new(),
        };
        Self { detail, password: None, keys: Vec::new(), extra: UserExtra::default(), dice }
    }

    /// Moves the user below a path: `/machines/`.
    pub(crate) fn path(mut self, place: &Place, path: &str) -> Self {
        self.detail.path = path.into();
        self.detail.arn = place.arn(&format!("user{path}{}", self.detail.user_name));
        self
    }

    /// An active access key of an age in days, last used so many days ago or never.
    pub(crate) fn key(mut self, age: u32, used: Option<u32>) -> Self {
        let key = AccessKey::new(age, used, &mut self.dice);
        self.detail.create_date = self.detail.create_date.min(key.created);
        self.keys.push(key);
        self
    }

    /// Switches the newest key off.
    pub(crate) fn disabled(mut self) -> Self {
        if let Some(key) = self.keys.last_mut() {
            key.status = AccessKeyStatus::Inactive;
        }
        self
    }

    /// A console password with MFA, last used so many days ago or never.
    pub(crate) fn console(mut self, used: Option<u32>) -> Self {
        self.password = Some(Password::new(self.detail.create_date, used, &mut self.dice));
        self.extra.mfa = true;
        self
    }

    /// Takes the MFA device away.
    pub(crate) fn without_mfa(mut self) -> Self {
        self.extra.mfa = false;
        self
    }

    /// Uploads an X.509 signing certificate of an age in days.
    pub(crate) fn signing_certificate(mut self, age: u32) -> Self {
        let id = self.dice.hex(32).to_uppercase();
        let at = Stamp::days_ago(age, &mut self.dice);
        self.extra.signing_certificates.push(Upload { id, at });
        self
    }

    /// Uploads an SSH public key of an age in days.
    pub(crate) fn ssh_key(mut self, age: u32) -> Self {
        let id = self.dice.unique_id("APKA");
        let at = Stamp::days_ago(age, &mut self.dice);
        self.extra.ssh_keys.push(Upload { id, at });
        self
    }

    /// Makes a password for one service, of an age in days.
    pub(crate) fn service_credential(mut self, service: &'static str, age: u32) -> Self {
        let id = self.dice.unique_id("ACCA");
        let created = Stamp::days_ago(age, &mut self.dice);
        self.extra.service_credentials.push(ServiceCredential { id, service, created });
        self
    }

    /// Puts the user into a group.
    pub(crate) fn group(mut self, name: &str) -> Self {
        self.detail.group_list.push(name.into());
        self
    }

    /// Attaches a managed policy.
    pub(crate) fn attach(mut self, policy: Attached) -> Self {
        self.detail.attached_managed_policies.push(policy);
        self
    }

    /// Adds an inline policy.
    pub(crate) fn inline(mut self, name: &str, document: Document) -> Self {
        self.detail.user_policy_list.push(inline(name, document));
        self
    }

    /// Sets the permissions boundary.
    pub(crate) fn bounded(mut self, policy: Attached) -> Self {
        self.detail.permissions_boundary = Some(boundary(policy));
        self
    }

    /// Adds a tag.
    pub(crate) fn tag(mut self, key: &str, value: &str) -> Self {
        self.detail.tags.push(tag(key, value));
        self
    }
}
