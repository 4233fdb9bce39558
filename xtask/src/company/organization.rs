//! The organization's tree and its control policies.

use super::{DATA, DEV, MANAGEMENT, PLATFORM, SANDBOX, SECURITY, SUSPENDED};
use crate::aws::{
    organization::Organization,
    policy::{deny, deny_all_but, document},
};

/// The organization's id.
pub(super) const ID: &str = "o-br1ndlem00";

const ROOT: &str = "r-bm01";
const SECURITY_UNIT: &str = "ou-bm01-secur1ty";
const WORKLOADS: &str = "ou-bm01-w0rkload";
const PROD: &str = "ou-bm01-w0rkprod";
const DEVELOPMENT: &str = "ou-bm01-w0rkdev1";
const SANDBOXES: &str = "ou-bm01-sandb0x1";
const CLOSED: &str = "ou-bm01-suspend1";

/// Everything but what is global by nature stays in the two regions of the company.
const REGIONS: &str = "p-bmregions1";
const GUARDRAILS: &str = "p-bmguardra1";
const NO_ROOT: &str = "p-bmnoroot01";
const NO_LONG_LIVED_KEYS: &str = "p-bmnokeys01";
const SANDBOX_LIMITS: &str = "p-bmsandbox1";
const QUARANTINE: &str = "p-bmquarant1";
const DATA_PERIMETER: &str = "p-bmperimet1";
const TLS_ONLY: &str = "p-bmtlsonly1";

/// The whole tree.
pub(super) fn organization() -> Organization {
    let mut organization = Organization::new(ID, MANAGEMENT);
    service_control(&mut organization);
    resource_control(&mut organization);
    for (id, parent, name, policies) in [
        (ROOT, None, "Root", &[GUARDRAILS, TLS_ONLY][..]),
        (SECURITY_UNIT, Some(ROOT), "security", &[NO_ROOT]),
        (WORKLOADS, Some(ROOT), "workloads", &[REGIONS, NO_ROOT]),
        (PROD, Some(WORKLOADS), "prod", &[NO_LONG_LIVED_KEYS, DATA_PERIMETER]),
        (DEVELOPMENT, Some(WORKLOADS), "dev", &[]),
        (SANDBOXES, Some(ROOT), "sandbox", &[REGIONS, SANDBOX_LIMITS]),
        (CLOSED, Some(ROOT), "suspended", &[QUARANTINE]),
        (MANAGEMENT, Some(ROOT), "brindlemoor-management", &[]),
        (SECURITY, Some(SECURITY_UNIT), "brindlemoor-security-audit", &[]),
        (PLATFORM, Some(PROD), "brindlemoor-platform-prod", &[]),
        (DATA, Some(PROD), "brindlemoor-data-prod", &[]),
        (DEV, Some(DEVELOPMENT), "brindlemoor-platform-dev", &[]),
        (SANDBOX, Some(SANDBOXES), "brindlemoor-sandbox", &[]),
        (SUSPENDED, Some(CLOSED), "fenwick-couriers-legacy", &[]),
    ] {
        organization.target(id, parent, name, policies);
    }
    organization
}

fn service_control(organization: &mut Organization) {
    let regions =
        deny_all_but(["iam:*", "organizations:*", "route53:*", "cloudfront:*", "sts:*", "support:*"])
            .sid("OnlyOurRegions")
            .on("*")
            .when("StringNotEquals", "aws:RequestedRegion", ["eu-west-1", "eu-central-1"]);
    organization.scp(REGIONS, "only-our-regions", document([regions]));
    let trail = deny(["cloudtrail:DeleteTrail", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail"])
        .sid("KeepTheTrail")
        .on("*");
    let stay = deny("organizations:LeaveOrganization").sid("Stay").on("*");
    organization.scp(GUARDRAILS, "guardrails", document([trail, stay]));
    let root =
        deny("*").sid("NobodyIsRoot").on("*").when("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:root");
    organization.scp(NO_ROOT, "no-root-user", document([root]));
    let keys = deny(["iam:CreateAccessKey", "iam:CreateUser"]).sid("NoNewKeys").on("*").when(
        "ArnNotLike",
        "aws:PrincipalArn",
        "arn:aws:iam::*:role/identity-platform-*",
    );
    organization.scp(NO_LONG_LIVED_KEYS, "no-new-long-lived-keys", document([keys]));
    let sandbox =
        deny(["ec2:CreateVpcPeeringConnection", "iam:CreateSAMLProvider", "ram:*"]).sid("StayAlone").on("*");
    organization.scp(SANDBOX_LIMITS, "sandbox-limits", document([sandbox]));
    organization.scp(QUARANTINE, "quarantine", document([deny("*").sid("Closed").on("*")]));
}

fn resource_control(organization: &mut Organization) {
    let perimeter = deny(["kms:Decrypt", "s3:GetObject", "s3:PutObject", "secretsmanager:GetSecretValue"])
        .everyone()
        .sid("OnlyOurIdentities")
        .on("*")
        .when("StringNotEqualsIfExists", "aws:PrincipalOrgID", ID)
        .when("BoolIfExists", "aws:PrincipalIsAWSService", "false");
    organization.rcp(DATA_PERIMETER, "data-perimeter", document([perimeter]));
    let tls =
        deny("s3:*").everyone().sid("TlsOnly").on("*").when("BoolIfExists", "aws:SecureTransport", "false");
    organization.rcp(TLS_ONLY, "tls-only", document([tls]));
}
