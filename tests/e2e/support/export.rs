//! Folders of documents as the `aws` command prints them.

use serde_json::{Value, json};

use super::census::{Census, Run};

/// The account of these documents.
pub(crate) const ACCOUNT: &str = "111122223333";

/// When these documents were made, for `--as-of`.
pub(crate) const AS_OF: &str = "2026-06-01";

/// Names that a hostile tenant might choose. None of them is harmless in every output.
pub(crate) const HOSTILE: [&str; 16] = [
    "=cmd|'/C calc'!A0",
    "+1+cmd",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    "\"; touch pwned; \"",
    "x & touch pwned | cat > pwned\\",
    "\u{1b}]0;owned\u{7}\u{1b}[31mred\u{1b}[2J",
    "admin\u{202e}toor\u{2066}\u{200f}",
    "two\nlines\r\nand,\"more\"",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "\u{9b}31mC1\u{85}next\u{2028}line\u{feff}\u{0}end",
];

/// A user as in `UserDetailList`.
pub(crate) fn user(name: &str) -> Value {
    json!({
        "Path": "/", "UserName": name, "UserId": format!("AIDA{:016}", number(name)),
        "Arn": format!("arn:aws:iam::{ACCOUNT}:user/{name}"), "CreateDate": "2020-01-01T00:00:00+00:00",
        "GroupList": [], "AttachedManagedPolicies": [], "Tags": [],
    })
}

/// A role as in `RoleDetailList`, trusted by a principal.
pub(crate) fn role(name: &str, principal: &Value) -> Value {
    json!({
        "Path": "/", "RoleName": name, "RoleId": format!("AROA{:016}", number(name)),
        "Arn": format!("arn:aws:iam::{ACCOUNT}:role/{name}"), "CreateDate": "2020-01-01T00:00:00+00:00",
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }],
        },
        "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": [], "Tags": [],
        "RoleLastUsed": { "LastUsedDate": "2026-05-30T00:00:00+00:00", "Region": "eu-west-1" },
    })
}

/// Authorization details.
pub(crate) fn details(users: &[Value], roles: &[Value]) -> Value {
    json!({ "UserDetailList": users, "GroupDetailList": [], "RoleDetailList": roles, "Policies": [] })
}

/// Two users and a role.
pub(crate) fn company() -> Value {
    let roles = [role("lambda", &json!({ "Service": "lambda.amazonaws.com" }))];
    details(&[user("deploy"), user("backup")], &roles)
}

/// An access key as in `AccessKeyMetadata`, old enough to be found.
pub(crate) fn key(user: &str, number: usize) -> Value {
    json!({
        "UserName": user, "AccessKeyId": format!("AKIAEXAMPLE{number:09}"), "Status": "Active",
        "CreateDate": "2020-01-02T00:00:00+00:00",
    })
}

/// The binary with a folder `export` that holds an account in which names, tags and trusts are hostile.
pub(crate) fn hostile() -> Census {
    let census = Census::offline();
    let mut users: Vec<Value> = HOSTILE.iter().map(|name| user(name)).collect();
    for (user, name) in users.iter_mut().zip(HOSTILE) {
        user["Tags"] = json!([{ "Key": "owner", "Value": name }, { "Key": name, "Value": name }]);
    }
    let roles: Vec<Value> = HOSTILE
        .iter()
        .map(|name| role(&format!("role {name}"), &json!({ "AWS": ["*", name], "Federated": name })))
        .collect();
    let keys: Vec<Value> = HOSTILE.iter().enumerate().map(|(n, name)| key(name, n)).collect();
    census.file("export/authorization-details.json", details(&users, &roles).to_string());
    census.file("export/access-keys.json", json!({ "AccessKeyMetadata": keys }).to_string());
    let workloads: Vec<Value> = HOSTILE.iter().zip(&roles).map(|(name, role)| workload(name, role)).collect();
    census.file("export/workloads.json", Value::Array(workloads).to_string());
    census
}

/// What runs as a role, of a type that nobody knows.
fn workload(name: &str, role: &Value) -> Value {
    json!({
        "type": name, "name": name, "arn": format!("arn:aws:x:eu-west-1:{ACCOUNT}:thing/{name}"),
        "role_arn": role["Arn"], "cluster": name, "state": name, "tags": { name: name },
    })
}

/// Scans the folder `export`, JSON on stdout.
pub(crate) fn scan_export(census: &Census) -> Run {
    census.run(&["scan", "--from", "export", "--as-of", AS_OF, "--format", "json", "--output", "-"])
}

/// A number that differs between the names of these tests.
fn number(name: &str) -> u64 {
    name.bytes().fold(7, |sum, byte| (sum * 31 + u64::from(byte)) % 10_000_000_000_000_000)
}
