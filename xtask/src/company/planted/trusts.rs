//! Roles that trust too many.

use super::{DATA, DEV, PLATFORM, Planter, SANDBOX, SECURITY, policies::KEEP_THE_LEDGER};
use crate::{
    aws::{
        account::OidcProvider,
        details::{Place, Role},
        managed::aws as aws_managed,
        policy::{Statement, allow, aws, document, grant, service},
    },
    company::{
        roles::{BUILDKITE, GITHUB, GITLAB, STS, TERRAFORM, cross_account, issuer},
        workloads::COSTLANTERN,
    },
};

/// A warehouse partner's account.
pub(super) const HARBOURLINE: &str = "480100000933";

pub(super) fn plant(planter: &mut Planter<'_>) {
    anyone(planter);
    github(planter);
    other_issuers(planter);
    outside(planter);
    services(planter);
    deleted(planter);
}

fn role(place: &Place, name: &str, trust: Statement) -> Role {
    Role::new(place, name, document([trust]))
}

fn anyone(planter: &mut Planter<'_>) {
    let open = "trust-open-to-anyone";
    let place = planter.company.sandbox.place.clone();
    let anyone = role(&place, "try-anything", allow("sts:AssumeRole").everyone())
        .attach(aws_managed("PowerUserAccess"));
    planter.role(SANDBOX, anyone, open, "`Principal: *` without a condition");
    let place = planter.company.data.place.clone();
    let anyone = role(
        &place,
        "open-data-share",
        aws("*").when("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/reader-*"),
    )
    .inline("read", grant("s3:GetObject", "arn:aws:s3:::brindlemoor-open-data/*"));
    planter.role(DATA, anyone, open, "its condition names no account: anybody can call a role `reader-x`");
}

fn github(planter: &mut Planter<'_>) {
    let loose = "oidc-trust-unbound";
    let place = planter.company.dev.place.clone();
    let start = || issuer(&place, GITHUB, STS);
    let key = |claim: &str| format!("{GITHUB}:{claim}");
    let cases = [
        (
            "preview-github-deploy",
            start(),
            "GitHub: only the audience is tested, which every workflow may choose",
        ),
        (
            "design-system-github-deploy",
            start().when("StringLike", &key("sub"), "repo:brindlemoor*"),
            "GitHub: no slash after the name, so `brindlemoor-evil` fits",
        ),
        (
            "mobile-app-github-deploy",
            start().when("StringEquals", &key("sub"), "repo:brindlemoor/mobile-app:*"),
            "GitHub: a wildcard under `StringEquals` is taken literally and never matches",
        ),
        (
            "firmware-github-deploy",
            start().when("ForAllValues:StringLike", &key("sub"), "repo:brindlemoor/firmware:*"),
            "GitHub: `ForAllValues` is true when the claim is missing",
        ),
        (
            "docs-github-deploy",
            start().when("StringLike", &key("sub"), "repo:*/docs:ref:refs/heads/main"),
            "GitHub: any owner's repository of that name",
        ),
        (
            "handbook-github-deploy",
            start().when("StringLikeIfExists", &key("sub"), "repo:brindlemoor/handbook:*"),
            "GitHub: `IfExists` lets a token without the claim in",
        ),
    ];
    for (name, trust, what) in cases {
        let role = role(&place, name, trust)
            .inline("release", grant(["s3:PutObject", "cloudfront:CreateInvalidation"], "*"));
        planter.role(DEV, role, loose, what);
    }
    let place = planter.company.platform.place.clone();
    let trust =
        issuer(&place, GITHUB, STS).when("StringLike", &key("sub"), ["repo:brindlemoor/infra:*", "*"]);
    let passes = grant(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "*");
    let infra = role(&place, "infra-github-deploy", trust).inline("release", passes);
    planter.role(
        PLATFORM,
        infra,
        loose,
        "GitHub: a second value `*`, in production, and it can pass any role",
    );
}

