//! Changes of JSON that keep it JSON, and the words of the policy language.

use census_privilege::aws::operator::Comparison;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use serde_json::{Value, json};

/// What is written in policies and requests, besides operators.
const WORDS: [&str; 62] = [
    "Statement",
    "Sid",
    "Effect",
    "Allow",
    "Deny",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
    "Version",
    "2012-10-17",
    "2008-10-17",
    "AWS",
    "Service",
    "Federated",
    "CanonicalUser",
    "Anonymous",
    "*",
    "?",
    "**",
    "${",
    "}",
    "${*}",
    "${?}",
    "${$}",
    "${aws:username}",
    "${aws:PrincipalTag/team, 'blue'}",
    "aws:username",
    "aws:PrincipalTag/team",
    "aws:SourceIp",
    "aws:TagKeys",
    "true",
    "false",
    "null",
    "10",
    "1e3",
    "-0.5",
    "2024-01-01T00:00:00Z",
    "10.0.0.0/8",
    "2001:db8::1",
    "QQ==",
    "s3:GetObject",
    "s3:*",
    "kms:Decrypt",
    "sts:AssumeRole",
    "iam:PutRolePolicy",
    "111122223333",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:sts::111122223333:assumed-role/app/s",
    "arn:aws:sts::111122223333:federated-user/fay",
    "arn:aws:s3:::bucket/*",
    "arn:aws:kms:us-east-1:111122223333:key/k",
    "arn:aws:iam::111122223333:role/aws-service-role/a/b",
    "ec2.amazonaws.com",
    "accounts.google.com",
    "context_complete",
    "resource_account",
];

/// The words of the policy language.
pub fn dictionary() -> Vec<String> {
    let operators = Comparison::ALL.iter().flat_map(|comparison| {
        let name = comparison.as_str();
        [name.to_owned(), format!("ForAllValues:{name}"), format!("ForAnyValue:{name}IfExists")]
    });
    WORDS.iter().map(|word| (*word).to_owned()).chain(operators).collect()
}

/// Another JSON text, close to this one; `None` if it is none, or where bytes should change instead.
pub fn json(input: &[u8], seed: u32) -> Option<Vec<u8>> {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(u64::from(seed)));
    // Texts that are no JSON must be tried too.
    if dice.below(4) == 0 {
        return None;
    }
    let mut value: Value = serde_json::from_slice(input).ok()?;
    let pool = value.clone();
    for _ in 0..=dice.below(3) {
        let nodes = count(&value);
        let at = dice.below(nodes);
        let (mut other, mut left) = (dice.below(count(&pool)), at);
        let found = node(&pool, &mut other).cloned().unwrap_or_default();
        if let Some(place) = node_mut(&mut value, &mut left) {
            change(place, found, &mut dice);
        }
    }
    serde_json::to_vec(&value).ok()
}

/// Chance that repeats.
struct Dice(ChaCha8Rng);

impl Dice {
    /// A number below `n`; 0 for an `n` of 0.
    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.0.next_u64()).unwrap_or_default().checked_rem(n).unwrap_or_default()
    }

    fn word(&mut self) -> String {
        let words = dictionary();
        let at = self.below(words.len());
        words.into_iter().nth(at).unwrap_or_default()
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(object) => object.values().map(count).sum(),
        _ => 0,
    }
}

fn node<'a>(value: &'a Value, left: &mut usize) -> Option<&'a Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(list) => list.iter().find_map(|one| node(one, left)),
        Value::Object(object) => object.values().find_map(|one| node(one, left)),
        _ => None,
    }
}

fn node_mut<'a>(value: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(list) => list.iter_mut().find_map(|one| node_mut(one, left)),
        Value::Object(object) => object.values_mut().find_map(|one| node_mut(one, left)),
        _ => None,
    }
}

/// Changes one value; `other` is one from elsewhere in the text.
fn change(place: &mut Value, other: Value, dice: &mut Dice) {
    match (place, dice.below(6)) {
        (place, 0) => *place = other,
        (place, 1) => *place = Value::Array(vec![place.take(), other]),
        (Value::Array(list), 2..=3) if !list.is_empty() => {
            let at = dice.below(list.len());
            _ = list.remove(at);
        }
        (Value::Array(list), _) => {
            let at = dice.below(list.len() + 1);
            list.insert(at, other);
        }
        (Value::Object(object), kind) => {
            let key = object.keys().nth(dice.below(object.len())).cloned().unwrap_or_default();
            match kind {
                2 => _ = object.remove(&key),
                3 => _ = object.insert(dice.word(), other),
                _ => {
                    let renamed = object.remove(&key).unwrap_or_default();
                    _ = object.insert(dice.word(), renamed);
                }
            }
        }
        (Value::String(text), 2..=3) => {
            let word = dice.word();
            let at = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).nth(dice.below(text.len() + 1));
            text.insert_str(at.unwrap_or_default(), &word);
        }
        (Value::Bool(truth), _) => *truth = !*truth,
        (place, 4) => *place = json!([]),
        (place, _) => *place = Value::String(dice.word()),
    }
}
