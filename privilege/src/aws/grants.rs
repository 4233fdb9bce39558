//! Grants on KMS keys, as `ListGrants` prints them.
//!
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    context::{Facts, Lookup},
    document::{Element, PrincipalEntry, PrincipalKey, StatementEffect},
    principal::{Hold, Principals},
    statement::Request,
};
use crate::truth::Truth;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    #[serde(default)]
    grant_id: String,
    #[serde(default)]
    grantee_principal: Option<String>,
    #[serde(default)]
    grantee_service_principal: Option<String>,
    #[serde(default)]
    retiring_principal: Option<String>,
    #[serde(default)]
    retiring_service_principal: Option<String>,
    operations: Vec<String>,
    #[serde(default)]
    constraints: Option<Constraints>,
}

impl Written {
    fn grantee(&self) -> Result<PrincipalEntry, String> {
        entry(self.grantee_principal.as_deref(), self.grantee_service_principal.as_deref())
            .ok_or_else(|| "missing field `GranteePrincipal`".to_owned())
    }
}

/// A principal of a grant: a service stands in a field of its own, or in that of the others.
fn entry(principal: Option<&str>, service: Option<&str>) -> Option<PrincipalEntry> {
    let value = principal.or(service)?.to_owned();
    let is_service = !value.starts_with("arn:") && value.contains('.');
    Some(PrincipalEntry { kind: if is_service { PrincipalKey::Service } else { PrincipalKey::Aws }, value })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Constraints {
    #[serde(default)]
    encryption_context_subset: Option<BTreeMap<String, String>>,
    #[serde(default)]
    encryption_context_equals: Option<BTreeMap<String, String>>,
    #[serde(default)]
    source_arn: Option<String>,
}

/// The constraints of a grant that bind an operation.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    ContextAndSource,
    Source,
    Nothing,
}

/// Operations that carry no encryption context, in lower case.
const WITHOUT_ENCRYPTION_CONTEXT: [&str; 7] =
    ["derivesharedsecret", "describekey", "generatemac", "getpublickey", "sign", "verify", "verifymac"];

impl Bound {
    fn of(operation: &str) -> Self {
        if operation.eq_ignore_ascii_case("RetireGrant") {
            Self::Nothing
        } else if WITHOUT_ENCRYPTION_CONTEXT.iter().any(|one| one.eq_ignore_ascii_case(operation)) {
            Self::Source
        } else {
            Self::ContextAndSource
        }
    }
}

/// A grant: its grantee may call some operations with the key.
#[derive(Clone, Debug)]
pub struct KeyGrant {
    grantee: Principals,
    /// In lower case: `kms:decrypt`.
    actions: Vec<Box<str>>,
    constraints: Constraints,
}

impl TryFrom<serde_json::Value> for KeyGrant {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        let written: Written = serde_json::from_value(value).map_err(|error| error.to_string())?;
        Ok(Self {
            grantee: Principals::compile(&Element::Only(vec![written.grantee()?]))?,
            actions: written
                .operations
                .iter()
                .map(|one| format!("kms:{one}").to_ascii_lowercase().into())
                .collect(),
            constraints: written.constraints.unwrap_or_default(),
        })
    }
}

impl KeyGrant {
    /// What the grant gives the caller of a request, as a statement of the key policy would.
    pub fn gives(&self, request: &Request<'_>) -> Option<(Truth, Hold)> {
        if !self.actions.iter().any(|action| **action == *request.action) {
            return None;
        }
        let (meant, hold) = self.grantee.hold(request.caller, StatementEffect::Allow)?;
        let operation = request.action.strip_prefix("kms:").unwrap_or(request.action);
        let bound = match Bound::of(operation) {
            Bound::ContextAndSource => {
                self.constraints.context_holds(request.facts) & self.constraints.source_holds(request.facts)
            }
            Bound::Source => self.constraints.source_holds(request.facts),
            Bound::Nothing => Truth::Yes,
        };
        match meant & bound {
            Truth::No => None,
            truth => Some((truth, hold)),
        }
    }
}

