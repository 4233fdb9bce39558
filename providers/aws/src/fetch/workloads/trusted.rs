//! Which services can become a role of the account: nothing else can run as one.

use std::collections::BTreeSet;

use census_model::{IdentityId, PrincipalSet};
use census_privilege::aws::{document::Document, trust::trusts};

use crate::documents::RoleDetail;

/// The services that some role's trust policy lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::fetch) enum Trusted {
    /// Not all trust policies are known, or one lets everybody in.
    Any,
    /// These, by their principals: `lambda.amazonaws.com`.
    Only(BTreeSet<String>),
}

impl Trusted {
    /// Of all roles of an account.
    pub(in crate::fetch) fn of(roles: &[RoleDetail<'_>]) -> Self {
        let texts: BTreeSet<&str> = roles.iter().map(|role| role.assume_role_policy_document.get()).collect();
        let role = IdentityId::new("aws:role");
        let mut services = BTreeSet::new();
        for text in texts {
            let Ok(document) = Document::parse(text) else { return Self::Any };
            for trust in trusts(&role, &document) {
                match trust.who {
                    PrincipalSet::Service(name) => drop(services.insert(name.to_string())),
                    PrincipalSet::Everyone | PrincipalSet::Authenticated => return Self::Any,
                    PrincipalSet::Identity(_)
                    | PrincipalSet::Account(_)
                    | PrincipalSet::Organization(_)
                    | PrincipalSet::External(_)
                    | PrincipalSet::Deleted(_)
                    | PrincipalSet::Unrecognized(_) => {}
                }
            }
        }
        Self::Only(services)
    }

    /// Whether one of these services is among them. A service is a label of its principals: `states` of
    /// `states.amazonaws.com` and of `states.eu-west-1.amazonaws.com`.
    pub(super) fn includes(&self, names: &[&str]) -> bool {
        match self {
            Self::Any => true,
            Self::Only(services) => services.iter().any(|service| {
                let mut labels = service.split('.');
                service.contains('*') || labels.any(|label| names.contains(&label))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What roles let in that trust these principals, one each.
    fn trusted(principals: &[serde_json::Value]) -> Trusted {
        let roles: Vec<String> = principals
            .iter()
            .map(|principal| {
                let statement =
                    json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
                json!({
                    "RoleName": "r", "RoleId": "R", "Arn": "arn:aws:iam::111122223333:role/r",
                    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
                })
                .to_string()
            })
            .collect();
        let roles: Vec<RoleDetail<'_>> =
            roles.iter().map(|role| serde_json::from_str(role).unwrap()).collect();
        Trusted::of(&roles)
    }

    #[test]
    fn a_service_that_no_role_trusts_runs_as_none() {
        let some = trusted(&[
            json!({"Service": ["lambda.amazonaws.com", "states.eu-west-1.amazonaws.com"]}),
            json!({"AWS": "111122223333"}),
            json!({"Service": "tasks.apprunner.amazonaws.com"}),
        ]);
        for (names, expected) in [
            (&["lambda"][..], true),
            (&["states"], true),
            (&["apprunner"], true),
            (&["glue", "lambda"], true),
            (&["glue"], false),
            (&["amazon"], false),
        ] {
            assert_eq!(some.includes(names), expected, "{names:?}");
        }
        assert!(!trusted(&[]).includes(&["lambda"]));
    }

    #[test]
    fn what_is_not_understood_or_open_excludes_nothing() {
        for principal in [json!("*"), json!({"AWS": "*"}), json!({"Service": "*"})] {
            assert!(trusted(std::slice::from_ref(&principal)).includes(&["glue"]), "{principal}");
        }
        let open = r#"{"RoleName": "r", "RoleId": "R", "Arn": "a", "AssumeRolePolicyDocument": "{broken"}"#;
        assert_eq!(Trusted::of(&[serde_json::from_str(open).unwrap()]), Trusted::Any);
    }
}
