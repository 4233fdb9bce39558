//! Conditions, and the condition keys of requests that they look at.

use serde_json::{Map, Value, json};

use super::world::{PURPOSES, Principal};
use crate::aws::dice::Dice;

/// Tests, each of them with its operator and key. Most hold for most requests, so that not everything is denied.
fn test(dice: &mut Dice) -> (&'static str, &'static str, Value) {
    let purposes = [dice.pick(&PURPOSES), dice.pick(&PURPOSES), "owner", "team", "stage"];
    match dice.below(14) {
        0 => ("StringEquals", "aws:ResourceTag/team", json!("${aws:PrincipalTag/team}")),
        1 => ("StringLike", "aws:PrincipalArn", json!(["arn:aws:iam::*:*/${aws:PrincipalTag/team}-*"])),
        2 => ("ArnLike", "aws:PrincipalArn", json!(["arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*-?*"])),
        3 => ("IpAddress", "aws:SourceIp", json!(["10.0.0.0/8", "192.0.2.0/24"])),
        4 => ("NotIpAddress", "aws:SourceIp", json!(["203.0.113.0/24", "2001:db8::/32"])),
        5 => ("Bool", "aws:SecureTransport", json!("true")),
        6 => ("BoolIfExists", "aws:MultiFactorAuthPresent", json!("true")),
        7 => ("NumericLessThanIfExists", "aws:MultiFactorAuthAge", json!(3600)),
        8 => ("DateGreaterThan", "aws:CurrentTime", json!("2026-01-01T00:00:00Z")),
        9 => ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", json!(["o-exampleorg/*/ou-example/*"])),
        10 => ("ForAllValues:StringEquals", "aws:TagKeys", json!(purposes)),
        11 => ("StringNotEqualsIfExists", "aws:RequestedRegion", json!(["us-gov-west-1", "cn-north-1"])),
        12 => ("StringEqualsIgnoreCase", "aws:PrincipalTag/stage", json!(["DEV", "Test", "PROD"])),
        _ => ("Null", "aws:PrincipalTag/team", json!("false")),
    }
}

/// The condition of a statement: two to four tests.
pub(super) fn conditions(dice: &mut Dice) -> Value {
    let wanted = usize::try_from(dice.between(2, 4)).unwrap_or(2);
    let mut operators: Map<String, Value> = Map::new();
    let mut count = 0;
    while count < wanted {
        let (operator, key, values) = test(dice);
        let keys = operators.entry(operator).or_insert_with(|| json!({}));
        if keys.get(key).is_none() {
            keys[key] = values;
            count += 1;
        }
    }
    Value::Object(operators)
}

/// What a request says of itself, whoever makes it.
pub(super) fn of_request(dice: &mut Dice) -> Vec<(&'static str, Vec<String>)> {
    let address = match dice.below(5) {
        0 => format!("203.0.113.{}", dice.below(256)),
        _ => format!("10.{}.0.{}", dice.below(256), dice.below(256)),
    };
    let mut keys = vec![
        ("aws:SourceIp", vec![address]),
        ("aws:RequestedRegion", vec!["eu-west-1".to_owned()]),
        ("aws:TagKeys", vec![dice.pick(&PURPOSES).to_owned(), "owner".to_owned()]),
    ];
    if dice.percent(50) {
        keys.push(("aws:MultiFactorAuthPresent", vec![dice.percent(80).to_string()]));
        keys.push(("aws:MultiFactorAuthAge", vec![dice.below(5000).to_string()]));
    }
    keys
}

/// What a complete context says besides.
pub(super) fn of_principal(
    team: &str,
    principal: &Principal,
    dice: &mut Dice,
) -> Vec<(&'static str, Vec<String>)> {
    let one = |text: &str| vec![text.to_owned()];
    vec![
        ("aws:PrincipalArn", vec![principal.arn()]),
        ("aws:PrincipalAccount", one(principal.account)),
        ("aws:PrincipalOrgID", one("o-exampleorg")),
        ("aws:PrincipalOrgPaths", one("o-exampleorg/r-example/ou-example/")),
        ("aws:PrincipalTag/team", one(team)),
        ("aws:PrincipalTag/stage", one(principal.stage)),
        ("aws:PrincipalIsAWSService", one("false")),
        ("aws:CurrentTime", one("2026-06-01T12:00:00Z")),
        ("aws:SecureTransport", vec![dice.percent(97).to_string()]),
    ]
}
