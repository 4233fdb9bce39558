//! The short way to an answer, for whoever asks very often: what belongs to the caller is gathered once for all its
//! requests, what belongs to the resource once for all its callers, and no reasons are given.

use census_model::{Because, CutGrant, Decision, Grant, Identity, PolicyId, Residual, ScopeId};

use super::{Access, Question, because, caller::Subject, form::Form, gather::Gathered, residual};
use crate::{
    aws::{
        authorize::{Evaluation, Ruling},
        caller::Caller,
        context::{Context, Facts, Layers},
        document::StatementEffect,
        explain::reasons,
        layers::{Place, Policies},
        policy::{Policy, PolicyType},
        statement::Request,
    },
    truth::Truth,
};

/// A principal with the policies that apply to it.
pub(crate) struct Actor<'s, 'e> {
    pub(super) subject: Subject<'e>,
    gathered: Gathered<'s>,
    policies: Policies<'s>,
}

/// An action on a resource, with the policies of the resource.
pub(crate) struct Aim<'s> {
    question: Question,
    account: Option<Box<str>>,
    context: Context,
    policies: Policies<'s>,
}

impl<'s, 'e> Actor<'s, 'e> {
    /// The policies that give something to it, with the ids of their texts where those are of attachments.
    pub(crate) fn giving(&self) -> impl Iterator<Item = (&'s Policy, Option<&'s PolicyId>)> {
        let form = self.subject.form();
        let attached = self.gathered.giving().map(|(grant, policy)| {
            let is_as_read = form.reverted(grant).is_none();
            (policy, grant.policy.as_ref().filter(|_| is_as_read))
        });
        // What it has besides follows what was read.
        let besides = self.policies.identity.iter().skip(self.gathered.giving().count());
        attached.chain(besides.map(|policy| (*policy, None)))
    }

    /// Whether its policies leave it any action at all, whatever the resource: one that is allowed, that every limit lets
    /// through, and that nothing denies for every resource.
    pub(crate) fn allows_something(&self) -> bool {
        let allows = |list: &[&Policy], action: &str| {
            let mut statements = list.iter().flat_map(|policy| policy.with(StatementEffect::Allow));
            statements.any(|statement| statement.names_action(action))
        };
        let denies = |action: &str| {
            let mut statements =
                self.policies.each().flat_map(|(_, _, policy)| policy.with(StatementEffect::Deny));
            statements.any(|statement| statement.denies_everywhere() && statement.names_action(action))
        };
        let is_left = |action: &str| {
            self.policies.service_control.iter().all(|level| allows(level, action))
                && self.policies.boundary.as_deref().is_none_or(|boundary| allows(boundary, action))
                && !denies(action)
        };
        let mut statements =
            self.policies.identity.iter().flat_map(|policy| policy.with(StatementEffect::Allow));
        statements.any(|statement| statement.actions().any(|action| is_left(&action)))
    }

    /// Every policy that gives or limits.
    pub(crate) fn limiting(&self) -> impl Iterator<Item = &'s Policy> {
        self.policies.each().map(|(_, _, policy)| policy)
    }

    /// Whether any condition of its policies is about a key, given in lower case.
    pub(crate) fn asks_about(&self, key: &str) -> bool {
        let statements = self.limiting().flat_map(|policy| &policy.statements);
        statements.flat_map(|statement| statement.tests()).any(|test| test.is_about(key))
    }

    /// Whether a permissions boundary keeps it from something.
    pub(crate) fn has_boundary(&self) -> bool {
        self.policies.boundary.is_some()
    }

    /// Attachments whose text could not be used, with where they stand.
    pub(crate) fn unread(&self) -> &[(Place, &'s Grant)] {
        &self.gathered.unread
    }

    /// What is known of its requests.
    pub(crate) fn facts(&self) -> &Context {
        self.subject.context()
    }
}

