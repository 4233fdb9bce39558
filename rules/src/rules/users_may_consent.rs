use census_model::{Evidence, Provider, Severity};

use crate::{
    Docs, Draft, Findings, Rule, View,
    policies::{LISTED, Shown},
    powers::more,
};

pub(crate) static RULE: Rule = Rule {
    id: "users-may-consent",
    version: 1,
    title: "Every user may let other companies' applications in",
    severity: Severity::Medium,
    finding_types: &["TRUST-THIRD-PARTY"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A tenant lets its users consent for themselves to applications. Severity is low where only the policy for \
                permissions of low impact lets them.",
        why: "One click on a well-made page gives a stranger's application the mail and files of the one who clicked, for as \
              long as nobody looks, whatever password or second factor guards the account.",
        remedy: "Let administrators consent, and users ask them: the workflow for consent requests does that.",
        limits: "What a custom consent policy allows is not weighed. What users have consented to so far stays. A tenant whose \
                 settings were not read is not reported.",
    },
    check,
};

const POLICY: &str = "GET /v1.0/policies/authorizationPolicy";
const LOW: &str = "microsoft-user-default-low";
const UPDATE: &str = "https://graph.microsoft.com/v1.0/policies/authorizationPolicy";

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for policy in &view.estate().tenant_policies {
        let Some(consent) = policy.user_consent.as_ref().filter(|policies| !policies.is_empty()) else {
            continue;
        };
        let mut draft = Draft::new("every user may let other companies' applications in");
        for one in consent.iter().take(LISTED) {
            draft = draft
                .facts([Evidence::new("consent policy of users", format!("{}", Shown(one))).from_source(POLICY)]);
        }
        if consent.iter().all(|one| one.to_ascii_lowercase().ends_with(LOW)) {
            draft = draft.severity(Severity::Low);
        }
        let draft = draft
            .facts(more(consent.len(), "policies"))
            .remedy(
                "let administrators consent, and users ask them: take these out of `permissionGrantPoliciesAssigned`, and \
                 leave what else is in it",
            )
            .command(["az", "rest", "--method", "get", "--uri", UPDATE]);
        findings.scope(&policy.scope, Provider::Azure, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::azure;
    use census_model::TenantPolicy;

    use crate::testing::{Case, World};
    let consent = |policies: Option<&'static [&'static str]>| {
        move |w: &mut World| {
            w.app("billing");
            w.estate.tenant_policy(TenantPolicy {
                scope: azure::tenant_scope(),
                users_register_applications: None,
                user_consent: policies.map(|all| all.iter().map(|one| (*one).into()).collect()),
                passwords_refused: None,
                password_lifetime: None,
            });
        }
    };
    vec![
        Case::fires(
            "to anything",
            consent(Some(&["ManagePermissionGrantsForSelf.microsoft-user-default-legacy"])),
        )
        .severity(Severity::Medium)
        .says("permissionGrantPoliciesAssigned"),
        Case::fires(
            "to what has low impact",
            consent(Some(&["ManagePermissionGrantsForSelf.microsoft-user-default-low"])),
        )
        .severity(Severity::Low),
        Case::silent("not at all", consent(Some(&[]))),
        Case::silent("not told", consent(None)),
    ]
}