/// Condition keys of the encryption context, in lower case.
const ENCRYPTION_CONTEXT: &str = "kms:encryptioncontext:";

impl Constraints {
    /// The keys of a constraint compare without case, as condition keys do, and its values with it, whatever holds of
    /// the encryption context that the operation itself needs.
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html>
    fn context_holds(&self, facts: &dyn Facts) -> Truth {
        let pair = |(key, wanted): (&String, &String)| match facts
            .lookup(&format!("{ENCRYPTION_CONTEXT}{}", key.to_ascii_lowercase()))
        {
            Lookup::Values(values) => values.iter().any(|value| **value == **wanted).into(),
            Lookup::Absent => Truth::No,
            Lookup::Like(_) | Lookup::Chosen | Lookup::Unknown => Truth::Maybe,
        };
        let subset = self.encryption_context_subset.iter().flatten().map(pair);
        let equals = self.encryption_context_equals.iter().flatten().map(pair);
        let no_more = self.encryption_context_equals.as_ref().is_none_or(|wanted| {
            let carried = facts.names(ENCRYPTION_CONTEXT);
            carried
                .iter()
                .filter_map(|name| name.get(ENCRYPTION_CONTEXT.len()..))
                .all(|carried| wanted.keys().any(|key| key.eq_ignore_ascii_case(carried)))
        });
        Truth::all(subset.chain(equals)) & Truth::from(no_more)
    }

    fn source_holds(&self, facts: &dyn Facts) -> Truth {
        let Some(wanted) = &self.source_arn else { return Truth::Yes };
        match facts.lookup("aws:sourcearn") {
            Lookup::Values(values) => values.iter().any(|value| **value == **wanted).into(),
            Lookup::Absent => Truth::No,
            Lookup::Like(_) | Lookup::Chosen | Lookup::Unknown => Truth::Maybe,
        }
    }
}

/// A grant as the policy that says the same, for where a policy is asked for its proof: a statement for what the grantee
/// may call, and one for who may retire it.
///
/// # Errors
/// When it is no grant.
pub fn as_policy(grant: &Value) -> Result<String, String> {
    let written = Written::deserialize(grant).map_err(|error| error.to_string())?;
    let sid: String = written.grant_id.chars().filter(char::is_ascii_alphanumeric).collect();
    let constraints = written.constraints.clone().unwrap_or_default();
    let actions = |bound| {
        let operations = written.operations.iter().filter(|operation| Bound::of(operation) == bound);
        operations.map(|one| format!("kms:{one}")).collect::<Vec<_>>()
    };
    let statement = |sid: String,
                     who: &PrincipalEntry,
                     actions: Vec<String>,
                     condition: Map<String, Value>| {
        let key = if who.kind == PrincipalKey::Service { "Service" } else { "AWS" };
        let mut statement = json!({
            "Sid": sid, "Effect": "Allow", "Principal": {key: who.value}, "Action": actions, "Resource": "*",
        });
        if let Some(fields) = statement.as_object_mut().filter(|_| !condition.is_empty()) {
            fields.insert("Condition".into(), condition.into());
        }
        (!actions.is_empty()).then_some(statement)
    };
    let grantee = written.grantee()?;
    let retiring =
        entry(written.retiring_principal.as_deref(), written.retiring_service_principal.as_deref());
    let statements = [
        statement(format!("Grant{sid}"), &grantee, actions(Bound::ContextAndSource), constraints.condition()),
        statement(
            format!("Grant{sid}WithoutContext"),
            &grantee,
            actions(Bound::Source),
            constraints.source_condition(),
        ),
        statement(format!("Grant{sid}WithoutConstraints"), &grantee, actions(Bound::Nothing), Map::new()),
        retiring.and_then(|who| {
            statement(format!("Grant{sid}Retire"), &who, vec!["kms:RetireGrant".to_owned()], Map::new())
        }),
    ];
    let statements: Vec<Value> = statements.into_iter().flatten().collect();
    Ok(json!({"Version": "2012-10-17", "Statement": statements}).to_string())
}