impl<'e> Access<'e> {
    /// An identity in some form.
    pub(crate) fn actor<'s>(&'s self, identity: &'e Identity, form: Form) -> Actor<'s, 'e> {
        self.acting(Subject::new(self, identity, None).in_form(form))
    }

    /// Whoever administers an account, as far as the organization lets anybody.
    pub(crate) fn administrator<'s>(&'s self, account: &'e ScopeId) -> Actor<'s, 'e> {
        self.acting(Subject::administrator(self, account))
    }

    /// The same within a permissions boundary.
    pub(crate) fn administrator_within<'s>(
        &'s self,
        account: &'e ScopeId,
        boundary: &'s Policy,
    ) -> Actor<'s, 'e> {
        let mut actor = self.administrator(account);
        actor.policies.boundary = Some(vec![boundary]);
        actor
    }

    /// Whoever of an account has this policy and no other, as far as the organization lets anybody.
    pub(crate) fn holder<'s>(&'s self, account: &'e ScopeId, policy: &'s Policy) -> Actor<'s, 'e> {
        self.holder_of(account, vec![policy])
    }

    /// The same of several policies.
    pub(crate) fn holder_of<'s>(&'s self, account: &'e ScopeId, policies: Vec<&'s Policy>) -> Actor<'s, 'e> {
        let mut actor = self.administrator(account);
        actor.policies.identity = policies;
        actor
    }

    /// The policy of an attachment, where its text can be used.
    pub(crate) fn policy_of(&self, grant: &'e Grant) -> Option<&Policy> {
        self.compiled(grant.policy.as_ref()?, PolicyType::of(grant))?.as_ref().ok()
    }

    fn acting<'s>(&'s self, subject: Subject<'e>) -> Actor<'s, 'e> {
        let gathered = self.gather_subject(&subject);
        let policies = gathered.policies_for(&subject, self);
        Actor { subject, gathered, policies }
    }

    /// The same once the resource's own policy allows everything to everybody.
    pub(crate) fn aim_rewritten<'s>(&'s self, question: Question) -> Aim<'s> {
        let mut aim = self.aim(question);
        aim.policies.resource = vec![&self.everything.of_resource];
        aim
    }

    /// What a question is about, for callers of the resource's own account or, where its ARN tells the account, of any.
    pub(crate) fn aim<'s>(&'s self, question: Question) -> Aim<'s> {
        let account = question.resource_account.clone().or_else(|| self.account_of_policy(&question));
        let context = self.resource_context(&question, account.as_deref());
        let mut gathered = Gathered::default();
        self.gather_resource(&mut gathered, &question.action, question.target(), account.as_deref());
        let policies = gathered.policies();
        Aim { question, account, context, policies }
    }

    /// Whether the actor may.
    pub(crate) fn may(&self, actor: &Actor<'_, 'e>, aim: &Aim<'_>) -> Truth {
        let policies = Policies {
            resource: aim.policies.resource.clone(),
            resource_is_one_of_several: aim.policies.resource_is_one_of_several,
            resource_control: aim.policies.resource_control.clone(),
            ..actor.policies.clone()
        };
        rule(actor.subject.caller(), actor.subject.context(), aim, &policies)
    }

    /// Whether the actor may by what the resource's own policy says, whatever its own policies give.
    pub(crate) fn may_unaided(&self, actor: &Actor<'_, 'e>, aim: &Aim<'_>) -> Truth {
        let policies = Policies {
            identity: Vec::new(),
            resource: aim.policies.resource.clone(),
            resource_is_one_of_several: aim.policies.resource_is_one_of_several,
            resource_control: aim.policies.resource_control.clone(),
            ..actor.policies.clone()
        };
        rule(actor.subject.caller(), actor.subject.context(), aim, &policies)
    }

    /// The attachments of the actor's own, with their statements, that give or may give what is asked.
    pub(crate) fn givers(&self, actor: &Actor<'_, 'e>, aim: &Aim<'_>) -> Vec<CutGrant> {
        let layers: [&dyn Facts; 3] = [&aim.question.context, &aim.context, actor.subject.context()];
        let request = Request {
            caller: actor.subject.caller(),
            action: &aim.question.action,
            resource: aim.question.target(),
            facts: &Layers(&layers),
        };
        // What an older version says is nothing that could be taken away as it was read.
        let form = actor.subject.form();
        let mut givers: Vec<CutGrant> = actor
            .gathered
            .giving()
            .filter(|(grant, _)| form.reverted(grant).is_none())
            .flat_map(|(grant, policy)| policy.with(StatementEffect::Allow).map(move |one| (grant, one)))
            .filter(|(_, statement)| statement.applies(&request) != Truth::No)
            .map(|(grant, statement)| CutGrant {
                attached_to: grant.attached_to.clone(),
                via: grant.via.clone(),
                statement: statement.label.clone(),
            })
            .collect();
        givers.sort_unstable();
        givers.dedup();
        givers
    }

    /// Whether the actor may, with what stays open and the statements that decide. What was not read is left aside.
    pub(crate) fn proof(
        &self,
        actor: &Actor<'_, 'e>,
        question: &Question,
    ) -> (Decision, Option<Residual>, Vec<Because>) {
        let account = self.resource_account(&actor.subject, question);
        let about_resource = self.resource_context(question, account.as_deref());
        let layers: [&dyn Facts; 3] = [&question.context, &about_resource, actor.subject.context()];
        let request = Request {
            caller: actor.subject.caller(),
            action: &question.action,
            resource: question.target(),
            facts: &Layers(&layers),
        };
        let mut gathered = actor.gathered.clone();
        self.gather_resource(&mut gathered, &question.action, question.target(), account.as_deref());
        let policies = gathered.policies_for(&actor.subject, self);
        let evaluation = Evaluation::new(request, &policies, account.as_deref());
        let outcome = evaluation.outcome();
        let reasons = reasons(&evaluation, &outcome, &policies);
        let decision = match outcome.ruling() {
            Ruling::Allowed => Decision::Allowed,
            Ruling::Conditional => Decision::Conditional,
            Ruling::Denied(_) => Decision::Denied,
        };
        let open = (decision == Decision::Conditional).then(|| residual(&reasons, &request));
        (decision, open, because(&reasons, &request, &gathered))
    }

    /// Whether a service may, acting for an account.
    pub(crate) fn service_may(&self, service: &str, account: &str, aim: &Aim<'_>) -> Truth {
        let mut subject = Subject::outside(Caller::Service(service.into()));
        subject.acts_for(account);
        rule(subject.caller(), subject.context(), aim, &aim.policies)
    }
}

fn rule(caller: &Caller, about_caller: &Context, aim: &Aim<'_>, policies: &Policies<'_>) -> Truth {
    let layers: [&dyn Facts; 3] = [&aim.question.context, &aim.context, about_caller];
    let request = Request {
        caller,
        action: &aim.question.action,
        resource: aim.question.target(),
        facts: &Layers(&layers),
    };
    match Evaluation::new(request, policies, aim.account.as_deref()).outcome().ruling() {
        Ruling::Allowed => Truth::Yes,
        Ruling::Conditional => Truth::Maybe,
        Ruling::Denied(_) => Truth::No,
    }
}
