//! What the principals of an estate may do: the policies that apply to a request are found in the estate, and what was
//! not read is weighed.

pub(crate) mod actor;
mod caller;
mod doubts;
mod form;
mod gather;
mod managed;
mod outside;
mod tokens;

use std::{cell::OnceCell, collections::HashMap};

use census_model::{
    Because, ConditionLanguage, Decision, Gap, Grant, Identity, Index, Part, PolicyId, PolicyKind, Residual,
    Text, Verdict,
};

use self::{
    caller::Subject,
    doubts::{Doubts, Everything},
    gather::Gathered,
    managed::Managed,
};
pub(crate) use self::{caller::home_region, tokens::Token};
pub use self::{
    doubts::{OTHER_POLICIES_READ, RESOURCE_POLICY_READS, WORKLOAD_READS},
    form::{Boundary, Change, Form},
};
use super::{
    authorize::{Evaluation, Ruling},
    context::{Context, Facts, Layers, Rest},
    document::{DocumentError, StatementEffect},
    explain::{Reason, first_of_each_part, reasons},
    pattern::Pattern,
    policy::{Policy, PolicyType},
    principal::Principals,
    statement::{Request, Statement, Target},
};

/// A question about the principals of an estate.
#[derive(Clone, Debug)]
pub struct Question {
    /// In lower case.
    action: Box<str>,
    resource: Asked,
    resource_account: Option<Box<str>>,
    /// What whoever asks says of the request.
    context: Context,
}

#[derive(Clone, Debug)]
enum Asked {
    One(Box<str>),
    Any { pattern: Pattern, text: Box<str> },
}

/// Why a question cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// Not `service:Action`.
    #[error("`{0}` is not an action: it takes a service and a name, as in `s3:GetObject`")]
    Action(String),
    /// Neither an ARN nor a pattern of ARNs.
    #[error("`{0}` is neither an ARN nor `*`")]
    Resource(String),
    /// An alias of a KMS key, which no policy sees.
    #[error("`{0}` is an alias: policies are asked about the key itself")]
    Alias(String),
    /// Not twelve digits.
    #[error("`{0}` is not an account id: it takes twelve digits")]
    Account(String),
}

impl Question {
    /// May somebody do `action` to `resource`? A resource with `*` or `?` is any that matches; a lone `*` with an action
    /// that takes no resource is what AWS itself compares with then.
    ///
    /// # Errors
    /// When the action or the resource is none.
    pub fn new(action: &str, resource: &str) -> Result<Self, QuestionError> {
        let is_action = |(service, name): (&str, &str)| {
            let is_name =
                |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            is_name(service) && is_name(name)
        };
        if !action.split_once(':').is_some_and(is_action) {
            return Err(QuestionError::Action(action.to_owned()));
        }
        let is_arn =
            resource.starts_with("arn:") && (resource.split(':').count() >= 6 || resource.contains('*'));
        if resource != "*" && !is_arn {
            return Err(QuestionError::Resource(resource.to_owned()));
        }
        let action = action.to_ascii_lowercase();
        if action.starts_with("kms:") && !action.contains("alias") && resource.contains(":alias/") {
            return Err(QuestionError::Alias(resource.to_owned()));
        }
        let takes_none =
            || super::catalogue::action(&action).is_some_and(|(_, known)| known.resources.is_empty());
        let is_pattern = resource.contains(['*', '?']) && !(resource == "*" && takes_none());
        Ok(Self {
            action: action.into(),
            resource_account: super::account_of(resource).map(Into::into),
            resource: if is_pattern {
                Asked::Any { pattern: Pattern::glob(resource), text: resource.into() }
            } else {
                Asked::One(resource.into())
            },
            context: Context::new(Rest::Unknown),
        })
    }

    /// Says that the request carries a condition key with these values.
    pub fn with(&mut self, key: &str, values: Vec<String>) {
        self.context.set(key, values);
    }

    /// Leaves the region of the request to the caller's choice, where neither the resource's ARN nor the service says it.
    pub(crate) fn leave_region_to_caller(&mut self) {
        let named = self.target().text().split(':').nth(3);
        if !self.action.starts_with("iam:") && named.is_none_or(str::is_empty) {
            self.context.leave_to_caller("aws:RequestedRegion");
        }
    }

    /// Leaves all condition keys that begin so to the caller's choice.
    pub(crate) fn leave_all_to_caller(&mut self, prefix: &str) {
        self.context.leave_all_to_caller(prefix);
    }

