//! The kinds of roles that a company has, bound as they should be.

use super::catalogue::Part;
use crate::aws::{
    account::oidc_arn,
    details::{Place, Role},
    managed::aws as aws_managed,
    policy::{Document, Statement, Texts, aws, document, grant, service, web_identity},
};

/// GitHub's issuer for workflows.
pub(crate) const GITHUB: &str = "token.actions.githubusercontent.com";
/// GitLab's issuer.
pub(crate) const GITLAB: &str = "gitlab.com";
/// Terraform Cloud's issuer.
pub(crate) const TERRAFORM: &str = "app.terraform.io";
/// Buildkite's issuer.
pub(crate) const BUILDKITE: &str = "agent.buildkite.com";

/// What AWS services and the identity providers write as audience.
pub(crate) const STS: &str = "sts.amazonaws.com";

/// The issuer of an account's Kubernetes cluster.
pub(crate) fn cluster_issuer(place: &Place) -> String {
    let id = place.dice("cluster", "").hex(32).to_uppercase();
    format!("oidc.eks.eu-west-1.amazonaws.com/id/{id}")
}

/// Trust of a service, bound to this account.
pub(crate) fn bound_service(place: &Place, name: &str, source: &str) -> Statement {
    service(name).when("StringEquals", "aws:SourceAccount", place.account.as_str()).when(
        "ArnLike",
        "aws:SourceArn",
        format!("arn:aws:{source}:eu-west-1:{}:*", place.account),
    )
}

/// Trust of a shared issuer with its usual audience, and nothing else yet.
pub(crate) fn issuer(place: &Place, url: &str, audience: &str) -> Statement {
    web_identity(&oidc_arn(place, url)).when("StringEquals", &format!("{url}:aud"), audience)
}

/// Trust of GitHub workflows with these subjects.
pub(crate) fn github(place: &Place, operator: &str, subjects: impl Into<Texts>) -> Document {
    document([issuer(place, GITHUB, STS).when(operator, &format!("{GITHUB}:sub"), subjects)])
}

/// A Lambda function's role.
pub(crate) fn lambda(place: &Place, name: &str, document_: Document) -> Role {
    let trust = document([service("lambda.amazonaws.com")]);
    Role::new(place, name, trust).attach(aws_managed("AWSLambdaBasicExecutionRole")).inline("work", document_)
}

/// The roles of one part of a service.
pub(crate) fn part(place: &Place, service_name: &str, part: Part) -> Vec<Role> {
    match part {
        Part::Lambda(function) => {
            let name = format!("{service_name}-{function}-lambda");
            vec![lambda(place, &name, table_and_queue(place, service_name, function))]
        }
        Part::Ecs => ecs(place, service_name),
        Part::Pod => vec![pod(place, service_name, &format!("{service_name}-pod"))],
        Part::Schedule => vec![schedule(place, service_name)],
        Part::Deploy => vec![deploy(place, service_name)],
    }
}

fn ecs(place: &Place, name: &str) -> Vec<Role> {
    let trust = || document([bound_service(place, "ecs-tasks.amazonaws.com", "ecs")]);
    vec![
        Role::new(place, &format!("{name}-task"), trust()).inline("work", bucket_and_secret(place, name)),
        Role::new(place, &format!("{name}-task-execution"), trust())
            .attach(aws_managed("AmazonECSTaskExecutionRolePolicy")),
    ]
}

/// A role for one service account of the account's Kubernetes cluster.
pub(crate) fn pod(place: &Place, namespace: &str, name: &str) -> Role {
    let issuer_url = cluster_issuer(place);
    let trust = issuer(place, &issuer_url, STS).when(
        "StringEquals",
        &format!("{issuer_url}:sub"),
        format!("system:serviceaccount:{namespace}:{namespace}"),
    );
    Role::new(place, name, document([trust])).inline("work", table_and_queue(place, namespace, "jobs"))
}

fn schedule(place: &Place, name: &str) -> Role {
    let trust = document([bound_service(place, "scheduler.amazonaws.com", "scheduler")]);
    let function = format!("arn:aws:lambda:eu-west-1:{}:function:{name}-*", place.account);
    Role::new(place, &format!("{name}-schedule"), trust)
        .inline("start", grant("lambda:InvokeFunction", function))
}

/// Deployments come from one repository's main branch or environment; services differ in how they say so.
fn deploy(place: &Place, name: &str) -> Role {
    let repository = format!("repo:brindlemoor/{name}");
    let trust = match place.dice("deploy", name).below(4) {
        0 => github(place, "StringEquals", format!("{repository}:environment:production")),
        1 => github(place, "StringLike", format!("{repository}:*")),
        2 => document([issuer(place, GITHUB, STS)
            .when("StringEquals", &format!("{GITHUB}:repository"), format!("brindlemoor/{name}"))
            .when("StringEquals", &format!("{GITHUB}:sub"), format!("{repository}:ref:refs/heads/main"))]),
        _ => github(place, "StringEquals", format!("{repository}:ref:refs/heads/main")),
    };
    Role::new(place, &format!("{name}-github-deploy"), trust)
        .inline("release", release(place, name))
        .bounded(place.policy("workload-boundary"))
}

/// What a deployment needs: push an image, roll a service, update a function.
fn release(place: &Place, name: &str) -> Document {
    let account = &place.account;
    grant(
        [
            "ecr:BatchCheckLayerAvailability",
            "ecr:CompleteLayerUpload",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
            "ecs:UpdateService",
            "lambda:UpdateFunctionCode",
        ],
        [
            format!("arn:aws:ecr:eu-west-1:{account}:repository/{name}"),
            format!("arn:aws:ecs:eu-west-1:{account}:service/main/{name}"),
            format!("arn:aws:lambda:eu-west-1:{account}:function:{name}-*"),
        ],
    )
}

fn table_and_queue(place: &Place, service_name: &str, part: &str) -> Document {
    let account = &place.account;
    grant(
        ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "sqs:DeleteMessage", "sqs:ReceiveMessage"],
        [
            format!("arn:aws:dynamodb:eu-west-1:{account}:table/{service_name}"),
            format!("arn:aws:sqs:eu-west-1:{account}:{service_name}-{part}"),
        ],
    )
}

fn bucket_and_secret(place: &Place, name: &str) -> Document {
    let account = &place.account;
    grant(
        ["s3:GetObject", "s3:PutObject", "secretsmanager:GetSecretValue"],
        [
            format!("arn:aws:s3:::brindlemoor-{name}-{account}/*"),
            format!("arn:aws:secretsmanager:eu-west-1:{account}:secret:{name}/*"),
        ],
    )
}

/// A role for another account, or for a role of it.
pub(crate) fn cross_account(place: &Place, name: &str, principal: &str) -> Role {
    Role::new(place, name, document([aws(principal)]))
}

/// A role for another company's account, which has to name the agreed external id.
pub(crate) fn vendor(place: &Place, name: &str, account: &str) -> Role {
    let mut dice = place.dice("external-id", name);
    let external_id = format!("bm-{}-{}", dice.hex(8), dice.hex(12));
    let trust =
        aws(format!("arn:aws:iam::{account}:root")).when("StringEquals", "sts:ExternalId", external_id);
    Role::new(place, name, document([trust]))
}
