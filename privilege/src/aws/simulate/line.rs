//! A request as a line has it.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value, value::RawValue};

use crate::aws::{
    caller::{Caller, CallerError},
    context::{Context, Rest},
};

/// The longest value of the context, in bytes. What matching it against a pattern costs at most grows with it.
const MAX_VALUE_BYTES: usize = 8 << 10;

/// A line.
#[derive(Deserialize)]
pub(super) struct Line<'a> {
    #[serde(default)]
    pub(super) id: Value,
    pub(super) principal: Principal,
    pub(super) action: String,
    pub(super) resource: String,
    #[serde(default)]
    pub(super) resource_account: Option<String>,
    #[serde(default)]
    pub(super) context: Option<Map<String, Value>>,
    /// Whether a key that the context lacks is absent; otherwise it is unknown.
    #[serde(default = "yes")]
    pub(super) context_complete: bool,
    #[serde(default, borrow)]
    pub(super) identity_policies: Option<Vec<&'a RawValue>>,
    #[serde(default, borrow)]
    pub(super) boundaries: Option<Vec<&'a RawValue>>,
    #[serde(default, borrow)]
    pub(super) session_policy: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pub(super) resource_policy: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pub(super) scps: Option<Vec<Vec<&'a RawValue>>>,
    #[serde(default, borrow)]
    pub(super) rcps: Option<Vec<Vec<&'a RawValue>>>,
    #[serde(default, borrow)]
    pub(super) endpoint_policies: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    pub(super) kms_grants: Option<Vec<Value>>,
    /// Whatever else the line says.
    #[serde(flatten)]
    pub(super) notes: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Principal {
    Arn(String),
    Other {
        #[serde(rename = "type")]
        kind: PrincipalType,
        #[serde(default)]
        value: Option<String>,
    },
}

#[derive(Clone, Copy, Deserialize)]
pub(super) enum PrincipalType {
    Anonymous,
    Service,
    Federated,
}

fn yes() -> bool {
    true
}

impl Line<'_> {
    /// The condition keys of a line.
    pub(super) fn context(&self, rest: Rest) -> Result<Context, String> {
        fn text(value: &Value) -> Option<Box<str>> {
            match value {
                Value::String(text) => Some(text.as_str().into()),
                Value::Bool(truth) => Some(truth.to_string().into()),
                Value::Number(number) => Some(number.to_string().into()),
                Value::Null | Value::Array(_) | Value::Object(_) => None,
            }
        }
        let mut context = Context::new(rest);
        for (key, value) in self.context.iter().flatten() {
            let values: Option<Vec<Box<str>>> = match value {
                Value::Null => continue,
                Value::Array(values) => values.iter().map(text).collect(),
                one => text(one).map(|one| vec![one]),
            };
            let values =
                values.ok_or_else(|| format!("context key `{key}`: must be a value or a list of values"))?;
            if let Some(long) = values.iter().find(|value| value.len() > MAX_VALUE_BYTES) {
                return Err(format!(
                    "context key `{key}`: a value has {} bytes, more than are compared",
                    long.len()
                ));
            }
            context.set(key, values);
        }
        Ok(context)
    }
}

impl Principal {
    pub(super) fn caller(&self) -> Result<Caller, String> {
        match self {
            Self::Arn(arn) => Caller::parse(arn).map_err(|error: CallerError| format!("principal {error}")),
            Self::Other { kind: PrincipalType::Anonymous, .. } => Ok(Caller::Anonymous),
            Self::Other { kind, value: Some(value) } if !value.is_empty() => Ok(match kind {
                PrincipalType::Service => Caller::Service(value.as_str().into()),
                PrincipalType::Federated | PrincipalType::Anonymous => {
                    Caller::Federated(value.as_str().into())
                }
            }),
            Self::Other { .. } => {
                Err("principal: a service or federated principal needs a `value`".to_owned())
            }
        }
    }
}
