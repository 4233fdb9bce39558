//! An offline policy simulator: one request a line, with everything that it needs in it, one answer a line.
//!
//! The contract is `docs/simulate.md`.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use census_model::{DeniedBy, Part};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Map, Value, value::RawValue};

use super::{
    authorize::{Evaluation, Outcome, Place, Policies, Ruling},
    context::{Context, Rest},
    explain::{Reason, first_of_each_part, reasons},
    grants::KeyGrant,
    policy::{Policy, PolicyType},
    principal::{Caller, CallerError},
    statement::{Request, Target},
};
use crate::truth::Truth;

/// A line.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(default)]
    id: Value,
    principal: Principal,
    action: String,
    resource: String,
    #[serde(default)]
    resource_account: Option<String>,
    #[serde(default)]
    context: Option<Map<String, Value>>,
    /// Whether a key that the context lacks is absent; otherwise it is unknown.
    #[serde(default = "yes")]
    context_complete: bool,
    #[serde(default, borrow)]
    identity_policies: Option<Vec<&'a RawValue>>,
    #[serde(default, borrow)]
    boundaries: Option<Vec<&'a RawValue>>,
    #[serde(default, borrow)]
    session_policy: Option<&'a RawValue>,
    #[serde(default, borrow)]
    resource_policy: Option<&'a RawValue>,
    #[serde(default, borrow)]
    scps: Option<Vec<Vec<&'a RawValue>>>,
    #[serde(default, borrow)]
    rcps: Option<Vec<Vec<&'a RawValue>>>,
    #[serde(default, borrow)]
    endpoint_policies: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    kms_grants: Option<Vec<Value>>,
    /// Whatever else the line says.
    #[serde(flatten)]
    notes: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Principal {
    Arn(String),
    Other {
        #[serde(rename = "type")]
        kind: PrincipalType,
        #[serde(default)]
        value: Option<String>,
    },
}

#[derive(Clone, Copy, Deserialize)]
enum PrincipalType {
    Anonymous,
    Service,
    Federated,
}

fn yes() -> bool {
    true
}

/// The answer to a line.
#[derive(Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The request's.
    pub id: Value,
    /// What came of it.
    #[serde(flatten)]
    pub reply: Reply,
}

/// What came of a line.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// A decision.
    Decided {
        /// Allowed or denied; conditional only where the context is not complete.
        decision: Verdict,
        /// What denies it.
        denied_by: Option<DeniedBy>,
        /// For a conditional decision, the condition keys that decide, in lower case, sorted.
        #[serde(skip_serializing_if = "BTreeSet::is_empty")]
        open: BTreeSet<String>,
        /// The statements that decide, and the nearest that did not.
        because: Vec<Because>,
    },
    /// The line makes no sense.
    Error {
        /// Why.
        error: String,
    },
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Verdict {
    Allowed,
    Denied,
    Conditional,
}

/// One statement's part in a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Because {
    /// Where the policy stands in the request: `identity_policies[0]`, `scps[1][0]`; for what no policy decides, `aws`.
    pub policy: String,
    /// The statement's `Sid`, or `#` and a digest of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// What it does, in words.
    pub says: String,
}

/// How many compiled policies are kept. Lines of one run mostly share theirs.
const KEPT: usize = 4096;

/// How many bytes of text the kept policies may have together: they hold several times as much memory.
const KEPT_BYTES: usize = 8 << 20;

/// Answers lines.
#[derive(Default)]
pub struct Simulator {
    compiled: HashMap<(PolicyType, Box<str>), Result<Rc<Policy>, String>>,
    /// The bytes of text in `compiled`.
    compiled_bytes: usize,
    /// Members of lines that no request has.
    notes: BTreeSet<String>,
}

type Compiled = Result<Vec<Rc<Policy>>, String>;

