//! What a federated credential of Entra ID asks of a token.
//!
//! Issuer and subject are compared exactly; only the expression of a flexible credential knows wildcards.
//! <https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials>

use census_model::{ConditionLanguage, PrincipalSet, Trust};
use serde::Deserialize;
use serde_json::Value;

/// What a token must be.
#[derive(Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Host and path of the issuer, without scheme.
    pub issuer: String,
    /// What is asked of claims, all of it; `None`: it cannot be read.
    pub claims: Option<Vec<ClaimTest>>,
}

/// A claim must have a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimTest {
    /// The claim's name.
    pub claim: String,
    /// The value.
    pub value: String,
    /// Whether `*` and `?` in the value stand for other text.
    pub expands: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential {
    issuer: Option<String>,
    subject: Option<String>,
    claims_matching_expression: Option<Value>,
}

/// What a trust of Entra asks for; `None` of trusts of other languages.
pub fn wanted(trust: &Trust) -> Option<Wanted> {
    let condition =
        trust.condition.as_ref().filter(|one| one.language == ConditionLanguage::EntraFederation)?;
    let named = match &trust.who {
        PrincipalSet::External(issuer) => Some(issuer.to_string()),
        _ => None,
    };
    let Ok(credential) = serde_json::from_str::<Credential>(&condition.text) else {
        return Some(Wanted { issuer: host(&named?), claims: None });
    };
    let issuer = host(&credential.issuer.or(named)?);
    let expression = match &credential.claims_matching_expression {
        Some(Value::Object(members)) => members.get("value").and_then(Value::as_str),
        Some(Value::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let claims = match (credential.subject, expression) {
        (_, Some(expression)) => expression_tests(expression),
        (Some(value), None) => Some(vec![ClaimTest { claim: "sub".to_owned(), value, expands: false }]),
        (None, None) => Some(Vec::new()),
    };
    Some(Wanted { issuer, claims })
}

fn host(issuer: &str) -> String {
    let bare = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    bare.trim_end_matches('/').to_owned()
}

/// `claims['sub'] matches 'repo:acme/*' and claims['repository_id'] eq '7'`; `None` of what is none.
fn expression_tests(text: &str) -> Option<Vec<ClaimTest>> {
    let mut tests = Vec::new();
    let mut rest = text.trim();
    loop {
        let (claim, after) = rest.strip_prefix("claims['")?.split_once("']")?;
        let (operator, after) = after.trim_start().split_once(char::is_whitespace)?;
        let expands = match operator {
            "matches" => true,
            "eq" => false,
            _ => return None,
        };
        let (value, after) = after.trim_start().strip_prefix('\'')?.split_once('\'')?;
        tests.push(ClaimTest { claim: claim.to_owned(), value: value.to_owned(), expands });
        rest = match after.trim_start() {
            "" => return Some(tests),
            more => more.strip_prefix("and")?.trim_start(),
        };
    }
}

#[cfg(test)]
mod tests {
    use census_fixtures::azure;

    use super::*;

    #[test]
    fn what_is_no_expression_is_not_read() {
        for text in [
            "",
            "sub",
            "claims['sub'] like 'x'",
            "claims['sub'] eq x",
            "claims['a'] eq 'b' or claims['a'] eq 'c'",
        ] {
            assert_eq!(expression_tests(text), None, "{text}");
        }
        let app = azure::service_principal("deploy");
        let trust = azure::federated_if(&app, "https://token.actions.githubusercontent.com", "{");
        assert_eq!(wanted(&trust).unwrap().claims, None);
    }
}