    /// Says that the request does not carry a key.
    pub(crate) fn lacks(&mut self, key: &str) {
        self.context.lacks(key);
    }

    /// Says whose the resource is, where its ARN does not.
    ///
    /// # Errors
    /// When it is no account id.
    pub fn of_account(&mut self, account: &str) -> Result<(), QuestionError> {
        if !super::trust::is_account_id(account) {
            return Err(QuestionError::Account(account.to_owned()));
        }
        self.resource_account = Some(account.into());
        Ok(())
    }

    /// Whether the catalogue has the action.
    pub fn is_known(&self) -> bool {
        super::catalogue::action(&self.action).is_some()
    }

    fn target(&self) -> Target<'_> {
        match &self.resource {
            Asked::One(resource) => Target::One(resource),
            Asked::Any { pattern, text } => Target::Any { pattern, text },
        }
    }
}

/// A policy text as a policy of one type, compiled when it is first needed.
type Compiled = OnceCell<Result<Policy, DocumentError>>;

/// The principals of an estate with the policies that apply to them.
pub struct Access<'e> {
    index: &'e Index<'e>,
    compiled: HashMap<PolicyType, HashMap<&'e PolicyId, Compiled>>,
    /// Gaps by what they affect.
    gaps: HashMap<&'e str, Vec<&'e Gap>>,
    everything: Everything,
    managed: Managed<'e>,
}

impl<'e> Access<'e> {
    /// Compiles nothing yet.
    pub fn new(index: &'e Index<'e>) -> Self {
        let estate = index.estate();
        let mut compiled: HashMap<PolicyType, HashMap<&PolicyId, Compiled>> = HashMap::new();
        let policies = &estate.policies;
        // What the estate lacks is taken for one of AWS's, so that it is told.
        let of_aws = |id: &PolicyId| policies.get(id).is_none_or(|one| one.kind == PolicyKind::AwsDocument);
        for grant in &estate.grants {
            if let Some(policy) = grant.policy.as_ref().filter(|id| of_aws(id)) {
                compiled.entry(PolicyType::of(grant)).or_default().entry(policy).or_default();
            }
        }
        for text in estate.resources.iter().flat_map(|resource| resource.versions.values()) {
            for kind in [PolicyType::Identity, PolicyType::Boundary] {
                compiled.entry(kind).or_default().entry(text).or_default();
            }
        }
        let mut gaps: HashMap<&str, Vec<&Gap>> = HashMap::new();
        for gap in &estate.gaps {
            gap.affects.iter().for_each(|affected| gaps.entry(affected).or_default().push(gap));
        }
        let everything = Everything {
            of_identity: Policy::everything(None),
            of_resource: Policy::everything(Some(Principals::everyone())),
        };
        Self { index, compiled, gaps, everything, managed: Managed::default() }
    }

    /// The estate.
    pub fn index(&self) -> &'e Index<'e> {
        self.index
    }

    /// Whether an identity may do what is asked.
    pub fn verdict(&self, identity: &'e Identity, question: &Question) -> Verdict {
        self.verdict_of(&Subject::new(self, identity, None), question)
    }

    /// The same for a role in the session of this name.
    pub fn verdict_in_session(&self, identity: &'e Identity, session: &str, question: &Question) -> Verdict {
        self.verdict_of(&Subject::new(self, identity, Some(session)), question)
    }

