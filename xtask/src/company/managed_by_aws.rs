//! Roles that AWS makes and keeps: service-linked ones, and those of Identity Center's permission sets.

use super::Company;
use crate::aws::{
    account::{ListedAccount, SamlProvider},
    details::{Place, Role},
    managed::aws,
    policy::{document, saml, service},
};

/// A service-linked role: its name's ending, its service, its policy.
type Linked = (&'static str, &'static str, &'static str);

const COMMON: [Linked; 4] = [
    ("CloudTrail", "cloudtrail.amazonaws.com", "CloudTrailServiceRolePolicy"),
    ("Organizations", "organizations.amazonaws.com", "AWSOrganizationsServiceTrustPolicy"),
    ("Support", "support.amazonaws.com", "AWSSupportServiceRolePolicy"),
    ("TrustedAdvisor", "trustedadvisor.amazonaws.com", "AWSTrustedAdvisorServiceRolePolicy"),
];
const SSO: Linked = ("SSO", "sso.amazonaws.com", "AWSSSOServiceRolePolicy");
const CONFIG: Linked = ("Config", "config.amazonaws.com", "AWSConfigServiceRolePolicy");
const GUARD_DUTY: Linked = ("AmazonGuardDuty", "guardduty.amazonaws.com", "AmazonGuardDutyServiceRolePolicy");
const SECURITY_HUB: Linked = ("SecurityHub", "securityhub.amazonaws.com", "AWSSecurityHubServiceRolePolicy");
const ECS: Linked = ("ECS", "ecs.amazonaws.com", "AmazonECSServiceRolePolicy");
const EKS: Linked = ("AmazonEKS", "eks.amazonaws.com", "AmazonEKSServiceRolePolicy");
const SCALING: Linked = ("AutoScaling", "autoscaling.amazonaws.com", "AutoScalingServiceRolePolicy");
const BALANCING: Linked = (
    "ElasticLoadBalancing",
    "elasticloadbalancing.amazonaws.com",
    "AWSElasticLoadBalancingServiceRolePolicy",
);
const RDS: Linked = ("RDS", "rds.amazonaws.com", "AmazonRDSServiceRolePolicy");

/// A permission set and its policy.
type PermissionSet = (&'static str, &'static str);

const ADMINISTRATOR: PermissionSet = ("AdministratorAccess", "AdministratorAccess");
const POWER_USER: PermissionSet = ("PowerUserAccess", "PowerUserAccess");
const READ_ONLY: PermissionSet = ("ReadOnlyAccess", "ReadOnlyAccess");
const AUDITOR: PermissionSet = ("SecurityAudit", "SecurityAudit");
const BILLING: PermissionSet = ("Billing", "Billing");

/// Adds them to every account.
pub(super) fn add(company: &mut Company) {
    account(&mut company.management, &[SSO, GUARD_DUTY], &[ADMINISTRATOR, READ_ONLY, BILLING]);
    account(&mut company.security, &[CONFIG, GUARD_DUTY, SECURITY_HUB], &[ADMINISTRATOR, READ_ONLY, AUDITOR]);
    let run: [Linked; 7] = [CONFIG, GUARD_DUTY, ECS, EKS, SCALING, BALANCING, RDS];
    account(&mut company.platform, &run, &[ADMINISTRATOR, POWER_USER, READ_ONLY, AUDITOR]);
    account(&mut company.data, &[CONFIG, GUARD_DUTY, RDS], &[ADMINISTRATOR, POWER_USER, READ_ONLY, AUDITOR]);
    account(&mut company.dev, &run, &[ADMINISTRATOR, POWER_USER, READ_ONLY, AUDITOR]);
    account(&mut company.sandbox, &[GUARD_DUTY], &[POWER_USER, READ_ONLY, AUDITOR]);
}

fn account(account: &mut ListedAccount, linked: &[Linked], permission_sets: &[PermissionSet]) {
    let place = account.place.clone();
    account.roles.extend(COMMON.iter().chain(linked).map(|role| linked_role(&place, role)));
    account.federation.saml.push(SamlProvider::new(&place, &provider_name(&place)));
    account.roles.extend(permission_sets.iter().map(|set| sso_role(&place, set)));
}

fn linked_role(place: &Place, (name, by, policy): &Linked) -> Role {
    Role::new(place, &format!("AWSServiceRoleFor{name}"), document([service(by)]))
        .path(place, &format!("/aws-service-role/{by}/"))
        .attach(aws(policy))
}

fn sso_role(place: &Place, (name, policy): &PermissionSet) -> Role {
    let suffix = place.dice("permission-set", name).hex(16);
    let provider = place.arn(&format!("saml-provider/{}", provider_name(place)));
    Role::new(place, &format!("AWSReservedSSO_{name}_{suffix}"), document([saml(&provider)]))
        .path(place, "/aws-reserved/sso.amazonaws.com/eu-west-1/")
        .attach(aws(policy))
}

fn provider_name(place: &Place) -> String {
    format!("AWSSSO_{}_DO_NOT_DELETE", place.dice("identity-center", "").hex(16))
}
