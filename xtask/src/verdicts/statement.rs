//! Writes statements of each kind.

use serde_json::{Value, json};

use super::{
    Kind,
    circumstances::conditions,
    service::{SERVICES, Service},
    world::{ACCOUNTS, PURPOSES, Resource},
};
use crate::aws::dice::Dice;

/// Writes statements of a kind.
pub(super) struct Writer<'d> {
    pub(super) kind: Kind,
    pub(super) dice: &'d mut Dice,
}

impl Writer<'_> {
    /// A statement of an identity policy about a team's resources.
    pub(super) fn statement(&mut self, resources: &[Resource], team: &str) -> Value {
        match self.kind {
            Kind::Simple => self.simple(resources),
            Kind::Wildcards => self.wildcards(team),
            Kind::Conditions => self.conditional(resources),
        }
    }

    fn simple(&mut self, resources: &[Resource]) -> Value {
        let Some(first) = self.dice.one_of(resources) else { return Value::Null };
        let alike: Vec<&Resource> =
            resources.iter().filter(|resource| resource.service == first.service).collect();
        let count = self.dice.between(1, 3);
        let arns = self.list(count, |dice| {
            let resource = dice.one_of(&alike).copied().unwrap_or(first);
            format!("{}{}", resource.arn, dice.pick(resource.service.inside))
        });
        let count = self.dice.between(2, 4);
        let actions = self.list(count, |dice| action(first.service, dice));
        let effect = if self.dice.percent(10) { "Deny" } else { "Allow" };
        json!({ "Effect": effect, "Action": actions, "Resource": arns })
    }

    fn wildcards(&mut self, team: &str) -> Value {
        let count = self.dice.between(4, 8);
        let actions = self.list(count, action_pattern);
        let count = self.dice.between(4, 8);
        let resources = self.list(count, |dice| resource_pattern(team, dice));
        match self.dice.below(10) {
            0 => json!({ "Effect": "Deny", "Action": actions, "NotResource": resources }),
            1 => json!({ "Effect": "Deny", "NotAction": SERVICES.map(|s| format!("{}:*", s.prefix)),
                         "Resource": "*" }),
            2 => {
                json!({ "Effect": "Deny", "Action": ["s3:*elete*ject", "dynamodb:D*e*m"], "Resource": resources })
            }
            3 | 4 => json!({ "Effect": "Allow", "NotAction": actions, "Resource": resources }),
            5 => json!({ "Effect": "Allow", "Action": actions, "NotResource": resources }),
            _ => json!({ "Effect": "Allow", "Action": actions, "Resource": resources }),
        }
    }

    fn conditional(&mut self, resources: &[Resource]) -> Value {
        let count = self.dice.between(1, 3);
        let actions = self.list(count, |dice| {
            let Some(service) = dice.one_of(&SERVICES) else { return String::new() };
            if dice.percent(50) { format!("{}:*", service.prefix) } else { action(service, dice) }
        });
        let count = self.dice.between(1, 2);
        let arns = self.list(count, |dice| {
            let Some(resource) = dice.one_of(resources) else { return String::new() };
            match dice.below(4) {
                0 => resource.service.arn("*", "${aws:PrincipalTag/team}-*"),
                1 => resource.service.arn("*", "${aws:PrincipalTag/team, 'none'}-*"),
                2 => "*".to_owned(),
                _ => format!("{}*", resource.arn),
            }
        });
        let effect = if self.dice.percent(15) { "Deny" } else { "Allow" };
        json!({ "Effect": effect, "Action": actions, "Resource": arns, "Condition": conditions(self.dice) })
    }

    /// A resource's own policy: the other account may, nobody without TLS.
    pub(super) fn resource_policy(&mut self, service: &Service, arn: &str, team: &str) -> Vec<Value> {
        let whole = if service.prefix == "s3" { format!("{arn}/*") } else { arn.to_owned() };
        let principals = ACCOUNTS.map(|account| format!("arn:aws:iam::{account}:root"));
        let (actions, resources) = match self.kind {
            Kind::Wildcards if service.prefix == "s3" => {
                (action_patterns(service), vec![format!("arn:aws:s3:::*{team}*/*"), format!("{arn}/*a*r*")])
            }
            Kind::Wildcards => (action_patterns(service), vec![whole.clone()]),
            Kind::Simple | Kind::Conditions => (vec![action(service, self.dice)], vec![whole.clone()]),
        };
        let condition = match self.kind {
            Kind::Simple | Kind::Wildcards => json!({}),
            Kind::Conditions => conditions(self.dice),
        };
        let allow = json!({ "Effect": "Allow", "Principal": { "AWS": principals }, "Action": actions,
                            "Resource": resources, "Condition": condition });
        let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": format!("{}:*", service.prefix),
                           "Resource": whole, "Condition": { "Bool": { "aws:SecureTransport": "false" } } });
        vec![allow, deny]
    }

    /// The limits that the organization's unit sets.
    pub(super) fn service_limits(&mut self) -> Vec<Value> {
        let deny = match self.kind {
            Kind::Simple => json!({ "Effect": "Deny", "Action": ["s3:DeleteBucket", "lambda:DeleteFunction"],
                                    "Resource": "*" }),
            Kind::Wildcards => json!({ "Effect": "Deny",
                                       "NotAction": ["s3:*", "sqs:*", "sns:*", "secretsmanager:*e*", "dynamodb:*",
                                                     "lambda:*F*n*"],
                                       "NotResource": ["arn:aws:s3:::*public*/*", "arn:aws:*:*:*:*-open-*"] }),
            Kind::Conditions => json!({ "Effect": "Deny", "Action": ["s3:Delete*", "dynamodb:Delete*"],
                                        "Resource": "*", "Condition": conditions(self.dice) }),
        };
        vec![json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }), deny]
    }

    /// What leaves the services of the requests, but for some of their actions.
    pub(super) fn known_services(&mut self) -> Value {
        let actions: Vec<String> = match self.kind {
            Kind::Wildcards => SERVICES.iter().flat_map(action_patterns).collect(),
            Kind::Simple | Kind::Conditions => SERVICES.iter().map(|s| format!("{}:*", s.prefix)).collect(),
        };
        json!({ "Effect": "Allow", "Action": actions, "Resource": "*" })
    }

    /// What the organization's root denies to everybody at its resources.
    pub(super) fn resource_guard(&mut self) -> Value {
        let condition = match self.kind {
            Kind::Simple | Kind::Wildcards => json!({ "BoolIfExists": { "aws:SecureTransport": "false" } }),
            Kind::Conditions => json!({
                "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-exampleorg" },
                "BoolIfExists": { "aws:PrincipalIsAWSService": "false" },
            }),
        };
        json!({ "Effect": "Deny", "Principal": "*",
                "Action": ["s3:*", "sqs:*", "secretsmanager:*", "dynamodb:*"],
                "Resource": "*", "Condition": condition })
    }

    fn list(&mut self, count: u32, one: impl Fn(&mut Dice) -> String) -> Vec<String> {
        (0..count).map(|_| one(self.dice)).collect()
    }
}