fn other_issuers(planter: &mut Planter<'_>) {
    let loose = "oidc-trust-unbound";
    let place = planter.company.data.place.clone();
    let trust = issuer(&place, GITLAB, "https://gitlab.com").when(
        "StringLike",
        "gitlab.com:sub",
        "project_path:*:ref_type:branch:ref:main",
    );
    let gitlab = role(&place, "lake-gitlab-publish", trust)
        .attach(aws_managed("AmazonS3FullAccess"))
        .attach(place.policy(KEEP_THE_LEDGER));
    planter.role(DATA, gitlab, loose, "GitLab: the main branch of any project");
    let place = planter.company.dev.place.clone();
    let trust = issuer(&place, BUILDKITE, STS);
    let buildkite = role(&place, "buildkite-nightly", trust).attach(aws_managed("AmazonS3ReadOnlyAccess"));
    planter.role(DEV, buildkite, loose, "Buildkite: no subject at all");
    planter.company.dev.federation.oidc.push(OidcProvider::new(&place, TERRAFORM, "aws.workload.identity"));
    let trust = issuer(&place, TERRAFORM, "aws.workload.identity").when(
        "StringLike",
        &format!("{TERRAFORM}:sub"),
        "organization:*:project:*:workspace:dev-*:run_phase:*",
    );
    let terraform = role(&place, "terraform-dev-apply", trust).attach(aws_managed("AdministratorAccess"));
    planter.role(DEV, terraform, loose, "Terraform Cloud: any organization with a workspace `dev-x`");
}

fn outside(planter: &mut Planter<'_>) {
    let outside = "external-account-trust";
    let root = |account: &str| format!("arn:aws:iam::{account}:root");
    let place = planter.company.platform.place.clone();
    let vendor =
        cross_account(&place, "costlantern-reader", &root(COSTLANTERN)).attach(aws_managed("ReadOnlyAccess"));
    planter.role(PLATFORM, vendor, outside, "a cost vendor that acts for many customers");
    let place = planter.company.data.place.clone();
    let partner = format!("arn:aws:iam::{HARBOURLINE}:role/parcel-sync");
    let vendor = cross_account(&place, "harbourline-stock-feed", &partner)
        .inline("read", grant("s3:GetObject", "arn:aws:s3:::brindlemoor-lake/parcels/*"));
    planter.role(DATA, vendor, outside, "a warehouse partner's role");
    let place = planter.company.dev.place.clone();
    let vendor =
        cross_account(&place, "costlantern-reader", COSTLANTERN).attach(aws_managed("ReadOnlyAccess"));
    planter.role(DEV, vendor, outside, "the same vendor, named by its bare account id");
}

fn services(planter: &mut Planter<'_>) {
    let unbound = "service-trust-confused-deputy";
    let place = planter.company.platform.place.clone();
    let events = role(&place, "parcel-events-router", service("events.amazonaws.com"))
        .inline("put", grant("events:PutEvents", "*"));
    planter.role(PLATFORM, events, unbound, "EventBridge, from any account");
    let schedule = role(&place, "depot-cutoff-schedule", service("scheduler.amazonaws.com"))
        .inline("start", grant("lambda:InvokeFunction", "*"));
    planter.role(PLATFORM, schedule, unbound, "EventBridge Scheduler, from any account");
    let place = planter.company.data.place.clone();
    let states = role(&place, "etl-backfill-workflow", service("states.amazonaws.com"))
        .inline("start", grant("glue:StartJobRun", "*"));
    planter.role(DATA, states, unbound, "Step Functions, from any account");
    let notebook = role(&place, "model-sandbox-notebook", service("sagemaker.amazonaws.com"))
        .attach(aws_managed("AmazonS3FullAccess"))
        .attach(place.policy(KEEP_THE_LEDGER));
    planter.role(DATA, notebook, unbound, "SageMaker, from any account");
    let place = planter.company.security.place.clone();
    let flow = role(&place, "flow-logs-writer", service("vpc-flow-logs.amazonaws.com"))
        .inline("write", grant("logs:PutLogEvents", "*"));
    planter.role(SECURITY, flow, unbound, "VPC flow logs, from any account");
}

fn deleted(planter: &mut Planter<'_>) {
    let gone = "deleted-principal";
    let place = planter.company.data.place.clone();
    let mut dice = place.dice("deleted", "ledger-export");
    let old_role = dice.unique_id("AROA");
    let trust = document([aws([place.arn("role/etl-invoices-workflow"), old_role])]);
    let reader = Role::new(&place, "ledger-archive-writer", trust)
        .inline("write", grant("s3:PutObject", "arn:aws:s3:::brindlemoor-ledger-archive/*"));
    planter.role(DATA, reader, gone, "still names the id of the first `ledger-export`");
    let place = planter.company.platform.place.clone();
    let old_user = place.dice("deleted", "oncall").unique_id("AIDA");
    let oncall = role(&place, "oncall-debug", aws(old_user)).attach(aws_managed("ReadOnlyAccess"));
    planter.role(PLATFORM, oncall, gone, "a user who left; nobody can use the role");
}
