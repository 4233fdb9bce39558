//! Random statements and documents.

use census_privilege::aws::policy::PolicyType;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

/// What a statement may be about, so that it often is what is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
}

/// A family of operators: keys and values of one type.
struct Family {
    operators: &'static [&'static str],
    keys: &'static [&'static str],
    /// Of policies.
    wanted: &'static [&'static str],
    /// Of requests.
    found: &'static [&'static str],
}

const FAMILIES: [Family; 8] = [
    Family {
        operators: &[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
        ],
        keys: &["aws:PrincipalTag/team", "aws:username", "aws:TagKeys"],
        wanted: &[
            "blue",
            "BLUE",
            "red",
            "b*",
            "*",
            "r?d",
            "",
            "${aws:username}",
            "x${aws:PrincipalTag/team, 'blue'}",
        ],
        found: &["blue", "Blue", "red", "alice", "xblue", ""],
    },
    Family {
        operators: &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        keys: &["aws:SourceArn"],
        wanted: &[
            "arn:aws:sns:*:*:*",
            "arn:aws:sns:us-east-1:111122223333:topic",
            "*",
            "arn:aws:s3:::${aws:username}",
        ],
        found: &["arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:s3:::alice", "topic"],
    },
    Family {
        operators: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        keys: &["s3:max-keys"],
        wanted: &["10", "10.0", "5"],
        found: &["10", "7", "many"],
    },
    Family {
        operators: &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        keys: &["aws:CurrentTime"],
        wanted: &["2024-01-01T00:00:00Z", "2025", "1704067200"],
        found: &["2024-01-01T00:00:00Z", "2024-06", "later"],
    },
    Family {
        operators: &["Bool"],
        keys: &["aws:SecureTransport"],
        wanted: &["true", "false"],
        found: &["true", "false", "True", "perhaps"],
    },
    Family {
        operators: &["BinaryEquals"],
        keys: &["example:Digest"],
        wanted: &["QQ==", "Qg"],
        found: &["QQ", "Qw=="],
    },
    Family {
        operators: &["IpAddress", "NotIpAddress"],
        keys: &["aws:SourceIp"],
        wanted: &["10.0.0.0/8", "10.1.2.3", "2001:db8::/32"],
        found: &["10.1.2.3", "192.0.2.1", "2001:db8::1", "here"],
    },
    Family {
        operators: &["Null"],
        keys: &["aws:PrincipalTag/team", "aws:SourceIp", "aws:TagKeys"],
        wanted: &["true", "false"],
        found: &["blue"],
    },
];

/// A key of the families with values that a request may carry.
pub(crate) fn fact() -> BoxedStrategy<(&'static str, Vec<String>)> {
    (0..FAMILIES.len() - 1)
        .prop_flat_map(|family| {
            let family = &FAMILIES[family];
            let value = || select(family.found).prop_map(str::to_owned);
            // Mostly one value, as most keys have.
            (
                select(family.keys),
                prop_oneof![8 => vec(value(), 1), 1 => vec(value(), 0), 2 => vec(value(), 2..3)],
            )
        })
        .boxed()
}

fn test() -> BoxedStrategy<(String, &'static str, Value)> {
    (0..FAMILIES.len())
        .prop_flat_map(|family| {
            let family = &FAMILIES[family];
            let suffix = if family.operators == ["Null"] { vec![""] } else { vec!["", "", "IfExists"] };
            let prefix = select(vec!["", "", "", "ForAllValues:", "ForAnyValue:"]);
            let operator = (prefix, select(family.operators), select(suffix));
            let values = prop_oneof![
                4 => select(family.wanted).prop_map(|one| json!(one)),
                4 => vec(select(family.wanted), 1..3).prop_map(|several| json!(several)),
                1 => Just(json!([])),
            ];
            (operator.prop_map(|(a, b, c)| format!("{a}{b}{c}")), select(family.keys), values)
        })
        .boxed()
}

fn condition() -> BoxedStrategy<Option<Value>> {
    let some = vec(test(), 1..3).prop_map(|tests| {
        let mut condition = Map::new();
        for (operator, key, values) in tests {
            let keys = condition.entry(operator).or_insert_with(|| json!({}));
            keys[key] = values;
        }
        Some(Value::Object(condition))
    });
    prop_oneof![2 => Just(None), 3 => some].boxed()
}