fn action_patterns(service: &Service) -> Vec<String> {
    service.patterns.iter().map(|name| format!("{}:{name}", service.prefix)).collect()
}

fn action(service: &Service, dice: &mut Dice) -> String {
    format!("{}:{}", service.prefix, dice.pick(service.actions))
}

fn action_pattern(dice: &mut Dice) -> String {
    let Some(service) = dice.one_of(&SERVICES) else { return String::new() };
    format!("{}:{}", service.prefix, dice.pick(service.patterns))
}

fn resource_pattern(team: &str, dice: &mut Dice) -> String {
    let purpose = dice.pick(&PURPOSES);
    // The beginning and the end of a team's name.
    let (begin, end) = (team.get(..2).unwrap_or_default(), team.get(3..).unwrap_or_default());
    match dice.below(6) {
        0 => format!("arn:aws:s3:::*{team}*/*2026*o*"),
        1 => format!("arn:aws:s3:::{begin}?{end}-*{purpose}*/*a*/*"),
        2 => format!("arn:aws:sqs:eu-*:*:*{begin}*{end}*{purpose}*"),
        3 => format!("arn:aws:*:*:*:*{team}*-*{purpose}*-?"),
        4 => format!("arn:aws:dynamodb:*:*:table/*{begin}*{end}-*s*-*"),
        _ => format!("arn:aws:*:eu-west-*:*:*:*{begin}?{end}*"),
    }
}
