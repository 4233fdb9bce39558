//! The roles that programs run as.

mod central;
mod data;

use super::{
    Company, MANAGEMENT, SECURITY,
    catalogue::{Known, SERVICES, Service},
    roles::{
        BUILDKITE, GITHUB, STS, bound_service, cluster_issuer, cross_account, issuer, lambda, part, pod,
        vendor,
    },
};
use crate::aws::{
    account::{ListedAccount, OidcProvider},
    details::Role,
    managed::aws as aws_managed,
    policy::{allow, deny, document, grant, service},
};

/// A monitoring vendor's account.
pub(super) const WATCHKEEP: &str = "480100000911";
/// A cost vendor's account.
pub(super) const COSTLANTERN: &str = "480100000922";

/// Adds them to every account.
pub(super) fn add(company: &mut Company) {
    let members = [
        &mut company.security,
        &mut company.platform,
        &mut company.data,
        &mut company.dev,
        &mut company.sandbox,
    ];
    for account in members {
        foundation(account);
    }
    products(&mut company.platform);
    products(&mut company.dev);
    cluster(&mut company.platform);
    cluster(&mut company.dev);
    central::management(&mut company.management);
    central::security(&mut company.security);
    data::add(&mut company.data);
    build(&mut company.dev);
    sandbox(&mut company.sandbox);
}

/// What every member account has.
fn foundation(account: &mut ListedAccount) {
    let place = account.place.clone();
    let boundary = document([
        allow("*").sid("AnythingButIdentities").on("*"),
        deny(["iam:Create*", "iam:Delete*", "iam:Put*", "organizations:*"]).sid("NoIdentities").on("*"),
    ]);
    account.policy("workload-boundary", boundary);
    let root_of = |account: &str| format!("arn:aws:iam::{account}:root");
    account.roles.extend([
        cross_account(&place, "OrganizationAccountAccessRole", &root_of(MANAGEMENT))
            .attach(aws_managed("AdministratorAccess")),
        cross_account(&place, "census-read", &format!("arn:aws:iam::{SECURITY}:role/census-scan"))
            .attach(aws_managed("SecurityAudit")),
        cross_account(
            &place,
            "incident-response",
            &format!("arn:aws:iam::{SECURITY}:role/incident-responder"),
        )
        .attach(aws_managed("ReadOnlyAccess")),
        Role::new(
            &place,
            "config-recorder",
            document([bound_service(&place, "config.amazonaws.com", "config")]),
        )
        .attach(aws_managed("AWS_ConfigRole")),
        vendor(&place, "watchkeep-monitoring", WATCHKEEP).attach(aws_managed("CloudWatchReadOnlyAccess")),
    ]);
}

/// The services of the product teams.
fn products(account: &mut ListedAccount) {
    let place = account.place.clone();
    account.federation.oidc.push(OidcProvider::new(&place, GITHUB, STS));
    for one in &SERVICES {
        let made = one.parts.iter().flat_map(|each| part(&place, one.name, *each));
        account.roles.extend(made.map(|role| labelled(role, one)));
    }
}

/// The tags that the teams set: all name their service, some also the owner.
fn labelled(role: Role, one: &Service) -> Role {
    let role = role.tag("service", one.name);
    match one.known {
        Known::Tag => role.tag("owner", one.team.owner),
        Known::Registry | Known::FinanceRegistry | Known::Nowhere => role,
    }
}

/// The Kubernetes cluster and the machines under it.
fn cluster(account: &mut ListedAccount) {
    let place = account.place.clone();
    account.federation.oidc.push(OidcProvider::new(&place, &cluster_issuer(&place), STS));
    let ec2 = || document([service("ec2.amazonaws.com")]);
    account.roles.extend([
        Role::new(&place, "eks-main-cluster", document([service("eks.amazonaws.com")]))
            .attach(aws_managed("AmazonEKSClusterPolicy")),
        Role::new(&place, "eks-main-node", ec2())
            .attach(aws_managed("AmazonEKSWorkerNodePolicy"))
            .attach(aws_managed("AmazonEKS_CNI_Policy"))
            .attach(aws_managed("AmazonEC2ContainerRegistryReadOnly"))
            .instance_profile(&place),
        Role::new(&place, "depot-gateway-host", ec2())
            .attach(aws_managed("AmazonSSMManagedInstanceCore"))
            .attach(aws_managed("CloudWatchAgentServerPolicy"))
            .instance_profile(&place),
        Role::new(&place, "bastion-host", ec2())
            .attach(aws_managed("AmazonSSMManagedInstanceCore"))
            .instance_profile(&place),
    ]);
    let system =
        ["cluster-autoscaler", "external-dns", "load-balancer-controller", "secrets-operator", "log-router"];
    account.roles.extend(system.map(|name| pod(&place, name, &format!("platform-{name}"))));
}

/// Build machines and test environments.
fn build(account: &mut ListedAccount) {
    let place = account.place.clone();
    account.federation.oidc.push(OidcProvider::new(&place, BUILDKITE, STS));
    for pipeline in ["mobile", "firmware", "integration"] {
        let trust = issuer(&place, BUILDKITE, STS).when(
            "StringLike",
            &format!("{BUILDKITE}:sub"),
            format!("organization:brindlemoor:pipeline:{pipeline}:ref:refs/heads/main:*"),
        );
        let role = Role::new(&place, &format!("buildkite-{pipeline}"), document([trust])).inline(
            "artifacts",
            grant(["s3:GetObject", "s3:PutObject"], format!("arn:aws:s3:::brindlemoor-builds/{pipeline}/*")),
        );
        account.roles.push(role.bounded(place.policy("workload-boundary")));
    }
    for suite in ["load-test", "contract-test", "browser-test"] {
        let trust = document([bound_service(&place, "codebuild.amazonaws.com", "codebuild")]);
        let role = Role::new(&place, &format!("ci-{suite}-runner"), trust)
            .attach(aws_managed("AmazonS3ReadOnlyAccess"));
        account.roles.push(role);
    }
}

/// Everybody's experiments.
fn sandbox(account: &mut ListedAccount) {
    let place = account.place.clone();
    for (person, what) in [
        ("jonas", "bedrock"),
        ("petra", "chatbot"),
        ("ines", "kinesis"),
        ("salome", "forecast"),
        ("maud", "textract"),
        ("tomasz", "maps"),
        ("dimitra", "canary"),
        ("seun", "ledger"),
    ] {
        let name = format!("try-{what}-{person}");
        account.roles.push(lambda(
            &place,
            &name,
            grant(["s3:GetObject", "s3:PutObject"], format!("arn:aws:s3:::try-{what}/*")),
        ));
    }
    let ec2 = document([service("ec2.amazonaws.com")]);
    account.roles.push(
        Role::new(&place, "sandbox-host", ec2)
            .attach(aws_managed("AmazonSSMManagedInstanceCore"))
            .instance_profile(&place),
    );
}
