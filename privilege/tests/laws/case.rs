//! A request with everything that decides it, in a form that laws can change: documents stay JSON.

use std::collections::{BTreeMap, BTreeSet};

use census_privilege::aws::{
    authorize::{Evaluation, Outcome, Ruling},
    caller::{Caller, RoleCaller, Session},
    context::{Context, Rest},
    document::Document,
    layers::Policies,
    policy::{Policy, PolicyType},
    simulate::Simulator,
    statement::{Request, Target},
};
use serde_json::{Value, json};

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// A user, role, session, federated user or root user by ARN.
    Arn(&'static str),
    /// A service.
    Service(&'static str),
    /// A holder of a provider's token.
    Federated(&'static str),
    /// Nobody.
    Anonymous,
    /// A role whose session's name the caller chooses: account and name. No line of the simulator can say so; there it is
    /// an unnamed session.
    Chosen(&'static str, &'static str),
}

/// The policies, each list by what it is attached to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Documents {
    pub(crate) identity: Vec<Value>,
    pub(crate) boundary: Option<Vec<Value>>,
    pub(crate) session: Option<Vec<Value>>,
    pub(crate) resource: Vec<Value>,
    pub(crate) service_control: Vec<Vec<Value>>,
    pub(crate) resource_control: Vec<Vec<Value>>,
    pub(crate) endpoint: Option<Vec<Value>>,
}

/// A request beside its policies.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) who: Who,
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) resource_account: Option<&'static str>,
    /// Keys with their values.
    pub(crate) context: BTreeMap<&'static str, Vec<String>>,
    /// Keys that the request is known to lack.
    pub(crate) absent: Vec<&'static str>,
    pub(crate) rest: Rest,
    pub(crate) documents: Documents,
}

impl Documents {
    /// Every list of documents, with their type. A trust policy is a resource's.
    pub(crate) fn lists(&mut self, resource: PolicyType) -> Vec<(PolicyType, &mut Vec<Value>)> {
        let mut lists = vec![(PolicyType::Identity, &mut self.identity), (resource, &mut self.resource)];
        lists.extend(self.boundary.as_mut().map(|list| (PolicyType::Boundary, list)));
        lists.extend(self.session.as_mut().map(|list| (PolicyType::Session, list)));
        lists.extend(self.endpoint.as_mut().map(|list| (PolicyType::Endpoint, list)));
        lists.extend(self.service_control.iter_mut().map(|list| (PolicyType::ServiceControl, list)));
        lists.extend(self.resource_control.iter_mut().map(|list| (PolicyType::ResourceControl, list)));
        lists
    }
}

impl Case {
    /// The type of the resource's policy.
    pub(crate) fn resource_type(&self) -> PolicyType {
        if self.action.starts_with("sts:") { PolicyType::Trust } else { PolicyType::Resource }
    }

    /// Every document, with its type.
    pub(crate) fn each_document(&mut self) -> Vec<(PolicyType, &mut Value)> {
        let resource = self.resource_type();
        let lists = self.documents.lists(resource);
        lists.into_iter().flat_map(|(kind, list)| list.iter_mut().map(move |one| (kind, one))).collect()
    }

    /// Whether the session policies give instead of limiting.
    pub(crate) fn is_federated_user(&self) -> bool {
        matches!(self.who, Who::Arn(arn) if arn.contains(":federated-user/"))
    }

    fn caller(&self) -> Caller {
        match self.who {
            Who::Arn(arn) => Caller::parse(arn).unwrap(),
            Who::Service(name) => Caller::Service(name.into()),
            Who::Federated(issuer) => Caller::Federated(issuer.into()),
            Who::Anonymous => Caller::Anonymous,
            Who::Chosen(account, name) => Caller::Role(RoleCaller {
                account: account.into(),
                name: name.into(),
                path: None,
                session: Session::Chosen,
            }),
        }
    }

    fn facts(&self) -> Context {
        let mut context = Context::new(self.rest);
        for (key, values) in &self.context {
            context.set(key, values.iter().map(String::as_str));
        }
        self.absent.iter().for_each(|key| context.lacks(key));
        context
    }

