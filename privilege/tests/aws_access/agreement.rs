//! The simulator and a scan, over the same policies.

use census_privilege::aws::simulate::Simulator;
use proptest::prelude::*;

use super::*;

/// A statement of the small world in which scan and simulator are compared.
fn any_statement(principal: bool) -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec!["sqs:SendMessage", "sqs:*", "*", "sqs:ReceiveMessage"]);
    let resource = prop::sample::select(vec!["*", "arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:*:*:other"]);
    let condition = prop::sample::select(vec![
        json!(null),
        json!({ "StringEquals": { "aws:SourceVpc": "vpc-1" } }),
        json!({ "StringNotEquals": { "aws:SourceVpc": "vpc-1" } }),
        json!({ "Null": { "aws:SourceVpce": "true" } }),
        json!({ "ForAllValues:StringLike": { "aws:TagKeys": "a*" } }),
        json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "true" } }),
    ]);
    let who = prop::sample::select(vec![
        json!("*"),
        json!({ "AWS": "111122223333" }),
        json!({ "AWS": "arn:aws:iam::111122223333:user/alice" }),
        json!({ "AWS": "arn:aws:iam::111122223333:user/bob" }),
    ]);
    (any::<bool>(), action, resource, condition, who).prop_map(move |(allows, action, resource, condition, who)| {
        let mut statement = json!({ "Effect": if allows { "Allow" } else { "Deny" }, "Action": action, "Resource": resource });
        if !condition.is_null() {
            statement["Condition"] = condition;
        }
        if principal {
            statement["Principal"] = who;
        }
        statement
    })
}

fn any_policy(principal: bool) -> impl Strategy<Value = Value> {
    prop::collection::vec(any_statement(principal), 1..4).prop_map(Value::Array)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The simulator and a scan give the same decision for the same policies and the same context.
    #[test]
    fn the_simulator_agrees_with_a_scan(
        identity in prop::collection::vec(any_policy(false), 0..3),
        bound in prop::option::of(any_policy(false)),
        levels in prop::collection::vec(any_policy(false), 0..3),
        resource in prop::option::of(any_policy(true)),
        keys in prop::collection::vec(prop::sample::select(vec![
            ("aws:SourceVpc", "vpc-1"), ("aws:SourceVpc", "vpc-2"), ("aws:SourceVpce", "vpce-1"), ("aws:TagKeys", "ab"),
            ("aws:MultiFactorAuthPresent", "true"), ("aws:MultiFactorAuthPresent", "false"),
        ]), 0..3),
    ) {
        let queue = "arn:aws:sqs:eu-west-1:111122223333:q";
        let estate = alice(|estate, alice| {
            for policy in &identity {
                inline(estate, alice, policy);
            }
            if let Some(bound) = &bound {
                boundary(estate, alice, bound);
            }
            organization(estate);
            for (level, at) in levels.iter().zip(["aws:organization-root/r-1", "aws:organizational-unit/ou-1"]) {
                scp(estate, at, "any", level);
            }
            if let Some(resource) = &resource {
                resource_policy(estate, queue, resource);
            }
        });
        let scanned = verdict_with(&estate, "alice", "sqs:SendMessage", queue, &keys);
        let as_document = |statements: &Value| json!({ "Version": "2012-10-17", "Statement": statements });
        let context: serde_json::Map<String, Value> = keys.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
        let line = json!({
            "principal": "arn:aws:iam::111122223333:user/alice",
            "action": "sqs:SendMessage",
            "resource": queue,
            "context": context,
            "context_complete": false,
            "identity_policies": identity.iter().map(as_document).collect::<Vec<_>>(),
            "boundaries": bound.iter().map(as_document).collect::<Vec<_>>(),
            "scps": levels.iter().map(|level| vec![as_document(level)]).collect::<Vec<_>>(),
            "resource_policy": resource.as_ref().map(as_document),
        });
        let answer = serde_json::to_value(Simulator::default().answer(&line.to_string())).unwrap();
        prop_assert_eq!(scanned.decision.as_str(), answer["decision"].as_str().unwrap(), "{}", line);
        prop_assert_eq!(scanned.denied_by.map(DeniedBy::as_str), answer["denied_by"].as_str(), "{}", line);
    }
}
