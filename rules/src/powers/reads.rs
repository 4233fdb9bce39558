//! Reading everything of a kind: what `broad-secret-read`, `broad-data-read` and `registered-class-outgrown` share.

use census_model::{Decision, Level, Proof, Provider, Reach, Severity};
use census_privilege::azure;

use super::{known, proofs, weigh};
use crate::{Draft, Findings, View};

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matter {
    /// Secrets.
    Secrets,
    /// Data.
    Data,
}

impl Matter {
    /// Whether a permission reads it everywhere. In Azure only what covers a resource group or more is told at all.
    fn is_read_by(self, proof: &Proof) -> bool {
        let (actions, reading) = match self {
            Self::Secrets => (SECRETS, azure::Reading::Secrets),
            Self::Data => (DATA, azure::Reading::Data),
        };
        let of_aws = &*proof.resource == "*" && actions.contains(&&*proof.action);
        of_aws || azure::reading(&proof.action) == Some(reading)
    }
}

/// The actions that read secrets, as AWS spells them.
const SECRETS: &[&str] = &[
    "kms:Decrypt",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
];

/// The actions that read or copy data.
const DATA: &[&str] = &[
    "dynamodb:BatchGetItem",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "ec2:CreateSnapshot",
    "rds:CopyDBSnapshot",
    "rds:CreateDBSnapshot",
    "rds-data:ExecuteStatement",
    "redshift-data:ExecuteStatement",
    "s3:GetObject",
    "s3:GetObjectVersion",
];

/// What is read, and how bad that is.
pub(crate) struct Reading {
    /// What.
    pub(crate) matter: Matter,
    /// The same in words.
    pub(crate) what: &'static str,
    /// What to do.
    pub(crate) remedy: &'static str,
    /// How bad it is for certain.
    pub(crate) certain: Severity,
    /// How bad where only conditions that are open at run time allow it, or only in resource groups of Azure.
    pub(crate) conditional: Severity,
}

/// Reports the identities that read it everywhere and are no administrators.
pub(crate) fn report(reading: &Reading, view: &View<'_>, findings: &mut Findings<'_>) {
    let levels = [Level::Sensitive, Level::Escalates];
    for (identity, reach) in known(view).filter(|(_, reach)| levels.contains(&reach.level)) {
        let found = everywhere(reach, reading.matter);
        if found.is_empty() {
            continue;
        }
        let certain = found.iter().any(|proof| proof.decision == Decision::Allowed);
        let is_wide = found.iter().any(|proof| !is_in_group(proof));
        let how_far = if identity.provider == Provider::Azure { "broadly" } else { "everywhere" };
        let draft =
            Draft::new(format!("{} `{}` can read {} {how_far}", identity.kind, identity.name, reading.what))
                .severity(if certain && is_wide { reading.certain } else { reading.conditional })
                .facts(proofs(view, "reads", found));
        let draft = weigh(draft, view, reach).remedy(reading.remedy).command([
            "census",
            "explain",
            &identity.native_id,
        ]);
        findings.identity(identity, "", draft);
    }
}

/// Whether it lies in a single resource group of Azure.
fn is_in_group(proof: &Proof) -> bool {
    proof.resource.to_ascii_lowercase().contains("/resourcegroups/")
}

/// The permissions by which an identity reads everything there is of a kind.
pub(crate) fn everywhere(reach: &Reach, matter: Matter) -> Vec<&Proof> {
    reach.because.iter().filter(|proof| matter.is_read_by(proof)).collect()
}
