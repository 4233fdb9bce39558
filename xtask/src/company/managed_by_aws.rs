//! Roles that AWS makes and keeps: service-linked ones, and those of Identity Center's permission sets.

use super::Company;
use crate::aws::{
    account::{ListedAccount, SamlProvider},
    details::{Place, Role},
    identity_center::{Assignment, PermissionSet},
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

/// A permission set: its name, which is that of AWS's policy in it, its id, and the groups that have it everywhere.
type Set = (&'static str, &'static str, &'static [Group]);

/// A group of the identity store: its name and its id.
type Group = (&'static str, &'static str);

const PLATFORM: Group = ("Platform Engineering", "62d5a4c4-30f1-70e3-9d6b-0f3a1c9be701");
const DEVELOPERS: Group = ("Developers", "62d5a4c4-30f1-70e3-9d6b-0f3a1c9be702");
const SECURITY: Group = ("Security", "62d5a4c4-30f1-70e3-9d6b-0f3a1c9be703");
const FINANCE: Group = ("Finance", "62d5a4c4-30f1-70e3-9d6b-0f3a1c9be704");

const ADMINISTRATOR: Set = ("AdministratorAccess", "ps-4c1e0a92d7b35f68", &[PLATFORM]);
const POWER_USER: Set = ("PowerUserAccess", "ps-8e27f4b1c05d9a36", &[PLATFORM, DEVELOPERS]);
const READ_ONLY: Set = ("ReadOnlyAccess", "ps-1b9d63e8f2a04c57", &[DEVELOPERS, SECURITY]);
const AUDITOR: Set = ("SecurityAudit", "ps-d06a5b7c3e9148f2", &[SECURITY]);
const BILLING: Set = ("Billing", "ps-f5380c6de1b2794a", &[FINANCE]);

/// Whoever runs the company's accounts may do so without any group, from before there were groups.
const FOUNDER: &str = "62d5a4c4-30f1-70e3-9d6b-0f3a1c9be7ff";

/// Adds them to every account.
pub(super) fn add(company: &mut Company) {
    account(&mut company.management, &[SSO, GUARD_DUTY], &[ADMINISTRATOR, READ_ONLY, BILLING]);
    account(&mut company.security, &[CONFIG, GUARD_DUTY, SECURITY_HUB], &[ADMINISTRATOR, READ_ONLY, AUDITOR]);
    let run: [Linked; 7] = [CONFIG, GUARD_DUTY, ECS, EKS, SCALING, BALANCING, RDS];
    account(&mut company.platform, &run, &[ADMINISTRATOR, POWER_USER, READ_ONLY, AUDITOR]);
    account(&mut company.data, &[CONFIG, GUARD_DUTY, RDS], &[ADMINISTRATOR, POWER_USER, READ_ONLY, AUDITOR]);
    account(&mut company.dev, &run, &[ADMINISTRATOR, POWER_USER, READ_ONLY, AUDITOR]);
    account(&mut company.sandbox, &[GUARD_DUTY], &[POWER_USER, READ_ONLY, AUDITOR]);
    let administrators = company.management.permission_sets.iter_mut().flatten();
    for set in administrators.filter(|set| set.name == ADMINISTRATOR.0) {
        let user =
            Assignment { principal_type: "USER", principal_id: FOUNDER.to_owned(), display_name: None };
        set.account_assignments.push(user);
    }
}

fn account(account: &mut ListedAccount, linked: &[Linked], permission_sets: &[Set]) {
    let place = account.place.clone();
    account.roles.extend(COMMON.iter().chain(linked).map(|role| linked_role(&place, role)));
    account.federation.saml.push(SamlProvider::new(&place, &provider_name(&place)));
    account.roles.extend(permission_sets.iter().map(|set| sso_role(&place, set)));
    account.permission_sets = Some(permission_sets.iter().map(provisioned).collect());
}

fn linked_role(place: &Place, (name, by, policy): &Linked) -> Role {
    Role::new(place, &format!("AWSServiceRoleFor{name}"), document([service(by)]))
        .path(place, &format!("/aws-service-role/{by}/"))
        .attach(aws(policy))
}

fn provisioned((name, id, groups): &Set) -> PermissionSet {
    let assigned = |(name, id): &Group| Assignment {
        principal_type: "GROUP",
        principal_id: (*id).to_owned(),
        display_name: Some(name),
    };
    PermissionSet {
        permission_set_arn: format!("arn:aws:sso:::permissionSet/ssoins-6804a1c7e2f95b3d/{id}"),
        name,
        account_assignments: groups.iter().map(assigned).collect(),
    }
}

fn sso_role(place: &Place, (name, ..): &Set) -> Role {
    let suffix = place.dice("permission-set", name).hex(16);
    let provider = place.arn(&format!("saml-provider/{}", provider_name(place)));
    Role::new(place, &format!("AWSReservedSSO_{name}_{suffix}"), document([saml(&provider)]))
        .path(place, "/aws-reserved/sso.amazonaws.com/eu-west-1/")
        .attach(aws(name))
}

fn provider_name(place: &Place) -> String {
    format!("AWSSSO_{}_DO_NOT_DELETE", place.dice("identity-center", "").hex(16))
}
