//! Facts in words: ages, uses, principals, conditions.

use census_model::{
    Activity, By, Condition, ConditionLanguage, Credential, Identity, LastUse, Mechanism, Observed,
    PrincipalSet,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::view::View;

/// A count with its noun: `1 key`, `2 keys`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let stem = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match (number, stem) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {noun}s"),
    }
}

/// How far an instant lies before or after the clock of the scan.
pub(crate) fn age(as_of: Timestamp, at: Timestamp) -> String {
    let seconds = as_of.as_second() - at.as_second();
    let span = duration(seconds.unsigned_abs());
    if seconds >= 0 { format!("{span} ago") } else { format!("in {span}") }
}

/// A length of time in its largest sensible unit.
pub(crate) fn duration(seconds: u64) -> String {
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    match seconds {
        0..3_600 => count(number(seconds / 60), "minute"),
        3_600..172_800 => count(number(seconds / 3_600), "hour"),
        _ => count(number(seconds / 86_400), "day"),
    }
}

/// The date of an instant, UTC.
pub(crate) fn date(at: Timestamp) -> String {
    at.to_string().chars().take_while(|c| *c != 'T').collect()
}

/// A date with its age.
pub(crate) fn dated(as_of: Timestamp, at: Timestamp) -> String {
    format!("{} ({})", date(at), age(as_of, at))
}

/// A use for a cell of a machine-readable file: an instant, `not since …` or `not visible`.
pub(crate) fn use_cell(seen: &Observed<LastUse>) -> String {
    match seen {
        Observed::Known(last) => last.at.to_string(),
        Observed::NotSince(since) => format!("not since {since}"),
        Observed::NotVisible(_) => "not visible".into(),
    }
}

/// The same for an identity with all its ways in.
pub(crate) fn activity_cell(activity: Activity<'_>) -> String {
    match activity {
        Activity::Known { last, .. } => last.at.to_string(),
        Activity::NotSince(since) => format!("not since {since}"),
        Activity::NotVisible { .. } => "not visible".into(),
    }
}

/// A use in words.
pub(crate) fn last_use(as_of: Timestamp, seen: &Observed<LastUse>) -> String {
    match seen {
        Observed::Known(last) => format!("used {}", known_use(as_of, last)),
        Observed::NotSince(since) => format!("not used since {}", dated(as_of, *since)),
        Observed::NotVisible(_) => "last use not visible".into(),
    }
}

fn known_use(as_of: Timestamp, last: &LastUse) -> String {
    let service = last.service.as_deref().map(|service| format!(", {service}")).unwrap_or_default();
    let region = last.region.as_deref().map(|region| format!(" in {region}")).unwrap_or_default();
    format!("{}{service}{region}", age(as_of, last.at))
}

/// The activity of an identity in words.
pub(crate) fn activity(as_of: Timestamp, activity: Activity<'_>) -> String {
    match activity {
        Activity::Known { by, last, hidden } => {
            let by = match by {
                By::Identity => String::new(),
                By::Credential(credential) => format!(", by {}", credential_name(credential)),
            };
            let more = if hidden.is_some() { "; later use may be hidden" } else { "" };
            format!("last used {}{by}{more}", known_use(as_of, last))
        }
        Activity::NotSince(since) => format!("not used since {}", dated(as_of, since)),
        Activity::NotVisible { .. } => "last use not visible".into(),
    }
}

/// A credential by its kind and public id.
pub(crate) fn credential_name(credential: &Credential) -> String {
    match &credential.key_id {
        Some(key_id) => format!("{} {key_id}", credential.kind),
        None => credential.kind.to_string(),
    }
}

/// The people who answer for an identity, where a claim or record names any. That none is named does not mean
/// that there is none, so it is not put into words.
pub(crate) fn people(business_owner: Option<&str>, technical_steward: Option<&str>) -> Option<String> {
    match (business_owner, technical_steward) {
        (Some(owner), Some(steward)) => Some(format!("{owner}, steward {steward}")),
        (Some(owner), None) => Some(owner.to_owned()),
        (None, Some(steward)) => Some(format!("steward {steward}")),
        (None, None) => None,
    }
}

/// A set of principals in words.
pub(crate) fn principals(view: &View<'_>, who: &PrincipalSet) -> String {
    match who {
        PrincipalSet::Identity(native_id) => match view.index.native(native_id) {
            Some(identity) => format!("{} {}", identity.kind, identity_label(identity)),
            None => format!("{native_id} (not in this estate)"),
        },
        PrincipalSet::Account(account) => {
            format!("every principal of account {account} that the account lets do so")
        }
        PrincipalSet::Organization(organization) => format!("every principal of organization {organization}"),
        PrincipalSet::Everyone => "anyone".into(),
        PrincipalSet::Authenticated => "anyone with an account at the provider".into(),
        PrincipalSet::Service(service) => format!("service {service}"),
        PrincipalSet::External(issuer) => format!("identities of {issuer}"),
        PrincipalSet::Deleted(id) => format!("a deleted principal, {id}"),
        PrincipalSet::Unrecognized(text) => format!("`{text}`, which names no known principal"),
    }
}