impl Constraints {
    /// As the condition of a statement.
    fn condition(&self) -> Map<String, Value> {
        let mut condition = self.source_condition();
        let pairs = self.encryption_context_subset.iter().chain(&self.encryption_context_equals).flatten();
        let pairs: Map<String, Value> = pairs
            .map(|(key, value)| (format!("kms:EncryptionContext:{key}"), value.as_str().into()))
            .collect();
        if !pairs.is_empty() {
            condition.insert("StringEquals".to_owned(), pairs.into());
        }
        if let Some(exactly) = &self.encryption_context_equals {
            let keys: Vec<&String> = exactly.keys().collect();
            let (operator, value) = match keys.as_slice() {
                [] => ("Null", json!("true")),
                keys => ("ForAllValues:StringEqualsIgnoreCase", json!(keys)),
            };
            condition.insert(operator.to_owned(), json!({"kms:EncryptionContextKeys": value}));
        }
        condition
    }

    fn source_condition(&self) -> Map<String, Value> {
        let source = self.source_arn.iter();
        source.map(|arn| ("ArnEquals".to_owned(), json!({"aws:SourceArn": arn}))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_the_statements_that_say_the_same() {
        let grant = json!({
            "GrantId": "0c237476/../", "GranteePrincipal": "arn:aws:iam::111122223333:role/deploy",
            "RetiringServicePrincipal": "dynamodb.eu-west-1.amazonaws.com",
            "Operations": ["Decrypt", "DescribeKey", "RetireGrant"],
            "Constraints": {
                "EncryptionContextEquals": {"Department": "Finance"},
                "SourceArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
            },
        });
        let policy: Value = serde_json::from_str(&as_policy(&grant).unwrap()).unwrap();
        let who = json!({"AWS": "arn:aws:iam::111122223333:role/deploy"});
        let source = json!({"aws:SourceArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"});
        let expected = json!([
            {"Sid": "Grant0c237476", "Effect": "Allow", "Principal": who, "Action": ["kms:Decrypt"],
             "Resource": "*", "Condition": {
                "StringEquals": {"kms:EncryptionContext:Department": "Finance"},
                "ForAllValues:StringEqualsIgnoreCase": {"kms:EncryptionContextKeys": ["Department"]},
                "ArnEquals": source}},
            {"Sid": "Grant0c237476WithoutContext", "Effect": "Allow", "Principal": who,
             "Action": ["kms:DescribeKey"], "Resource": "*", "Condition": {"ArnEquals": source}},
            {"Sid": "Grant0c237476WithoutConstraints", "Effect": "Allow", "Principal": who,
             "Action": ["kms:RetireGrant"], "Resource": "*"},
            {"Sid": "Grant0c237476Retire", "Effect": "Allow",
             "Principal": {"Service": "dynamodb.eu-west-1.amazonaws.com"}, "Action": ["kms:RetireGrant"],
             "Resource": "*"},
        ]);
        assert_eq!(policy["Statement"], expected);
        assert!(as_policy(&json!({"GrantId": "x", "Operations": ["Decrypt"]})).is_err(), "nobody");
    }

    #[test]
    fn a_grant_for_requests_without_any_encryption_context() {
        let grant = json!({
            "GrantId": "x", "GranteePrincipal": "AIDAEXAMPLE", "Operations": ["Encrypt"],
            "Constraints": {"EncryptionContextEquals": {}},
        });
        let policy = as_policy(&grant).unwrap();
        assert!(policy.contains(r#""Condition":{"Null":{"kms:EncryptionContextKeys":"true"}}"#), "{policy}");
    }
}
