//! Grants on KMS keys, as `ListGrants` prints them.
//!
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html>

use std::collections::BTreeMap;

use serde::Deserialize;

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
    grantee_principal: String,
    operations: Vec<String>,
    #[serde(default)]
    constraints: Constraints,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Constraints {
    #[serde(default)]
    encryption_context_subset: Option<BTreeMap<String, String>>,
    #[serde(default)]
    encryption_context_equals: Option<BTreeMap<String, String>>,
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
        let kind =
            if written.grantee_principal.starts_with("arn:") || !written.grantee_principal.contains('.') {
                PrincipalKey::Aws
            } else {
                PrincipalKey::Service
            };
        let grantee = PrincipalEntry { kind, value: written.grantee_principal };
        Ok(Self {
            grantee: Principals::compile(&Element::Only(vec![grantee]))?,
            actions: written
                .operations
                .iter()
                .map(|one| format!("kms:{one}").to_ascii_lowercase().into())
                .collect(),
            constraints: written.constraints,
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
        // https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html
        let is_free = ["kms:describekey", "kms:retiregrant"].contains(&request.action);
        match meant & if is_free { Truth::Yes } else { self.constraints.hold(request.facts) } {
            Truth::No => None,
            truth => Some((truth, hold)),
        }
    }
}

/// Condition keys of the encryption context, in lower case.
const ENCRYPTION_CONTEXT: &str = "kms:encryptioncontext:";

impl Constraints {
    /// Unlike condition keys, the keys of an encryption context compare case and all.
    fn hold(&self, facts: &dyn Facts) -> Truth {
        let names = facts.names(ENCRYPTION_CONTEXT);
        let named = |key: &str| names.iter().any(|name| name.get(ENCRYPTION_CONTEXT.len()..) == Some(key));
        let pair = |(key, wanted): (&String, &String)| match facts
            .lookup(&format!("{ENCRYPTION_CONTEXT}{}", key.to_ascii_lowercase()))
        {
            Lookup::Values(values) => {
                Truth::from(named(key) && values.iter().any(|value| **value == **wanted))
            }
            Lookup::Absent => Truth::No,
            Lookup::Like(_) | Lookup::Chosen | Lookup::Unknown => Truth::Maybe,
        };
        let subset = self.encryption_context_subset.iter().flatten().map(pair);
        let equals = self.encryption_context_equals.iter().flatten().map(pair);
        let no_more =
            self.encryption_context_equals.as_ref().is_none_or(|wanted| names.len() <= wanted.len());
        Truth::all(subset.chain(equals)) & Truth::from(no_more)
    }
}
