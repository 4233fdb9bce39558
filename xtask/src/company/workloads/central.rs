//! The management account's and the security team's roles.

use crate::{
    aws::{
        account::{ListedAccount, OidcProvider},
        details::{Place, Role},
        managed::aws as aws_managed,
        policy::{Document, allow, document, grant},
    },
    company::{
        SECURITY, organization,
        roles::{GITHUB, STS, TERRAFORM, bound_service, cross_account, issuer, lambda},
    },
};

pub(super) fn management(account: &mut ListedAccount) {
    let place = account.place.clone();
    account.federation.oidc.push(OidcProvider::new(&place, TERRAFORM, "aws.workload.identity"));
    let stack_sets = grant("sts:AssumeRole", "arn:aws:iam::*:role/OrganizationAccountAccessRole");
    let export = grant(["s3:PutObject"], "arn:aws:s3:::brindlemoor-cost-reports/*");
    account.roles.extend([
        terraform(
            &place,
            "terraform-org-plan",
            "organization:brindlemoor:project:org:workspace:org-root:run_phase:plan",
        )
        .attach(aws_managed("ReadOnlyAccess")),
        terraform(
            &place,
            "terraform-org-apply",
            "organization:brindlemoor:project:org:workspace:org-root:run_phase:apply",
        )
        .attach(aws_managed("AdministratorAccess")),
        Role::new(
            &place,
            "AWSCloudFormationStackSetAdministrationRole",
            document([bound_service(&place, "cloudformation.amazonaws.com", "cloudformation")]),
        )
        .inline("AssumeRole", stack_sets),
        lambda(&place, "cost-report-export-lambda", export),
        lambda(
            &place,
            "account-vending-lambda",
            grant(["organizations:CreateAccount", "organizations:TagResource"], "*"),
        ),
        cross_account(&place, "org-reader", &format!("arn:aws:iam::{SECURITY}:role/census-scan"))
            .inline("read-the-tree", grant(["organizations:Describe*", "organizations:List*"], "*")),
    ]);
}

/// A role for one phase of one Terraform Cloud workspace.
fn terraform(place: &Place, name: &str, subject: &str) -> Role {
    let trust = issuer(place, TERRAFORM, "aws.workload.identity").when(
        "StringEquals",
        &format!("{TERRAFORM}:sub"),
        subject,
    );
    Role::new(place, name, document([trust]))
}

pub(super) fn security(account: &mut ListedAccount) {
    let place = account.place.clone();
    let assume = |role: &str| grant("sts:AssumeRole", format!("arn:aws:iam::*:role/{role}"));
    let reserved = place.arn("root");
    account.roles.extend([
        lambda(&place, "census-scan", assume("census-read")),
        cross_account(&place, "incident-responder", &reserved).inline("enter", assume("incident-response")),
        lambda(
            &place,
            "guardduty-triage-lambda",
            grant(["guardduty:Get*", "guardduty:List*", "sns:Publish"], "*"),
        ),
        lambda(
            &place,
            "key-rotation-reminder-lambda",
            grant(["iam:ListAccessKeys", "iam:ListUsers", "ses:SendEmail"], "*"),
        ),
        lambda(
            &place,
            "cloudtrail-indexer-lambda",
            grant("s3:GetObject", "arn:aws:s3:::brindlemoor-trail/*"),
        ),
        lambda(&place, "finding-exporter-lambda", grant(["securityhub:GetFindings", "sqs:SendMessage"], "*")),
        Role::new(
            &place,
            "cloudtrail-to-logs",
            document([bound_service(&place, "cloudtrail.amazonaws.com", "cloudtrail")]),
        )
        .inline(
            "write",
            grant(["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:log-group:org-trail:*"),
        ),
        Role::new(
            &place,
            "firehose-to-archive",
            document([bound_service(&place, "firehose.amazonaws.com", "firehose")]),
        )
        .inline("write", grant("s3:PutObject", "arn:aws:s3:::brindlemoor-log-archive/*")),
        whole_organization(&place, "shared-findings-reader", grant("securityhub:GetFindings", "*")),
    ]);
    account.federation.oidc.push(OidcProvider::new(&place, GITHUB, STS));
    let workflow = issuer(&place, GITHUB, STS).when(
        "StringLike",
        &format!("{GITHUB}:job_workflow_ref"),
        "brindlemoor/workflows/.github/workflows/security-scan.yml@refs/heads/*",
    );
    let images = Role::new(&place, "image-scan-github", document([workflow]));
    account.roles.push(images.attach(aws_managed("AmazonEC2ContainerRegistryReadOnly")));
}

/// A role that any principal of the organization may take: open by its principal, closed by its condition.
fn whole_organization(place: &Place, name: &str, work: Document) -> Role {
    let trust =
        allow("sts:AssumeRole").everyone().when("StringEquals", "aws:PrincipalOrgID", organization::ID);
    Role::new(place, name, document([trust])).inline("work", work)
}
