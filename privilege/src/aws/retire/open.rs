//! What was not read and could hold more that depends on an identity.

use census_model::{DependentKind, Gap, GapId, PrincipalSet};

use super::Subject;
use crate::aws::access::{RESOURCE_POLICY_READS, WORKLOAD_READS};

/// The read that brings identities, with their policies, trusts, groups and instance profiles.
const DETAILS: &str = "iam:GetAccountAuthorizationDetails";

/// The reads that bring the credentials of users.
const CREDENTIAL_READS: [&str; 8] = [
    "iam:GetCredentialReport",
    "iam:GenerateCredentialReport",
    "iam:GetLoginProfile",
    "iam:ListAccessKeys",
    "iam:ListSSHPublicKeys",
    "iam:ListServiceSpecificCredentials",
    "iam:ListSigningCertificates",
    DETAILS,
];

/// The gaps because of which more may depend on the identity in this way, sorted.
pub(super) fn of(subject: &Subject<'_>, kind: DependentKind) -> Vec<GapId> {
    use DependentKind as K;
    let here = |gap: &Gap| subject.is_above(gap);
    let about_it = |gap: &Gap| here(gap) && subject.is_concerned_by(gap);
    let may_run = kind != K::Workload || lets_services_in(subject);
    let is_open = |gap: &Gap| {
        let read = &*gap.read;
        match kind {
            // What runs as a role lies in its account.
            K::Workload => may_run && WORKLOAD_READS.contains(&read) && here(gap),
            K::InstanceProfile | K::MayBecomeIt | K::Group => read == DETAILS && about_it(gap),
            K::OnlyItBecomes | K::ItMayBecome | K::PolicyAboutIt | K::PathThroughIt => read == DETAILS,
            K::ResourcePolicy => RESOURCE_POLICY_READS.contains(&read) && !read.starts_with("kms:ListGrants"),
            K::KeyGrant => ["kms:ListGrants", "kms:ListKeys"].contains(&read) || stands_for_all(gap),
            K::Condition => RESOURCE_POLICY_READS.contains(&read) || read.contains("organizations:"),
            K::Assignee => read.starts_with("sso:") && about_it(gap),
            K::Credential => CREDENTIAL_READS.contains(&read) && about_it(gap),
        }
    };
    let gaps = subject.index.estate().gaps.iter().filter(|gap| is_open(gap));
    let mut open: Vec<GapId> = gaps.map(|gap| gap.id.clone()).collect();
    open.sort();
    open
}

/// Whether a gap says that no resource's policy was read at all.
fn stands_for_all(gap: &Gap) -> bool {
    let [first, ..] = RESOURCE_POLICY_READS;
    *gap.read == *first && gap.affects.is_empty()
}

/// Whether services of AWS may become the role: otherwise nothing of theirs runs as it. A role without any trust is one
/// whose trust policy was not understood, or lets nobody in.
fn lets_services_in(subject: &Subject<'_>) -> bool {
    let trusts = subject.index.trusts(&subject.identity.id);
    trusts.is_empty()
        || trusts.iter().any(|trust| {
            matches!(
                trust.who,
                PrincipalSet::Service(_)
                    | PrincipalSet::Everyone
                    | PrincipalSet::Authenticated
                    | PrincipalSet::Unrecognized(_)
            )
        })
}