    /// What the engine says, layer by layer.
    pub(crate) fn outcome(&self) -> Outcome {
        let compiled = |kind: PolicyType, list: &[Value]| -> Vec<Policy> {
            let one = |value: &Value| Policy::compile(&Document::from_value(value).unwrap(), kind);
            list.iter().map(|value| one(value).unwrap_or_else(|e| panic!("{e}: {value}"))).collect()
        };
        let levels = |kind, levels: &[Vec<Value>]| -> Vec<Vec<Policy>> {
            levels.iter().map(|level| compiled(kind, level)).collect()
        };
        let documents = &self.documents;
        let limit = |kind, list: &Option<Vec<Value>>| list.as_deref().map(|list| compiled(kind, list));
        let identity = compiled(PolicyType::Identity, &documents.identity);
        let resource = compiled(self.resource_type(), &documents.resource);
        let boundary = limit(PolicyType::Boundary, &documents.boundary);
        let session = limit(PolicyType::Session, &documents.session);
        let endpoint = limit(PolicyType::Endpoint, &documents.endpoint);
        let service_control = levels(PolicyType::ServiceControl, &documents.service_control);
        let resource_control = levels(PolicyType::ResourceControl, &documents.resource_control);
        let policies = Policies {
            resource_is_one_of_several: false,
            identity: identity.iter().collect(),
            boundary: boundary.as_ref().map(|list| list.iter().collect()),
            session: session.as_ref().map(|list| list.iter().collect()),
            resource: resource.iter().collect(),
            service_control: service_control.iter().map(|level| level.iter().collect()).collect(),
            resource_control: resource_control.iter().map(|level| level.iter().collect()).collect(),
            endpoint: endpoint.as_ref().map(|list| list.iter().collect()),
            key_grants: Vec::new(),
        };
        let (caller, action, facts) = (self.caller(), self.action.to_ascii_lowercase(), self.facts());
        let resource = Target::One(self.resource);
        let request = Request { caller: &caller, action: &action, resource, facts: &facts };
        let named = self.resource.split(':').nth(4).filter(|account| !account.is_empty());
        Evaluation::new(request, &policies, self.resource_account.or(named)).outcome()
    }

    /// How much the engine grants.
    pub(crate) fn access(&self) -> Access {
        self.outcome().ruling().into()
    }

    /// The request as a line of the simulator.
    pub(crate) fn line(&self) -> String {
        let principal = match self.who {
            Who::Arn(arn) => json!(arn),
            Who::Service(name) => json!({ "type": "Service", "value": name }),
            Who::Federated(issuer) => json!({ "type": "Federated", "value": issuer }),
            Who::Anonymous => json!({ "type": "Anonymous" }),
            Who::Chosen(account, name) => json!(format!("arn:aws:iam::{account}:role/{name}")),
        };
        let documents = &self.documents;
        json!({
            "principal": principal,
            "action": self.action,
            "resource": self.resource,
            "resource_account": self.resource_account,
            "context": self.context,
            "context_complete": self.rest == Rest::Absent,
            "identity_policies": documents.identity,
            "boundaries": documents.boundary,
            "session_policy": documents.session.as_ref().and_then(|list| list.first()),
            "resource_policy": documents.resource.first(),
            "scps": documents.service_control,
            "rcps": documents.resource_control,
            "endpoint_policies": documents.endpoint,
        })
        .to_string()
    }

    /// What the simulator answers.
    pub(crate) fn answer(&self) -> Answer {
        let answer = serde_json::to_value(Simulator::default().answer(&self.line())).unwrap();
        assert_eq!(answer.get("error"), None, "{answer}: {}", self.line());
        let texts = |name: &str, read: fn(&Value) -> String| -> BTreeSet<String> {
            answer[name].as_array().into_iter().flatten().map(read).collect()
        };
        Answer {
            decision: answer["decision"].as_str().unwrap_or_default().to_owned(),
            denied_by: answer["denied_by"].to_string(),
            open: texts("open", Value::to_string),
            because: texts("because", reason),
        }
    }
}

/// Policy list, statement, and what it does without the values that it would do it for: their order may change.
fn reason(because: &Value) -> String {
    let text = |name: &str| because[name].as_str().unwrap_or_default().to_owned();
    let (list, says) = (text("policy"), text("says"));
    let list = list.split('[').next().unwrap_or_default();
    let says = says.split(" if ").next().unwrap_or_default();
    format!("{list} {} {says}", text("statement"))
}

/// What a simulator's answer says, without what order may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) decision: String,
    pub(crate) denied_by: String,
    pub(crate) open: BTreeSet<String>,
    pub(crate) because: BTreeSet<String>,
}

impl Answer {
    /// How much the simulator grants.
    pub(crate) fn access(&self) -> Access {
        match self.decision.as_str() {
            "allowed" => Access::Allowed,
            "conditional" => Access::Conditional,
            _ => Access::Denied,
        }
    }
}

/// A decision without its reason, the least access first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    Denied,
    Conditional,
    Allowed,
}

impl From<Ruling> for Access {
    fn from(decision: Ruling) -> Self {
        match decision {
            Ruling::Denied(_) => Self::Denied,
            Ruling::Conditional => Self::Conditional,
            Ruling::Allowed => Self::Allowed,
        }
    }
}
