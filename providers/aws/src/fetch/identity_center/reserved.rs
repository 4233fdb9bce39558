//! The roles that IAM Identity Center keeps in an account, which tell where it is at home.

use std::collections::BTreeMap;

use crate::{
    client::{Partition, is_region},
    documents::{RESERVED_PATH, RoleDetail, permission_set_of},
};

/// A role that is kept for a permission set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    /// Its ARN.
    pub(super) arn: String,
    /// The name of the permission set, if the role's is of the usual form.
    pub(super) permission_set: Option<String>,
}

/// The roles of an account that IAM Identity Center keeps, by the region that their paths name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::fetch) struct Reserved(pub(super) BTreeMap<String, Vec<Role>>);

impl Reserved {
    /// Of all roles of an account. The path of a role names the home region of IAM Identity Center, unless that is
    /// us-east-1: <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>. In other
    /// partitions a path without a region stands for the usual one.
    pub(in crate::fetch) fn of(roles: &[RoleDetail<'_>], partition: Partition) -> Self {
        let mut found: BTreeMap<String, Vec<Role>> = BTreeMap::new();
        for role in roles {
            let Some(below) = role.path.as_deref().and_then(|path| path.strip_prefix(RESERVED_PATH)) else {
                continue;
            };
            // A name goes into a host name.
            let named = Some(below.trim_end_matches('/'));
            let named = named.filter(|name| is_region(name) && Partition::of_region(name) == partition);
            let region = named.unwrap_or(partition.default_region()).to_owned();
            let permission_set = permission_set_of(&role.role_name).map(str::to_owned);
            let role = Role { arn: role.arn.as_str().to_owned(), permission_set };
            found.entry(region).or_default().push(role);
        }
        Self(found)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_path_names_the_home_region() {
        let role = |path: &str| -> RoleDetail<'static> {
            let name = "AWSReservedSSO_Admin_0123456789abcdef";
            let role = json!({"Path": path, "RoleName": name, "RoleId": "AROAEXAMPLE", "AssumeRolePolicyDocument": {},
                              "Arn": format!("arn:aws:iam::111122223333:role{path}{name}")});
            serde_json::from_str(Box::leak(role.to_string().into_boxed_str())).unwrap()
        };
        let region = |path: &str, partition| {
            Reserved::of(&[role(path)], partition).0.into_keys().next().unwrap_or_default()
        };
        for (path, partition, expected) in [
            ("/aws-reserved/sso.amazonaws.com/eu-west-1/", Partition::Aws, "eu-west-1"),
            ("/aws-reserved/sso.amazonaws.com/", Partition::Aws, "us-east-1"),
            ("/aws-reserved/sso.amazonaws.com/us-gov-east-1/", Partition::UsGov, "us-gov-east-1"),
            ("/aws-reserved/sso.amazonaws.com/", Partition::UsGov, "us-gov-west-1"),
            ("/aws-reserved/sso.amazonaws.com/evil.example/", Partition::Aws, "us-east-1"),
            ("/aws-reserved/sso.amazonaws.com/cn-north-1/", Partition::Aws, "us-east-1"),
            ("/aws-reserved/other.amazonaws.com/eu-west-1/", Partition::Aws, ""),
            ("/team/", Partition::Aws, ""),
        ] {
            assert_eq!(region(path, partition), expected, "{path}");
        }
    }
}
