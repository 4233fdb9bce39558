//! Whose usage is worth the calls: those whose policies name much, and of them those who were not seen lately.

use std::collections::HashMap;

use census_privilege::aws::document::{Document, Element, Statement, StatementEffect};

use crate::documents::{AttachedPolicy, AuthorizationDetails, InlinePolicy, Json};

/// How much the policies of somebody name; what is worth more comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Breadth {
    /// All actions, all but some, or something of IAM, of roles or of the organization.
    Everything,
    /// All actions of a service, or those that begin alike.
    Wildcards,
    /// Single actions.
    Single,
    /// Nothing that could be read.
    Nothing,
}

/// Paths of roles that AWS makes and that nobody can change.
const OF_AWS: &str = "/aws-service-role/";

/// The ARNs of users and roles, those first whose usage is worth the most. Nobody's reach is known yet: what policies
/// name stands for it. Roles that are linked to a service are left out.
pub(in crate::fetch) fn candidates(details: &AuthorizationDetails<'_>) -> Vec<String> {
    let managed: HashMap<&str, Breadth> = details
        .policies
        .iter()
        .map(|policy| {
            let versions = policy.policy_version_list.iter().filter(|version| version.is_default_version);
            let texts = versions.filter_map(|version| version.document.as_ref());
            (policy.arn.as_str(), texts.map(breadth).min().unwrap_or(Breadth::Nothing))
        })
        .collect();
    let of = |inline: &[InlinePolicy<'_>], attached: &[AttachedPolicy<'_>]| {
        let inline = inline.iter().map(|policy| breadth(&policy.policy_document));
        // AWS's own policies that the details lack are mostly broad.
        let attached = attached
            .iter()
            .map(|policy| managed.get(policy.policy_arn.as_str()).copied().unwrap_or(Breadth::Wildcards));
        inline.chain(attached).min().unwrap_or(Breadth::Nothing)
    };
    let groups: HashMap<&str, Breadth> = details
        .group_detail_list
        .iter()
        .map(|group| {
            (group.group_name.as_str(), of(&group.group_policy_list, &group.attached_managed_policies))
        })
        .collect();
    let users = details.user_detail_list.iter().map(|user| {
        let own = of(&user.user_policy_list, &user.attached_managed_policies);
        let theirs = user.group_list.iter().filter_map(|name| groups.get(name.as_str()).copied());
        (theirs.fold(own, Breadth::min), None, user.arn.as_str())
    });
    let roles = details.role_detail_list.iter().filter(|role| {
        !role.path.as_deref().is_some_and(|path| path.starts_with(OF_AWS)) && !role.arn.contains(OF_AWS)
    });
    let roles = roles.map(|role| {
        let last = role.role_last_used.as_ref().and_then(|used| used.last_used_date);
        (of(&role.role_policy_list, &role.attached_managed_policies), last, role.arn.as_str())
    });
    let mut all: Vec<_> = users.chain(roles).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|(.., arn)| arn.to_owned()).collect()
}

fn breadth(policy: &Json<'_>) -> Breadth {
    let text = serde_json::from_str::<String>(policy.get()).unwrap_or_else(|_| policy.get().to_owned());
    let Ok(document) = Document::parse(&text) else { return Breadth::Nothing };
    let allows = document.statements.iter().filter(|one| one.effect == StatementEffect::Allow);
    allows.map(of_statement).min().unwrap_or(Breadth::Nothing)
}

fn of_statement(statement: &Statement) -> Breadth {
    let Element::Only(actions) = &statement.action else { return Breadth::Everything };
    let of = |action: &String| {
        let lower = action.to_ascii_lowercase();
        let far = ["iam:", "sts:assume", "organizations:"].iter().any(|start| lower.starts_with(start));
        match (far || lower.starts_with('*'), lower.contains('*')) {
            (true, _) => Breadth::Everything,
            (false, true) => Breadth::Wildcards,
            (false, false) => Breadth::Single,
        }
    };
    actions.iter().map(of).min().unwrap_or(Breadth::Nothing)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_reaches_furthest_and_was_not_seen_comes_first() {
        let policy = |action: &str| json!([{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}}]);
        let role = |name: &str, action: &str, used: Option<&str>| {
            json!({
                "Path": "/", "RoleName": name, "RoleId": name, "Arn": format!("arn:aws:iam::1:role/{name}"),
                "AssumeRolePolicyDocument": {}, "RolePolicyList": policy(action),
                "RoleLastUsed": {"LastUsedDate": used}
            })
        };
        let mut linked = role("linked", "*", None);
        linked["Path"] = json!("/aws-service-role/x.amazonaws.com/");
        let text = json!({
            "UserDetailList": [{"UserName": "u", "UserId": "u", "Arn": "arn:aws:iam::1:user/u", "GroupList": ["g"]}],
            "GroupDetailList": [{"GroupName": "g", "Arn": "arn:aws:iam::1:group/g", "AttachedManagedPolicies": [{"PolicyArn": "arn:m"}]}],
            "RoleDetailList": [
                role("single", "s3:GetObject", None), role("admin", "*", Some("2026-01-01T00:00:00Z")),
                role("passes", "iam:PassRole", None), role("reads", "s3:*", None), linked
            ],
            "Policies": [{"Arn": "arn:m", "PolicyVersionList": [{"IsDefaultVersion": true, "Document": {"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}}]}]
        })
        .to_string();
        let details: AuthorizationDetails<'_> = serde_json::from_str(&text).unwrap();
        let names: Vec<String> =
            candidates(&details).iter().map(|arn| arn.rsplit('/').next().unwrap().to_owned()).collect();
        assert_eq!(names, ["passes", "u", "admin", "reads", "single"]);
    }
}