impl Simulator {
    /// Answers one line.
    pub fn answer(&mut self, line: &str) -> Answer {
        #[derive(Deserialize)]
        struct Named {
            #[serde(default)]
            id: Value,
        }
        match serde_json::from_str::<Line<'_>>(line) {
            Ok(mut request) => {
                let id = std::mem::take(&mut request.id);
                self.notes.extend(std::mem::take(&mut request.notes).into_keys());
                let reply = self.decide(&request).unwrap_or_else(|error| Reply::Error { error });
                Answer { id, reply }
            }
            Err(error) => {
                let id = serde_json::from_str::<Named>(line).map(|named| named.id).unwrap_or_default();
                Answer { id, reply: Reply::Error { error: format!("not a request: {}", in_line(&error)) } }
            }
        }
    }

    /// Takes the names of members that lines had and no request has, so that a misspelt one does not pass in silence.
    pub fn take_notes(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.notes)
    }

    fn decide(&mut self, line: &Line<'_>) -> Result<Reply, String> {
        let caller = line.principal.caller()?;
        if !line.action.contains(':') {
            return Err(format!(
                "action `{}` does not begin with a service, as in `s3:GetObject`",
                line.action
            ));
        }
        let rest = if line.context_complete { Rest::Absent } else { Rest::Unknown };
        let context = context(line.context.as_ref(), rest)?;
        let owned = self.policies(line)?;
        let action = line.action.to_ascii_lowercase();
        let request = Request {
            caller: &caller,
            action: &action,
            resource: Target::One(&line.resource),
            facts: &context,
        };
        let account = line.resource_account.as_deref().or_else(|| super::account_of(&line.resource));
        let policies = owned.borrowed();
        let evaluation = Evaluation::new(request, &policies, account);
        let outcome = evaluation.outcome();
        let reasons = reasons(&evaluation, &outcome, &policies);
        let open = reasons.iter().filter(|reason| reason.part == Part::MayDecide);
        let open: BTreeSet<String> = open
            .flat_map(|reason| reason.open_keys(evaluation.request()))
            .map(str::to_ascii_lowercase)
            .collect();
        let (decision, denied_by) = match outcome.ruling() {
            Ruling::Allowed => (Verdict::Allowed, None),
            Ruling::Denied(denial) => (Verdict::Denied, Some(denial.denied_by())),
            Ruling::Conditional if line.context_complete => (Verdict::Denied, blamed(&outcome)),
            Ruling::Conditional => (Verdict::Conditional, None),
        };
        Ok(Reply::Decided { decision, denied_by, open, because: because(&reasons, &evaluation, &outcome) })
    }

    fn policies(&mut self, line: &Line<'_>) -> Result<Owned, String> {
        // No policy at all is no boundary and no endpoint; a level of an organization without any allows nothing.
        let some = |list: Vec<Rc<Policy>>| Some(list).filter(|list| !list.is_empty());
        let trust = line.action.to_ascii_lowercase().starts_with("sts:");
        let resource = if trust { PolicyType::Trust } else { PolicyType::Resource };
        Ok(Owned {
            identity: self.list(
                "identity_policies",
                PolicyType::Identity,
                line.identity_policies.as_deref().unwrap_or_default(),
            )?,
            boundary: some(self.list(
                "boundaries",
                PolicyType::Boundary,
                line.boundaries.as_deref().unwrap_or_default(),
            )?),
            session: some(self.single("session_policy", PolicyType::Session, line.session_policy)?),
            resource: self.single("resource_policy", resource, line.resource_policy)?,
            service_control: self.levels(
                "scps",
                PolicyType::ServiceControl,
                line.scps.as_deref().unwrap_or_default(),
            )?,
            resource_control: self.levels(
                "rcps",
                PolicyType::ResourceControl,
                line.rcps.as_deref().unwrap_or_default(),
            )?,
            endpoint: some(self.list(
                "endpoint_policies",
                PolicyType::Endpoint,
                line.endpoint_policies.as_deref().unwrap_or_default(),
            )?),
            key_grants: line
                .kms_grants
                .iter()
                .flatten()
                .enumerate()
                .map(|(at, grant)| {
                    KeyGrant::try_from(grant.clone()).map_err(|e| format!("kms_grants[{at}]: {e}"))
                })
                .collect::<Result<_, _>>()?,
        })
    }

    fn levels(
        &mut self,
        name: &str,
        kind: PolicyType,
        levels: &[Vec<&RawValue>],
    ) -> Result<Vec<Vec<Rc<Policy>>>, String> {
        levels
            .iter()
            .enumerate()
            .map(|(at, level)| self.list(&format!("{name}[{at}]"), kind, level))
            .collect()
    }

    fn list(&mut self, name: &str, kind: PolicyType, list: &[&RawValue]) -> Compiled {
        list.iter().enumerate().map(|(at, text)| self.compile(&format!("{name}[{at}]"), kind, text)).collect()
    }

    fn single(&mut self, name: &str, kind: PolicyType, text: Option<&RawValue>) -> Compiled {
        text.iter().map(|text| self.compile(name, kind, text)).collect()
    }

    fn compile(&mut self, name: &str, kind: PolicyType, text: &RawValue) -> Result<Rc<Policy>, String> {
        if self.compiled.len() >= KEPT || self.compiled_bytes >= KEPT_BYTES {
            self.compiled.clear();
            self.compiled_bytes = 0;
        }
        let compiled = self.compiled.entry((kind, text.get().into())).or_insert_with(|| {
            self.compiled_bytes += text.get().len();
            // A string holds the text, as the APIs of AWS give it.
            let string = serde_json::from_str::<String>(text.get()).ok();
            let text = string.as_deref().unwrap_or(text.get());
            Policy::parse(text, kind).map(Rc::new).map_err(|error| error.to_string())
        });
        compiled.clone().map_err(|error| format!("{name}: {error}"))
    }
}

