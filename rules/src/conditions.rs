//! How firmly a trust's condition binds the caller.

use std::{collections::BTreeSet, net::IpAddr};

use census_privilege::aws::{document::Test, operator::Operator};
pub(crate) use census_privilege::federation::aws::{Wildcards, tests, undemanding, wildcards};

/// How firmly a condition binds, the loosest first. Values of one test are alternatives, so a test is as loose as
/// its loosest value; tests are all required, so a condition is as firm as its firmest test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hold {
    /// It lets strangers through.
    Open,
    /// It can never be met: a wildcard under an operator that takes it literally. Nobody gets in, which is not what
    /// its author meant.
    Dead,
    /// It binds to something that a stranger cannot have.
    Binds,
}

/// How firmly the tests bind the caller by keys that every AWS request may carry: organization, account, ARN,
/// source of a service's call, network.
pub(crate) fn bound_by_global_keys(tests: &[Test]) -> Hold {
    hold(tests, tests, |test, value| global_value(&test.key.to_ascii_lowercase(), test.operator, value))
}

/// The accounts that callers must be of, by account or ARN; `None` when the tests name none in particular. Tests are
/// all required, so what two of them name is what both do.
pub(crate) fn caller_accounts(tests: &[Test]) -> Option<BTreeSet<&str>> {
    named(tests, |key, value| match key {
        "aws:principalaccount" => Some(value),
        "aws:principalarn" => value.split(':').nth(4),
        _ => None,
    })
}

/// The organizations that callers must be of; `None` when the tests name none in particular.
pub(crate) fn caller_organizations(tests: &[Test]) -> Option<BTreeSet<&str>> {
    named(tests, |key, value| match key {
        "aws:principalorgid" => Some(value),
        "aws:principalorgpaths" => value.split('/').next(),
        _ => None,
    })
}

/// Whether callers must be single identities: users or roles by their whole ARN.
pub(crate) fn names_identities(tests: &[Test]) -> bool {
    let single = |value: &String| {
        [":user/", ":role/"].iter().any(|kind| value.contains(kind)) && !value.contains(['*', '?', '$'])
    };
    tests.iter().any(|test| {
        test.is_about("aws:PrincipalArn")
            && undemanding(test, tests).is_none()
            && test.values.iter().all(single)
    })
}

fn named<'t>(
    tests: &'t [Test],
    part: impl Fn(&str, &'t str) -> Option<&'t str>,
) -> Option<BTreeSet<&'t str>> {
    let of_test = |test: &'t Test| -> Option<BTreeSet<&'t str>> {
        let key = test.key.to_ascii_lowercase();
        let binds = |value: &String| global_value(&key, test.operator, value) == Some(Hold::Binds);
        if undemanding(test, tests).is_some() || !test.values.iter().all(binds) {
            return None;
        }
        test.values.iter().map(|value| part(&key, value)).collect()
    };
    tests.iter().filter_map(of_test).reduce(|one, other| one.intersection(&other).copied().collect())
}

/// How firmly the tests demand an `sts:ExternalId`.
pub(crate) fn bound_by_external_id(tests: &[Test]) -> Hold {
    hold(tests, tests, |test, value| test.is_about("sts:ExternalId").then(|| exact(test.operator, value)))
}

/// Whether the tests demand an attribute of a SAML assertion that tells one sender from others. The audience is the
/// same address for all of AWS, and the kind of subject is one of three words.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml>
pub(crate) fn bound_by_assertion(tests: &[Test]) -> Hold {
    hold(tests, tests, |test, value| {
        let key = test.key.to_ascii_lowercase();
        let names_sender = key.starts_with("saml:") && !matches!(key.as_str(), "saml:aud" | "saml:sub_type");
        names_sender.then(|| exact(test.operator, value))
    })
}

/// How firmly the tests bind the source of a service's call.
pub(crate) fn bound_by_source(tests: &[Test]) -> Hold {
    const SOURCE: &[&str] = &["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"];
    hold(tests, tests, |test, value| {
        let key = test.key.to_ascii_lowercase();
        SOURCE.contains(&key.as_str()).then(|| global_value(&key, test.operator, value)).flatten()
    })
}

