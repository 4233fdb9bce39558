//! Policies that do not say what they were to say.
//!
//! None that AWS would refuse: it checks a policy when it is saved, so no export of an account holds one.

use super::Planter;
use crate::{
    aws::policy::{deny, document},
    company,
};

/// The data team's policy for roles that may do anything in S3.
pub(super) const KEEP_THE_LEDGER: &str = "keep-the-ledger";

pub(super) fn plant(planter: &mut Planter<'_>) {
    let keep = deny(["s3:DeleteObject", "s3:DeleteObjectVersions"])
        .sid("Keep")
        .on("arn:aws:s3:::brindlemoor-ledger-archive/*");
    planter.company.data.policy(KEEP_THE_LEDGER, document([keep]));
    let what =
        "denies `s3:DeleteObjectVersions`, which is no action: its two roles may delete versions for good";
    planter.note("policy-unknown-action", company::DATA, "policy/keep-the-ledger", what);
}
