//! What a role's trust policy says of who may become the role.

use census_model::{Condition, ConditionLanguage, IdentityId, Mechanism, PrincipalSet, Trust};

use super::document::{Document, Element, PrincipalEntry, PrincipalKey, Statement, StatementEffect};

/// The trusts of a role: one per allowing statement, principal and mechanism. Statements that deny make no trust;
/// they stay in the document for the evaluation.
pub fn trusts(becomes: &IdentityId, document: &Document) -> Vec<Trust> {
    let mut found = Vec::new();
    for statement in &document.statements {
        if statement.effect == StatementEffect::Allow {
            statement_trusts(becomes, statement, &mut found);
        }
    }
    found
}

fn statement_trusts(becomes: &IdentityId, statement: &Statement, found: &mut Vec<Trust>) {
    let (whos, except) = match &statement.principal {
        None => (Vec::new(), Vec::new()),
        Some(Element::Only(entries)) => (entries.iter().map(principal_set).collect(), Vec::new()),
        Some(Element::AllBut(entries)) => {
            (vec![PrincipalSet::Everyone], entries.iter().map(principal_set).collect::<Vec<_>>())
        }
    };
    for who in whos {
        for mechanism in mechanisms(&statement.action, &who) {
            found.push(Trust {
                becomes: becomes.clone(),
                who: who.clone(),
                except: except.clone(),
                mechanism,
                statement: statement.label.as_str().into(),
                condition: statement
                    .condition_text
                    .as_deref()
                    .map(|text| Condition { language: ConditionLanguage::AwsJson, text: text.into() }),
            });
        }
    }
}

/// The mechanisms that a trust policy's actions open for a principal. A service cannot present a token, and an
/// external issuer's identities have no other way in, so `sts:*` opens to each what it can use.
fn mechanisms(action: &Element<String>, who: &PrincipalSet) -> Vec<Mechanism> {
    const ALL: [(Mechanism, &str); 3] = [
        (Mechanism::AssumeRole, "sts:AssumeRole"),
        (Mechanism::WebIdentity, "sts:AssumeRoleWithWebIdentity"),
        (Mechanism::Saml, "sts:AssumeRoleWithSAML"),
    ];
    let opens = |name: &str| match action {
        Element::Only(patterns) => patterns.iter().any(|pattern| matches(pattern, name)),
        Element::AllBut(patterns) => !patterns.iter().any(|pattern| matches(pattern, name)),
    };
    let opened: Vec<Mechanism> = ALL
        .iter()
        .filter(|(mechanism, name)| usable(*mechanism, who) && opens(name))
        .map(|(mechanism, _)| *mechanism)
        .collect();
    if opened.is_empty() { vec![Mechanism::Other] } else { opened }
}

fn usable(mechanism: Mechanism, who: &PrincipalSet) -> bool {
    match who {
        PrincipalSet::Everyone
        | PrincipalSet::Authenticated
        | PrincipalSet::Organization(_)
        | PrincipalSet::Deleted(_)
        | PrincipalSet::Unrecognized(_) => true,
        PrincipalSet::Identity(_) | PrincipalSet::Account(_) | PrincipalSet::Service(_) => {
            mechanism == Mechanism::AssumeRole
        }
        PrincipalSet::External(issuer) if issuer.contains(":saml-provider/") => mechanism == Mechanism::Saml,
        PrincipalSet::External(_) => mechanism == Mechanism::WebIdentity,
    }
}

/// Whether an action pattern (`*` and `?`, without case) names an action. At most pattern times text steps, whatever
/// the pattern: it never backtracks over more than the last star.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(b'?') => (p, t) = (p + 1, t + 1),
            Some(want) if want.eq_ignore_ascii_case(byte) => (p, t) = (p + 1, t + 1),
            _ => match retry {
                // Only the last star needs another try: it can take over whatever an earlier one gave up.
                Some((after, from)) => {
                    retry = Some((after, from + 1));
                    (p, t) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|b| *b == b'*'))
}

/// Reads one principal.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
pub fn principal_set(entry: &PrincipalEntry) -> PrincipalSet {
    let value = entry.value.as_str();
    match entry.kind {
        PrincipalKey::Star => PrincipalSet::Everyone,
        PrincipalKey::Service => PrincipalSet::Service(value.into()),
        PrincipalKey::Federated if value == "*" => PrincipalSet::Everyone,
        PrincipalKey::Federated => PrincipalSet::External(value.into()),
        PrincipalKey::CanonicalUser => PrincipalSet::Unrecognized(value.into()),
        PrincipalKey::Aws => aws_principal(value),
    }
}

fn aws_principal(value: &str) -> PrincipalSet {
    if value == "*" {
        return PrincipalSet::Everyone;
    }
    if is_account_id(value) {
        return PrincipalSet::Account(value.into());
    }
    // What IAM shows in place of a principal that was deleted.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    if ["AIDA", "AROA", "AGPA", "AIPA"].iter().any(|prefix| value.starts_with(prefix))
        && value.len() >= 16
        && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    {
        return PrincipalSet::Deleted(value.into());
    }
    let segments: Vec<&str> = value.splitn(6, ':').collect();
    match segments.as_slice() {
        ["arn", _, "iam", "", account, "root"] if is_account_id(account) => {
            PrincipalSet::Account((*account).into())
        }
        ["arn", _, "iam", "", account, rest]
            if is_account_id(account) && (rest.starts_with("user/") || rest.starts_with("role/")) =>
        {
            PrincipalSet::Identity(value.into())
        }
        ["arn", _, "sts", "", account, rest]
            if is_account_id(account)
                && (rest.starts_with("assumed-role/") || rest.starts_with("federated-user/")) =>
        {
            PrincipalSet::Identity(value.into())
        }
        _ => PrincipalSet::Unrecognized(value.into()),
    }
}

/// Whether an ARN is that of the SAML provider that IAM Identity Center keeps in an account and takes its own assertions
/// with.
pub fn is_of_identity_center(provider: &str) -> bool {
    provider.contains(":saml-provider/AWSSSO_") && provider.ends_with("_DO_NOT_DELETE")
}

/// Whether a text is an AWS account id: twelve digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