    fn verdict_of(&self, subject: &Subject<'e>, question: &Question) -> Verdict {
        let resource_account = self.resource_account(subject, question);
        let about_resource = self.resource_context(question, resource_account.as_deref());
        let layers: [&dyn Facts; 3] = [&question.context, &about_resource, subject.context()];
        let facts = Layers(&layers);
        let request = Request {
            caller: subject.caller(),
            action: &question.action,
            resource: question.target(),
            facts: &facts,
        };
        let mut gathered = self.gather_subject(subject);
        self.gather_resource(&mut gathered, &question.action, question.target(), resource_account.as_deref());
        let doubts = Doubts::of(self, subject, question, resource_account.as_deref(), &gathered);
        let policies = gathered.policies_for(subject, self);
        let evaluation = Evaluation::new(request, &policies, resource_account.as_deref());
        let outcome = evaluation.outcome();
        let widened = || {
            let mut policies = policies.clone();
            doubts.widen(&mut policies, &self.everything);
            Evaluation::new(request, &policies, resource_account.as_deref()).outcome().ruling()
        };
        let ruling = outcome.ruling();
        // What was not read can only matter where it would change the answer.
        let is_unknown = matches!(ruling, Ruling::Denied(_))
            && doubts.may_widen()
            && !matches!(widened(), Ruling::Denied(_));
        let reasons = reasons(&evaluation, &outcome, &policies);
        let decision = match ruling {
            _ if is_unknown => Decision::Unknown,
            Ruling::Allowed => Decision::Allowed,
            Ruling::Conditional => Decision::Conditional,
            Ruling::Denied(_) => Decision::Denied,
        };
        Verdict {
            decision,
            denied_by: match (decision, ruling) {
                (Decision::Denied, Ruling::Denied(denial)) => Some(denial.denied_by()),
                _ => None,
            },
            rule: evaluation.rule(&outcome).map(Text::from),
            residual: (decision == Decision::Conditional).then(|| residual(&reasons, &request)),
            because: because(&reasons, &request, &gathered),
            may_widen: if decision == Decision::Allowed { Vec::new() } else { doubts.widening() },
            may_narrow: if decision == Decision::Denied { Vec::new() } else { doubts.narrowing() },
        }
    }

    fn compiled(&self, id: &PolicyId, kind: PolicyType) -> Option<&Result<Policy, DocumentError>> {
        let cell = self.compiled.get(&kind)?.get(id)?;
        Some(cell.get_or_init(|| match self.index.estate().policies.get(id) {
            Some(policy) => Policy::parse(&policy.text, kind),
            None => Err(DocumentError {
                place: "document".to_owned(),
                statement: None,
                problem: "is not in the estate".to_owned(),
            }),
        }))
    }

    /// Whether an attached policy has an `Allow` statement about any of these actions (in lower case), on whatever; also of
    /// a text that cannot be used, as that may have.
    pub fn may_allow_any(&self, grant: &'e Grant, actions: &[String]) -> bool {
        let policy = grant.policy.as_ref().and_then(|id| self.compiled(id, PolicyType::of(grant)));
        let Some(Ok(policy)) = policy else { return true };
        let mut statements = policy.with(StatementEffect::Allow);
        statements.any(|statement| actions.iter().any(|action| statement.names_action(action)))
    }

    /// Whether an attached policy has an entry of `Action` or `NotAction` that matches no action of the catalogue; also of
    /// a text that cannot be used, as that may have.
    pub fn may_name_unknown_action(&self, grant: &'e Grant) -> bool {
        let policy = grant.policy.as_ref().and_then(|id| self.compiled(id, PolicyType::of(grant)));
        let Some(Ok(policy)) = policy else { return true };
        policy.statements.iter().any(Statement::names_unknown_action)
    }

    /// The policies that AWS would not accept where they are attached, with what is wrong with each.
    pub fn refused(&self) -> Vec<(&'e Grant, &DocumentError)> {
        let grants = self.index.estate().grants.iter();
        grants
            .filter_map(|grant| {
                let error = self.compiled(grant.policy.as_ref()?, PolicyType::of(grant))?.as_ref().err()?;
                Some((grant, error))
            })
            .collect()
    }
}

/// What decides a conditional answer.
fn residual(reasons: &[Reason<'_>], request: &Request<'_>) -> Residual {
    let open = reasons.iter().filter(|reason| reason.part == Part::MayDecide);
    let mut atoms: Vec<Text> = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    for reason in open {
        atoms.extend(reason.open_keys(request).map(Text::from));
        texts.push(reason.says(request));
    }
    atoms.sort_unstable();
    atoms.dedup();
    Residual { language: ConditionLanguage::AwsJson, text: texts.join("; ").into(), atoms }
}

fn because(reasons: &[Reason<'_>], request: &Request<'_>, gathered: &Gathered<'_>) -> Vec<Because> {
    let because = |reason: &Reason<'_>| {
        // A limit that was not read is taken to allow everything, which is no statement of it.
        let grant = gathered.grant(reason.place, reason.position).filter(|grant| gathered.is_read(grant))?;
        Some(Because {
            part: reason.part,
            effect: reason.statement.effect,
            attached_to: grant.attached_to.clone(),
            via: grant.via.clone(),
            statement: reason.statement.label.clone(),
            says: reason.says(request).into(),
        })
    };
    first_of_each_part(reasons).filter_map(because).collect()
}
