//! Ways to administration, and near misses that look like one.

use super::{DEV, PLATFORM, Planter};
use crate::{
    aws::{
        details::{Place, Role, User},
        managed::aws,
        policy::{Document, Statement, allow, document, grant},
    },
    company::{
        self,
        roles::{BUILDKITE, STS, cross_account, issuer, lambda},
    },
};

pub(super) fn plant(planter: &mut Planter<'_>) {
    previews(planter);
    promotion(planter);
    vending(planter);
    secrets(planter);
    near_misses(planter);
    known(planter);
}

/// A build that may choose the role of the functions that it makes, and a strong role among those to choose from.
fn previews(planter: &mut Planter<'_>) {
    let place = planter.company.dev.place.clone();
    let janitor = lambda(&place, "stack-janitor-lambda", grant("cloudformation:DeleteStack", "*"))
        .attach(aws("AdministratorAccess"));
    let what = "deletes forgotten stacks at night, as an administrator; nobody knows who wrote it";
    planter.role(DEV, janitor, "admin-without-owner", what);
    let passes = allow("iam:PassRole").on(place.arn("role/*-lambda"));
    let user = ci(&place, "ci-previews", document([functions(&place), passes]));
    let what = "makes functions with any role `*-lambda`; `stack-janitor-lambda` is one of them";
    planter.user(DEV, user, "privilege-escalation", what);
}

fn ci(place: &Place, name: &str, document: Document) -> User {
    User::new(place, name).path(place, "/machines/").key(38, Some(0)).inline("release", document)
}

fn functions(place: &Place) -> Statement {
    allow(["lambda:CreateFunction", "lambda:DeleteFunction", "lambda:InvokeFunction"])
        .on(format!("arn:aws:lambda:eu-west-1:{}:function:*", place.account))
}

/// A pipeline of development that enters production, where it may change what runs as an administrator.
fn promotion(planter: &mut Planter<'_>) {
    let place = planter.company.platform.place.clone();
    let migrate = lambda(&place, "schema-migrate-lambda", grant("rds-data:ExecuteStatement", "*"))
        .attach(aws("AdministratorAccess"));
    let what = "changes the databases' tables; an administrator since a change failed at night";
    planter.role(PLATFORM, migrate, "admin-identity", what);
    let pipeline = format!("arn:aws:iam::{}:role/buildkite-release", company::DEV);
    let promoter = cross_account(&place, "release-promoter", &pipeline).inline(
        "promote",
        grant(
            ["lambda:InvokeFunction", "lambda:UpdateFunctionCode"],
            format!("arn:aws:lambda:eu-west-1:{}:function:*", place.account),
        ),
    );
    let what = "changes the code of any function; `schema-migrate` runs as an administrator";
    planter.role(PLATFORM, promoter, "privilege-escalation", what);
    let into = place.arn("role/release-promoter");
    let place = planter.company.dev.place.clone();
    let trust = issuer(&place, BUILDKITE, STS).when(
        "StringLike",
        &format!("{BUILDKITE}:sub"),
        "organization:brindlemoor:pipeline:release:ref:refs/heads/main:*",
    );
    let release = Role::new(&place, "buildkite-release", document([trust]))
        .inline("enter", grant("sts:AssumeRole", into));
    let what = "a pipeline of development that becomes production's `release-promoter`, and so administrator";
    planter.role(DEV, release, "cross-environment-reach", what);
}

/// The one role that the control policy against new users and keys exempts.
fn vending(planter: &mut Planter<'_>) {
    let place = planter.company.platform.place.clone();
    let makes =
        grant(["iam:AttachRolePolicy", "iam:CreateRole", "iam:TagRole"], place.arn("role/svc-*").as_str());
    let role = lambda(&place, "identity-platform-vending-lambda", makes);
    let what = "makes roles for new services with whatever policy is asked for; no boundary is demanded";
    planter.role(PLATFORM, role, "mints-identities-without-boundary", what);
}

fn secrets(planter: &mut Planter<'_>) {
    let place = planter.company.platform.place.clone();
    let reads = grant(["secretsmanager:GetSecretValue", "secretsmanager:ListSecrets"], "*");
    let role = lambda(&place, "secret-age-lambda", reads);
    planter.role(
        PLATFORM,
        role,
        "broad-secret-read",
        "was to tell how old secrets are, and can read them all",
    );
}

/// What other tools call an escalation, and is none.
fn near_misses(planter: &mut Planter<'_>) {
    let miss = "near miss";
    let place = planter.company.dev.place.clone();
    let writes = grant(["iam:CreatePolicyVersion", "iam:PutRolePolicy"], "*");
    let sync = lambda(&place, "policy-sync-lambda", writes).bounded(place.policy("workload-boundary"));
    let what = "may write any role's policies, its own too, but for its boundary: no path";
    planter.role(DEV, sync, miss, what);
    let passes = allow("iam:PassRole").on(place.arn("role/*")).when(
        "StringEquals",
        "iam:PassedToService",
        "ecs-tasks.amazonaws.com",
    );
    let tasks = allow(["ecs:RegisterTaskDefinition", "ecs:RunTask"]).on("*");
    let user = ci(&place, "ci-containers", document([functions(&place), tasks, passes]));
    let what = "makes functions and passes any role, but to containers only, and no administrator is one";
    planter.user(DEV, user, miss, what);
}

/// What is wrong with some that are planted for another reason.
fn known(planter: &mut Planter<'_>) {
    for (problem, place, name, what) in [
        (
            "broad-data-read",
            company::PLATFORM,
            "role/tmp-fix-labels-lambda",
            "reads every bucket and table of production",
        ),
        (
            "cross-account-reach",
            company::MANAGEMENT,
            "role/AWSCloudFormationStackSetAdministrationRole",
            "becomes administrator of each member account, as stack sets do",
        ),
        (
            "outsider-reaches-admin",
            company::PLATFORM,
            "role/infra-github-deploy",
            "any repository of GitHub gets in, and out as `schema-migrate-lambda`",
        ),
        (
            "outsider-reaches-admin",
            company::DEV,
            "role/terraform-dev-apply",
            "any tenant of Terraform Cloud is administrator of development",
        ),
        (
            "passrole-on-all-roles",
            company::PLATFORM,
            "role/infra-github-deploy",
            "may pass every role to every service",
        ),
        ("privilege-escalation", company::DEV, "user/terraform-local", "attaches what it likes to itself"),
        (
            "same-power-many-identities",
            company::DEV,
            "user/jenkins",
            "`terraform-dev-apply` and `OrganizationAccountAccessRole` hold the very same",
        ),
        (
            "unused-privilege",
            company::PLATFORM,
            "role/migration-runner",
            "an administrator that nobody used for a year",
        ),
        (
            "wildcard-sensitive-service",
            company::PLATFORM,
            "role/tmp-fix-labels-lambda",
            "everything in S3 and DynamoDB, to change labels once",
        ),
    ] {
        planter.note(problem, place, name, what);
    }
}
