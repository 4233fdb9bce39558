//! The rules, one file each.

use crate::Rule;

/// Declares the rule files. A file gives `RULE` and, for tests, `cases`; without either this does not compile.
macro_rules! rules {
    ($($file:ident),+ $(,)?) => {
        $(mod $file;)+

        static ALL: &[&Rule] = &[$(&$file::RULE),+];

        #[cfg(test)]
        pub(crate) fn cases() -> Vec<(&'static Rule, Vec<crate::testing::Case>)> {
            vec![$((&$file::RULE, $file::cases())),+]
        }
    };
}

rules! {
    access_key_old,
    access_key_unused,
    admin_identity,
    admin_without_owner,
    agent_without_sponsor,
    application_without_instance_lock,
    application_without_owner,
    assignment_above_subscriptions,
    assignment_of_deleted_principal,
    broad_data_read,
    broad_secret_read,
    business_attestation_overdue,
    client_credential_lifetime,
    client_secret_beside_federation,
    client_secret_old,
    clouds_joined_without_owner,
    consent_for_everyone,
    console_and_key,
    console_password_unused,
    coverage_gap,
    credential_on_microsoft_principal,
    cross_account_reach,
    cross_account_resource,
    cross_cloud_escalation,
    cross_environment_reach,
    deleted_identity_live_access,
    deleted_principal,
    directory_owner_left,
    disabled_key_remains,
    disabled_owner_live_credential,
    eligible_power_unreviewed,
    external_account_trust,
    federated_subject_loose,
    guest_owner,
    idle_identity,
    machine_identity_used_by_humans,
    managed_identity_on_many_workloads,
    mints_identities_without_boundary,
    multi_tenant_application,
    offboarding_trigger_fired,
    oidc_trust_unbound,
    outsider_reaches_admin,
    owner_conflict,
    owner_inferred_only,
    owner_invalid,
    owner_left,
    passrole_on_all_roles,
    pattern_violated,
    pilot_role_in_production,
    policy_refused,
    policy_unknown_action,
    privilege_escalation,
    public_resource,
    registered_class_outgrown,
    registration_incomplete,
    registry_entry_too_broad,
    registry_ghost,
    role_on_many_workloads,
    role_unused,
    root_access_key,
    root_without_mfa,
    same_power_many_identities,
    service_trust_confused_deputy,
    several_client_secrets,
    single_person_owner,
    steward_left,
    technical_attestation_overdue,
    third_party_without_review,
    trust_open_to_anyone,
    two_active_keys,
    unowned_identity,
    unused_privilege,
    unverified_publisher,
    usage_unknown,
    users_may_consent,
    users_may_register_applications,
    vault_access_policies,
    vault_compound_identity,
    vault_data_broad,
    vault_model_flip,
    vault_object_without_end,
    vault_open_to_deployments,
    vault_open_to_every_network,
    vault_read_by_everyone,
    vault_self_grant,
    vault_template_read,
    vault_unowned_readers,
    vault_without_purge_protection,
    wildcard_role,
    wildcard_sensitive_service,
}

/// Every rule, by id.
pub fn all() -> &'static [&'static Rule] {
    ALL
}

/// A rule by its id.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use crate::{Declared, Thresholds, controls::catalogue, docs::DECLARED};

    #[test]
    fn the_registry_and_the_directory_agree() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let files: BTreeSet<String> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "mod.rs")
            .collect();
        let rules: BTreeSet<String> =
            all().iter().map(|r| format!("{}.rs", r.id.replace('-', "_"))).collect();
        assert_eq!(files, rules);
        assert_eq!(rules.len(), all().len(), "an id is used twice");
    }

    #[test]
    fn rules_are_sorted_and_complete() {
        assert!(all().is_sorted_by(|a, b| a.id < b.id));
        let mut limits = serde_json::to_value(Thresholds::default()).unwrap().as_object().unwrap().clone();
        let declared = serde_json::to_value(Declared::default()).unwrap();
        limits
            .extend(declared.as_object().unwrap().iter().map(|(k, v)| (format!("{DECLARED}{k}"), v.clone())));
        let mut used = BTreeSet::new();
        for rule in all() {
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(
                rule.id.chars().all(kebab) && !rule.id.starts_with('-') && !rule.id.ends_with('-'),
                "{}",
                rule.id
            );
            assert!(
                rule.version > 0 && !rule.finding_types.is_empty() && !rule.providers.is_empty(),
                "{}",
                rule.id
            );
            for text in [rule.title, rule.docs.finds, rule.docs.why, rule.docs.remedy, rule.docs.limits] {
                assert!(!text.trim().is_empty() && text.is_ascii(), "{}: {text}", rule.id);
            }
            for finding_type in rule.finding_types {
                assert!(catalogue().finding_types.contains_key(*finding_type), "{}: {finding_type}", rule.id);
            }
            for (framework, control) in rule.except_controls {
                let known = &catalogue().frameworks[*framework].controls;
                assert!(known.iter().any(|c| c.id == *control), "{}: {framework} {control}", rule.id);
            }
            for name in rule.thresholds {
                assert!(limits.contains_key(*name), "{}: {name}", rule.id);
                used.insert(*name);
            }
            assert!(std::ptr::eq(find(rule.id).unwrap(), *rule));
        }
        assert_eq!(used.len(), limits.len(), "a limit that no rule reads");
        assert!(find("no-such-rule").is_none());
    }
}