fn actions(about: About) -> BoxedStrategy<Value> {
    let service = about.action.split(':').next().unwrap_or_default();
    let patterns = vec![
        about.action.to_owned(),
        about.action.to_uppercase(),
        format!("{service}:*"),
        format!("{service}:?*"),
        "*".to_owned(),
        "ec2:RunInstances".to_owned(),
    ];
    list(select(patterns).boxed())
}

fn resources(about: About) -> BoxedStrategy<Value> {
    let stem = about.resource.get(..about.resource.len() - 3).unwrap_or_default();
    let patterns = vec![
        about.resource.to_owned(),
        format!("{stem}*"),
        format!("{stem}???"),
        "*".to_owned(),
        "*".to_owned(),
        "arn:aws:ec2:us-east-1:111122223333:instance/i-1".to_owned(),
        "arn:aws:s3:::bucket/${aws:username}".to_owned(),
        "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'alice'}".to_owned(),
    ];
    list(select(patterns).boxed())
}

/// One, or a list of some.
fn list(one: BoxedStrategy<String>) -> BoxedStrategy<Value> {
    prop_oneof![one.clone().prop_map(Value::String), vec(one, 1..4).prop_map(|several| json!(several)),]
        .boxed()
}

fn principals() -> BoxedStrategy<Value> {
    let aws = vec![
        "*",
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:user/alice",
        "arn:aws:iam::111122223333:role/app",
        "arn:aws:sts::111122223333:assumed-role/app/s1",
        "arn:aws:sts::111122223333:federated-user/fay",
        "arn:aws:iam::444455556666:root",
        "arn:aws:iam::444455556666:user/bob",
        "AIDAEXAMPLEEXAMPLE123",
    ];
    prop_oneof![
        5 => Just(json!("*")),
        6 => vec(select(aws), 1..7).prop_map(|list| json!({ "AWS": list })),
        1 => Just(json!({ "Service": ["ec2.amazonaws.com"] })),
        1 => Just(json!({ "Federated": "accounts.google.com", "AWS": "111122223333" })),
        1 => Just(json!({ "Service": "ec2.amazonaws.com", "Federated": ["accounts.google.com", "*"] })),
    ]
    .boxed()
}

fn names_principals(kind: PolicyType) -> bool {
    use PolicyType::{Endpoint, Resource, ResourceControl, Trust};
    matches!(kind, Resource | Trust | ResourceControl | Endpoint)
}

/// Statements of one effect that AWS accepts in a policy of this type.
pub(crate) fn statement(kind: PolicyType, effect: &'static str, about: About) -> BoxedStrategy<Value> {
    let inverted = || prop::bool::weighted(0.08);
    (actions(about), resources(about), principals(), condition(), inverted(), inverted(), inverted())
        .prop_map(move |(action, resource, principal, condition, no_action, no_resource, no_principal)| {
            let mut statement = json!({ "Effect": effect });
            statement[if no_action { "NotAction" } else { "Action" }] = action;
            if kind != PolicyType::Trust {
                statement[if no_resource { "NotResource" } else { "Resource" }] = resource;
            }
            match kind {
                PolicyType::ResourceControl => statement["Principal"] = json!("*"),
                _ if names_principals(kind) => {
                    statement[if no_principal { "NotPrincipal" } else { "Principal" }] = principal;
                }
                _ => {}
            }
            if let Some(condition) = condition {
                statement["Condition"] = condition;
            }
            statement
        })
        .boxed()
}

/// Documents of one type, mostly of what allows.
pub(crate) fn document(kind: PolicyType, about: About) -> BoxedStrategy<Value> {
    // What limits often lets everything through, as it does in practice.
    let open = match kind {
        PolicyType::Identity | PolicyType::Resource | PolicyType::Trust => 1,
        PolicyType::Boundary | PolicyType::Session => 3,
        _ => 8,
    };
    let mut whole = json!({ "Effect": "Allow", "Action": "*" });
    if kind != PolicyType::Trust {
        whole["Resource"] = json!("*");
    }
    if names_principals(kind) {
        whole["Principal"] = json!("*");
    }
    let one = prop_oneof![
        open => Just(whole),
        12 => statement(kind, "Allow", about),
        1 => statement(kind, "Deny", about),
    ];
    let version = select(vec![Some("2012-10-17"), Some("2012-10-17"), Some("2008-10-17"), None]);
    (vec(one, 1..4), version)
        .prop_map(|(statements, version)| {
            let mut document = json!({ "Statement": statements });
            if let Some(version) = version {
                document["Version"] = json!(version);
            }
            document
        })
        .boxed()
}
