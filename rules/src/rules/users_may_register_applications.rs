use census_model::{Evidence, Provider, Severity};

use crate::{Docs, Draft, Findings, Rule, View};

pub(crate) static RULE: Rule = Rule {
    id: "users-may-register-applications",
    version: 1,
    title: "Every user may register applications",
    severity: Severity::Low,
    finding_types: &["OWN-UNOWNED"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A tenant lets every user register applications.",
        why: "Identities come into being that nobody asked for and nobody lists, each with credentials that its maker keeps when \
              they leave.",
        remedy: "Switch it off, and give the role Application Developer to those who build applications.",
        limits: "What users have registered so far stays. A tenant whose settings were not read is not reported.",
    },
    check,
};

const POLICY: &str = "GET /v1.0/policies/authorizationPolicy";
const UPDATE: &str = "https://graph.microsoft.com/v1.0/policies/authorizationPolicy";

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for policy in &view.estate().tenant_policies {
        if policy.users_register_applications != Some(true) {
            continue;
        }
        let body = r#"{"defaultUserRolePermissions": {"allowedToCreateApps": false}}"#;
        let draft = Draft::new("every user may register applications")
            .facts([Evidence::new("allowedToCreateApps", "true").from_source(POLICY)])
            .remedy("switch it off, and give a role to those who build applications")
            .command(["az", "rest", "--method", "patch", "--uri", UPDATE, "--body", body]);
        findings.scope(&policy.scope, Provider::Azure, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::TenantPolicy;

    use crate::testing::{Case, World};
    let register = |allowed: Option<bool>| {
        move |w: &mut World| {
            w.app("billing");
            w.estate.tenant_policy(TenantPolicy {
                scope: azure::tenant_scope(),
                users_register_applications: allowed,
                user_consent: None,
                passwords_refused: None,
                password_lifetime: None,
            });
        }
    };
    vec![
        Case::fires("allowed", register(Some(true))).says("allowedToCreateApps"),
        Case::silent("not allowed", register(Some(false))),
        Case::silent("not told", register(None)),
    ]
}