/// The firmest of the tests that `judge` knows; `judge` answers `None` for a key that binds nothing.
fn hold(tests: &[Test], all: &[Test], judge: impl Fn(&Test, &str) -> Option<Hold>) -> Hold {
    tests
        .iter()
        .filter(|test| undemanding(test, all).is_none())
        .filter_map(|test| loosest(&test.values, |value| judge(test, value)))
        .max()
        .unwrap_or(Hold::Open)
}

/// The loosest of the values; no value at all can never be met.
pub(crate) fn loosest(values: &[String], judge: impl Fn(&str) -> Option<Hold>) -> Option<Hold> {
    values
        .iter()
        .try_fold(Hold::Binds, |so_far, value| Some(so_far.min(judge(value)?)))
        .map(|found| if values.is_empty() { Hold::Dead } else { found })
}

/// Keys and what a value must look like to name somebody in particular.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn global_value(key: &str, operator: Operator, value: &str) -> Option<Hold> {
    Some(match key {
        "aws:principalorgid"
        | "aws:sourceorgid"
        | "aws:principalaccount"
        | "aws:sourceaccount"
        | "aws:sourcevpc"
        | "aws:sourcevpce"
        | "aws:vpceaccount"
        | "aws:vpceorgid" => exact(operator, value),
        "aws:principalorgpaths" | "aws:sourceorgpaths" | "aws:vpceorgpaths" => {
            first_part(operator, value, '/')
        }
        // `AROA…:session`: the unique id of the role, or of a user, comes first.
        "aws:userid" => first_part(operator, value, ':'),
        "aws:principalarn" | "aws:sourcearn" => arn(operator, value),
        // A host (`accounts.google.com`) is the same for everybody; the ARN of a registration names its account.
        "aws:federatedprovider" if value.starts_with("arn:") => arn(operator, value),
        "aws:sourceip" => network(value),
        _ => return None,
    })
}

/// Variables whose value belongs to the role that is assumed, so that comparing with them binds to one's own.
fn is_own(value: &str) -> bool {
    ["${aws:ResourceOrgID}", "${aws:ResourceAccount}"].iter().any(|own| own.eq_ignore_ascii_case(value))
}

fn exact(operator: Operator, value: &str) -> Hold {
    match wildcards(operator, value) {
        _ if is_own(value) => Hold::Binds,
        _ if value.contains("${") => Hold::Open,
        Wildcards::Expanded => Hold::Open,
        Wildcards::Literal => Hold::Dead,
        Wildcards::None if value.is_empty() => Hold::Dead,
        Wildcards::None => Hold::Binds,
    }
}

/// The part before `end` must be literal.
fn first_part(operator: Operator, value: &str, end: char) -> Hold {
    if wildcards(operator, value) == Wildcards::Literal {
        return Hold::Dead;
    }
    exact(operator, value.split(end).next().unwrap_or_default())
}

/// An ARN binds by a literal account, or, where its kind has none (S3 buckets), by a literal resource name. The ARN
/// operators compare each of the six parts on its own. `StringLike` does not: there a wildcard before the account
/// reaches over colons, which a path may hold, so that the account behind it may stand in a stranger's path.
fn arn(operator: Operator, value: &str) -> Hold {
    if wildcards(operator, value) == Wildcards::Literal {
        return Hold::Dead;
    }
    let segments: Vec<&str> = value.splitn(6, ':').collect();
    let reaches_over = operator.comparison.as_str().starts_with("String")
        && segments.iter().take(4).any(|part| wildcards(operator, part) == Wildcards::Expanded);
    match segments.as_slice() {
        _ if reaches_over => Hold::Open,
        [_, _, _, _, "", resource] => first_part(operator, resource, '/'),
        [_, _, _, _, account, _] => exact(operator, account),
        _ => exact(operator, value),
    }
}

/// A network binds unless it is as wide as a whole provider: shorter than /8, for IPv6 shorter than /32.
fn network(value: &str) -> Hold {
    let (address, length) = value.split_once('/').map_or((value, None), |(a, l)| (a, Some(l)));
    let Ok(address) = address.parse::<IpAddr>() else { return Hold::Dead };
    let least = if address.is_ipv4() { 8 } else { 32 };
    match length.map(str::parse::<u8>) {
        None => Hold::Binds,
        Some(Ok(length)) if length >= least => Hold::Binds,
        Some(Ok(_)) => Hold::Open,
        Some(Err(_)) => Hold::Dead,
    }
}

#[cfg(test)]
mod tests;