/// The policies of one line.
struct Owned {
    identity: Vec<Rc<Policy>>,
    boundary: Option<Vec<Rc<Policy>>>,
    session: Option<Vec<Rc<Policy>>>,
    resource: Vec<Rc<Policy>>,
    service_control: Vec<Vec<Rc<Policy>>>,
    resource_control: Vec<Vec<Rc<Policy>>>,
    endpoint: Option<Vec<Rc<Policy>>>,
    key_grants: Vec<KeyGrant>,
}

impl Owned {
    fn borrowed(&self) -> Policies<'_> {
        fn list(list: &[Rc<Policy>]) -> Vec<&Policy> {
            list.iter().map(Rc::as_ref).collect()
        }
        Policies {
            identity: list(&self.identity),
            boundary: self.boundary.as_deref().map(list),
            session: self.session.as_deref().map(list),
            resource: list(&self.resource),
            service_control: self.service_control.iter().map(|level| list(level)).collect(),
            resource_control: self.resource_control.iter().map(|level| list(level)).collect(),
            endpoint: self.endpoint.as_deref().map(list),
            key_grants: self.key_grants.iter().collect(),
        }
    }
}

impl Principal {
    fn caller(&self) -> Result<Caller, String> {
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

/// What is wrong with the text of a line, and where. The parser counts lines from the one that it is given.
fn in_line(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

/// The condition keys of a line.
fn context(members: Option<&Map<String, Value>>, rest: Rest) -> Result<Context, String> {
    fn text(value: &Value) -> Option<Box<str>> {
        match value {
            Value::String(text) => Some(text.as_str().into()),
            Value::Bool(truth) => Some(truth.to_string().into()),
            Value::Number(number) => Some(number.to_string().into()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
    let mut context = Context::new(rest);
    for (key, value) in members.into_iter().flatten() {
        let values: Option<Vec<Box<str>>> = match value {
            Value::Null => continue,
            Value::Array(values) => values.iter().map(text).collect(),
            one => text(one).map(|one| vec![one]),
        };
        let values =
            values.ok_or_else(|| format!("context key `{key}`: must be a value or a list of values"))?;
        context.set(key, values);
    }
    Ok(context)
}

/// What to blame where even a complete context leaves the answer open, because AWS does not document one: a `NotPrincipal`
/// that does not list the account, several values under an operator for one. What is not known to be allowed is denied.
fn blamed(outcome: &Outcome) -> Option<DeniedBy> {
    if outcome.explicit == Truth::Maybe {
        return Some(DeniedBy::Explicit);
    }
    outcome.layers.iter().find(|(_, truth)| *truth == Truth::Maybe).map(|(layer, _)| layer.denied_by())
}

fn because(reasons: &[Reason<'_>], evaluation: &Evaluation<'_>, outcome: &Outcome) -> Vec<Because> {
    if let Some(reason) = evaluation.rule(outcome) {
        return vec![Because { policy: "aws".to_owned(), statement: None, says: reason.to_owned() }];
    }
    let request = evaluation.request();
    first_of_each_part(reasons)
        .map(|reason| Because {
            policy: place(reason),
            statement: Some(reason.statement.label.to_string()),
            says: reason.says(request),
        })
        .collect()
}

/// Where a policy stands in the line.
fn place(reason: &Reason<'_>) -> String {
    let position = reason.position;
    match reason.place {
        Place::Identity => format!("identity_policies[{position}]"),
        Place::Boundary => format!("boundaries[{position}]"),
        Place::Endpoint => format!("endpoint_policies[{position}]"),
        Place::Session => "session_policy".to_owned(),
        Place::Resource => "resource_policy".to_owned(),
        Place::ServiceControl(level) => format!("scps[{level}][{position}]"),
        Place::ResourceControl(level) => format!("rcps[{level}][{position}]"),
    }
}