/// An identity by name and native id.
pub(crate) fn identity_label(identity: &Identity) -> String {
    format!("{} ({})", identity.name, identity.native_id)
}

/// How a trust is exercised.
pub(crate) fn mechanism(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::AssumeRole => "sts:AssumeRole",
        Mechanism::WebIdentity => "sts:AssumeRoleWithWebIdentity",
        Mechanism::Saml => "sts:AssumeRoleWithSAML",
        Mechanism::FederatedCredential => "a federated credential",
        Mechanism::Other => "an action that by itself gives no session",
    }
}

/// A condition in words; as written, where its form is not the usual one.
pub(crate) fn condition(condition: &Condition) -> String {
    let parsed = match condition.language {
        ConditionLanguage::AwsJson => aws_condition(&condition.text),
        ConditionLanguage::AzureAbac
        | ConditionLanguage::EntraFederation
        | ConditionLanguage::EntraDirectory
        | ConditionLanguage::Cel => None,
    };
    parsed.unwrap_or_else(|| condition.text.to_string())
}

fn aws_condition(text: &str) -> Option<String> {
    let Value::Object(operators) = serde_json::from_str(text).ok()? else { return None };
    let mut parts = Vec::new();
    for (operator, keys) in &operators {
        for (key, values) in keys.as_object()? {
            parts.push(format!("{key} {} {}", operator_words(operator), value_words(values)?));
        }
    }
    (!parts.is_empty()).then(|| parts.join(" and "))
}

fn operator_words(operator: &str) -> String {
    let (quantifier, rest) = match operator.split_once(':') {
        Some(("ForAnyValue", rest)) => ("(any value) ", rest),
        Some(("ForAllValues", rest)) => ("(all values, or absent) ", rest),
        _ => ("", operator),
    };
    let (base, if_exists) = match rest.strip_suffix("IfExists") {
        Some(base) => (base, ", if present,"),
        None => (rest, ""),
    };
    let words = match base {
        "StringEquals" | "ArnEquals" | "NumericEquals" | "DateEquals" => "is",
        "StringEqualsIgnoreCase" => "is (any case)",
        "StringLike" | "ArnLike" => "matches",
        "StringNotEquals" | "ArnNotEquals" | "NumericNotEquals" | "DateNotEquals" => "is not",
        "StringNotEqualsIgnoreCase" => "is not (any case)",
        "StringNotLike" | "ArnNotLike" => "does not match",
        "Bool" => "is",
        "Null" => "is absent:",
        "IpAddress" => "is in",
        "NotIpAddress" => "is not in",
        "DateGreaterThan" => "is after",
        "DateLessThan" => "is before",
        other => other,
    };
    format!("{quantifier}{words}{if_exists}")
}

fn value_words(values: &Value) -> Option<String> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    match values {
        Value::Array(many) => {
            let words: Option<Vec<_>> = many.iter().map(one).collect();
            words.filter(|words| !words.is_empty()).map(|words| words.join(" or "))
        }
        single => one(single),
    }
}

#[cfg(test)]
mod tests {
    use census_fixtures::{days_ago, now};
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn ages() {
        assert_eq!(age(now(), days_ago(1)), "24 hours ago");
        assert_eq!(age(now(), days_ago(2)), "2 days ago");
        assert_eq!(age(now(), now() - SignedDuration::from_secs(60)), "1 minute ago");
        assert_eq!(age(now(), now() + SignedDuration::from_hours(72)), "in 3 days");
        assert_eq!(date(now()), "2026-06-01");
        assert_eq!(age(Timestamp::MAX, Timestamp::MIN).split(' ').next_back(), Some("ago"));
    }

    #[test]
    fn plurals() {
        assert_eq!(count(1, "identity"), "1 identity");
        assert_eq!(count(0, "identity"), "0 identities");
        assert_eq!(count(2, "key"), "2 keys");
    }

    #[test]
    fn conditions_read_as_sentences_and_odd_ones_as_written() {
        let aws =
            |text: &str| condition(&Condition { language: ConditionLanguage::AwsJson, text: text.into() });
        assert_eq!(
            aws(
                r#"{"StringEquals":{"i:aud":"sts.amazonaws.com"},"StringLike":{"i:sub":["repo:a/*","repo:b/*"]}}"#
            ),
            "i:aud is sts.amazonaws.com and i:sub matches repo:a/* or repo:b/*"
        );
        assert_eq!(
            aws(r#"{"ForAllValues:StringLikeIfExists":{"aws:x":"y"}}"#),
            "aws:x (all values, or absent) matches, if present, y"
        );
        assert_eq!(
            aws(r#"{"Bool":{"aws:MultiFactorAuthPresent":true}}"#),
            "aws:MultiFactorAuthPresent is true"
        );
        for odd in ["not json", "[]", "{}", r#"{"StringEquals":3}"#, r#"{"StringEquals":{"a":{}}}"#] {
            assert_eq!(aws(odd), odd);
        }
    }
}
