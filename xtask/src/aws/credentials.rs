//! What proves to be a user: passwords, keys, certificates.

use serde::Serialize;

use super::{clock::Stamp, dice::Dice};

/// `Status` of an access key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum AccessKeyStatus {
    /// Opens doors.
    Active,
    /// Switched off, can be switched on again.
    Inactive,
}

/// An access key; its secret half is never made.
#[derive(Clone, Debug)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) status: AccessKeyStatus,
    pub(crate) created: Stamp,
    pub(crate) last_used: Option<Use>,
}

/// A use of an access key.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) at: Stamp,
    pub(crate) region: &'static str,
    pub(crate) service: &'static str,
}

impl AccessKey {
    /// An active key of an age in days, last used so many days ago or never.
    pub(crate) fn new(age: u32, used: Option<u32>, dice: &mut Dice) -> Self {
        Self {
            id: dice.access_key_id(),
            status: AccessKeyStatus::Active,
            created: Stamp::days_ago(age, dice),
            last_used: used.map(|days| Use {
                at: Stamp::days_ago(days, dice),
                region: dice.pick(&["eu-west-1", "eu-west-1", "eu-central-1", "us-east-1"]),
                service: dice.pick(&["s3", "sts", "ec2", "sqs", "dynamodb", "ecr"]),
            }),
        }
    }
}

/// A console password.
#[derive(Clone, Debug)]
pub(crate) struct Password {
    pub(crate) changed: Stamp,
    pub(crate) last_used: Option<Stamp>,
}

impl Password {
    /// A password as old as its user, or changed this year; last used so many days ago or never.
    pub(crate) fn new(user_created: Stamp, used: Option<u32>, dice: &mut Dice) -> Self {
        let changed = Stamp::days_ago(dice.between(20, 300), &mut dice.clone());
        Self { changed: changed.max(user_created), last_used: used.map(|days| Stamp::days_ago(days, dice)) }
    }
}

/// What few users have.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserExtra {
    /// Whether an MFA device is assigned.
    pub(crate) mfa: bool,
    /// X.509 signing certificates.
    pub(crate) signing_certificates: Vec<Upload>,
    /// SSH keys for CodeCommit.
    pub(crate) ssh_keys: Vec<Upload>,
    /// Passwords for one service.
    pub(crate) service_credentials: Vec<ServiceCredential>,
}

/// A certificate or public key that somebody uploaded.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) id: String,
    pub(crate) at: Stamp,
}

/// A password for one service.
#[derive(Clone, Debug)]
pub(crate) struct ServiceCredential {
    pub(crate) id: String,
    pub(crate) service: &'static str,
    pub(crate) created: Stamp,
}

/// The root user.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    /// When the account was made.
    pub(crate) created: Stamp,
    /// Last sign-in.
    pub(crate) last_used: Option<Stamp>,
    /// Whether an MFA device is assigned.
    pub(crate) mfa: bool,
    /// An access key, which a root user should not have.
    pub(crate) key: Option<AccessKey>,
}

impl Root {
    /// A root user with MFA that nobody uses.
    pub(crate) fn new(age: u32, dice: &mut Dice) -> Self {
        Self { created: Stamp::days_ago(age, dice), last_used: None, mfa: true, key: None }
    }
}
