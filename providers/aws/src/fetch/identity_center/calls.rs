//! The calls, and what is kept of their answers.
//!
//! <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html>,
//! <https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html>

use census_provider_api::{DeclaredRead, Need};
use serde::Deserialize;

use crate::client::{Call, Fips, GOV, Http, JSON_1_1, Offered, Protocol, Service};

pub(super) static SSO: Service = Service {
    name: "sso",
    host: "sso",
    signing: "sso",
    id: "SSO Admin",
    protocol: Protocol::Json { content_type: JSON_1_1, target: "SWBExternalService" },
    fips: Fips::Suffix(GOV),
    offered: Offered::Everywhere,
};

pub(super) static IDENTITY_STORE: Service = Service {
    name: "identitystore",
    host: "identitystore",
    signing: "identitystore",
    id: "identitystore",
    protocol: Protocol::Json { content_type: JSON_1_1, target: "AWSIdentityStore" },
    fips: Fips::Suffix(GOV),
    offered: Offered::Everywhere,
};

const fn declared(
    service: &'static str,
    operation: &'static str,
    permissions: &'static [&'static str],
    why: &'static str,
) -> DeclaredRead {
    DeclaredRead { service, operation, permissions, part: None, need: Need::IdentityCenter, why }
}

pub(in crate::fetch) const LIST_INSTANCES: Call = Call {
    read: declared(
        "sso",
        "ListInstances",
        &["sso:ListInstances"],
        "the organization's instance of IAM Identity Center",
    ),
    service: &SSO,
    http: Http::Named,
    probe: r#"{"MaxResults": 1}"#,
};

pub(in crate::fetch) const LIST_PROVISIONED: Call = Call {
    read: declared(
        "sso",
        "ListPermissionSetsProvisionedToAccount",
        &["sso:ListPermissionSetsProvisionedToAccount"],
        "the permission sets that have a role in an account",
    ),
    service: &SSO,
    http: Http::Named,
    probe: r#"{"InstanceArn": "arn:aws:sso:::instance/ssoins-0000000000000000", "AccountId": "000000000000"}"#,
};

pub(in crate::fetch) const DESCRIBE_PERMISSION_SET: Call = Call {
    read: declared(
        "sso",
        "DescribePermissionSet",
        &["sso:DescribePermissionSet"],
        "the name of a permission set, which is part of its roles' names",
    ),
    service: &SSO,
    http: Http::Named,
    probe: r#"{"InstanceArn": "arn:aws:sso:::instance/ssoins-0000000000000000", "PermissionSetArn": "arn:aws:sso:::permissionSet/ssoins-0000000000000000/ps-0000000000000000"}"#,
};

pub(in crate::fetch) const LIST_ASSIGNMENTS: Call = Call {
    read: declared(
        "sso",
        "ListAccountAssignments",
        &["sso:ListAccountAssignments"],
        "the groups and users to whom a permission set is assigned in an account, by id",
    ),
    service: &SSO,
    http: Http::Named,
    probe: r#"{"InstanceArn": "arn:aws:sso:::instance/ssoins-0000000000000000", "AccountId": "000000000000", "PermissionSetArn": "arn:aws:sso:::permissionSet/ssoins-0000000000000000/ps-0000000000000000"}"#,
};

pub(in crate::fetch) const DESCRIBE_GROUP: Call = Call {
    read: declared(
        "identitystore",
        "DescribeGroup",
        &["identitystore:DescribeGroup"],
        "the display name of such a group; of no user",
    ),
    service: &IDENTITY_STORE,
    http: Http::Named,
    probe: r#"{"IdentityStoreId": "d-0000000000", "GroupId": "00000000-0000-0000-0000-000000000000"}"#,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Instances {
    pub(super) instances: Option<Vec<Instance>>,
    pub(super) next_token: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Instance {
    pub(super) instance_arn: Option<String>,
    pub(super) identity_store_id: Option<String>,
    pub(super) owner_account_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Provisioned {
    pub(super) permission_sets: Option<Vec<String>>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribedPermissionSet {
    pub(super) permission_set: Option<Named>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Named {
    pub(super) name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Assignments {
    pub(super) account_assignments: Option<Vec<Assignment>>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Assignment {
    pub(super) principal_type: Option<String>,
    pub(super) principal_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribedGroup {
    pub(super) display_name: Option<String>,
}

/// Every call.
pub(in crate::fetch) const CALLS: &[&Call] =
    &[&LIST_INSTANCES, &LIST_PROVISIONED, &DESCRIBE_PERMISSION_SET, &LIST_ASSIGNMENTS, &DESCRIBE_GROUP];

/// The services that are asked.
pub(in crate::fetch) const SERVICES: &[&Service] = &[&SSO, &IDENTITY_STORE];

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::fetch::workloads::contract::{described, fields};

    /// Each call with the names of the fields that are kept of its answer.
    fn kept() -> Vec<(&'static Call, Value)> {
        vec![
            (&LIST_INSTANCES, fields::<Instances>()),
            (&LIST_PROVISIONED, fields::<Provisioned>()),
            (&DESCRIBE_PERMISSION_SET, fields::<DescribedPermissionSet>()),
            (&LIST_ASSIGNMENTS, fields::<Assignments>()),
            (&DESCRIBE_GROUP, fields::<DescribedGroup>()),
        ]
    }

    /// `tests/e2e/contract.py` compares this file with the models.
    #[test]
    fn what_is_sent_and_kept_is_written_down() {
        let kept = kept();
        assert_eq!(
            kept.iter().map(|(call, _)| call.read).collect::<Vec<_>>(),
            CALLS.iter().map(|c| c.read).collect::<Vec<_>>()
        );
        let calls: Vec<Value> = kept.iter().map(|(call, kept)| described(call, kept)).collect();
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("calls", serde_json::to_string_pretty(&calls).unwrap());
        });
    }
}
