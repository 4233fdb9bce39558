//! Who asks: an identity of the estate, or somebody outside, and what is known of their requests.

use std::sync::LazyLock;

use census_model::{Identity, IdentityKind, ScopeId, ScopeKind, Via};
use jiff::Timestamp;

use super::{Access, Change, Form, Question};
use crate::aws::{
    caller::{Caller, RoleCaller, Session},
    context::{Context, Rest},
    document::StatementEffect,
    pattern::Pattern,
    policy::PolicyType,
    statement::Target,
};

/// Somebody who may make a request.
pub(super) struct Subject<'e> {
    standing: Standing<'e>,
    caller: Caller,
    context: Context,
}

/// What of the estate somebody is.
enum Standing<'e> {
    /// An identity of it.
    Identity(&'e Identity, Form),
    /// Whoever administers an account.
    Administrator(&'e ScopeId),
    /// Nobody of it.
    Outside,
}

impl<'e> Subject<'e> {
    /// An identity of the estate.
    ///
    /// A role is in the session of this name, or in one whose name whoever assumes it chooses.
    pub(super) fn new(access: &Access<'e>, identity: &'e Identity, session: Option<&str>) -> Self {
        let account: Box<str> = account_of_scope(identity).into();
        let caller = match Caller::parse(&identity.native_id) {
            Ok(Caller::Role(role)) => {
                let session = session.map_or(Session::Chosen, |name| Session::Named(name.into()));
                Caller::Role(RoleCaller { session, ..role })
            }
            Ok(caller) => caller,
            // Whatever an identity is that has no ARN of one, no policy means it.
            Err(_) => Caller::User { arn: identity.native_id.clone(), account: account.clone() },
        };
        let context = context(access, identity, &account, &caller);
        Self { standing: Standing::Identity(identity, Form::default()), caller, context }
    }

    /// The same identity in another form.
    pub(super) fn in_form(mut self, form: Form) -> Self {
        for (key, value) in form.tags() {
            self.context.set(&format!("aws:PrincipalTag/{key}"), [&**value]);
        }
        match self.standing {
            Standing::Identity(identity, _) => Self { standing: Standing::Identity(identity, form), ..self },
            Standing::Administrator(_) | Standing::Outside => self,
        }
    }

    /// Whoever administers an account: a user of its own making, whom only the organization limits.
    pub(super) fn administrator(access: &Access<'e>, account: &'e ScopeId) -> Self {
        let id: Box<str> = account.as_str().rsplit('/').next().unwrap_or_default().into();
        let mut context = Context::new(Rest::Unknown);
        context.set("aws:PrincipalAccount", [&*id]);
        context.set("aws:PrincipalIsAWSService", ["false"]);
        // A user or a role of whatever name, but not the root user.
        context.set_like("aws:PrincipalArn", Pattern::glob(&format!("arn:*:iam::{id}:*/*")));
        lacks_a_service(&mut context);
        organization(access, account, &mut context);
        of_everybody(access, &mut context);
        let caller = Caller::User { arn: format!("arn:aws:iam::{id}:user/*").into(), account: id };
        Self { standing: Standing::Administrator(account), caller, context }
    }

    /// Somebody outside the estate, of whose own policies nothing is known.
    pub(super) fn outside(caller: Caller) -> Self {
        let mut context = Context::new(Rest::Unknown);
        match (&caller, caller.account()) {
            (Caller::Service(name), _) => {
                context.set("aws:PrincipalIsAWSService", ["true"]);
                context.set("aws:PrincipalServiceName", [&**name]);
            }
            // Of anybody's account nothing is known.
            (_, Some(account)) if !account.is_empty() => context.set("aws:PrincipalAccount", [account]),
            _ => {}
        }
        Self { standing: Standing::Outside, caller, context }
    }

    /// Says on whose account a service acts. Which of its resources it acts for is for whoever steers it to choose.
    pub(super) fn acts_for(&mut self, account: &str) {
        self.context.set("aws:SourceAccount", [account]);
        self.context.leave_to_caller("aws:SourceArn");
    }

    /// The identity, if it is one of the estate.
    pub(super) fn identity(&self) -> Option<&'e Identity> {
        match &self.standing {
            Standing::Identity(identity, _) => Some(identity),
            Standing::Administrator(_) | Standing::Outside => None,
        }
    }

    /// The form that the identity is in.
    pub(super) fn form(&self) -> &Form {
        static AS_READ: LazyLock<Form> = LazyLock::new(Form::default);
        match &self.standing {
            Standing::Identity(_, form) => form,
            Standing::Administrator(_) | Standing::Outside => &AS_READ,
        }
    }

    /// Where it lives in the estate.
    pub(super) fn scope(&self) -> Option<&'e ScopeId> {
        match &self.standing {
            Standing::Identity(identity, _) => Some(&identity.scope),
            Standing::Administrator(account) => Some(account),
            Standing::Outside => None,
        }
    }

    /// Whether its own policies are taken to allow everything.
    pub(super) fn is_given_everything(&self) -> bool {
        match &self.standing {
            Standing::Identity(_, form) => form.has(&Change::Raised),
            Standing::Administrator(_) | Standing::Outside => true,
        }
    }

    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }
}

fn account_of_scope(identity: &Identity) -> &str {
    identity.scope.as_str().rsplit('/').next().unwrap_or_default()
}

/// What is known of the requests that an identity makes, whatever it asks for.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn context(access: &Access<'_>, identity: &Identity, account: &str, caller: &Caller) -> Context {
    let mut context = Context::new(Rest::Unknown);
    context.set("aws:PrincipalArn", [&*identity.native_id]);
    context.set("aws:PrincipalAccount", [account]);
    context.set("aws:PrincipalIsAWSService", ["false"]);
    lacks_a_service(&mut context);
    for (key, value) in &identity.tags {
        context.set(&format!("aws:PrincipalTag/{key}"), [&**value]);
    }
    match (identity.kind, &identity.immutable_id) {
        (IdentityKind::AwsUser, id) => {
            context.set("aws:PrincipalType", ["User"]);
            context.set("aws:username", [&*identity.name]);
            if let Some(id) = id {
                context.set("aws:userid", [&**id]);
            }
        }
        (IdentityKind::AwsRole, id) => {
            context.set("aws:PrincipalType", ["AssumedRole"]);
            context.lacks("aws:username");
            match (id, caller) {
                (Some(id), Caller::Role(RoleCaller { session: Session::Named(session), .. })) => {
                    context.set("aws:userid", [format!("{id}:{session}")]);
                }
                (Some(id), _) => context.set_like("aws:userid", Pattern::glob(&format!("{id}:*"))),
                (None, _) => {}
            }
        }
        (IdentityKind::AwsRootUser, _) => {
            context.set("aws:PrincipalType", ["Account"]);
            context.set("aws:userid", [account]);
            context.lacks("aws:username");
        }
        // Nobody of another cloud calls AWS as what it is there; whom it becomes is asked instead.
        _ => {}
    }
    if !(matches!(caller, Caller::Role(_)) && access.may_tag_sessions(&identity.native_id)) {
        context.lacks("aws:PrincipalTag/");
    }
    organization(access, &identity.scope, &mut context);
    of_everybody(access, &mut context);
    match caller {
        // Credentials of a session are as old as the session; those that stay have no such time.
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-tokenissuetime
        Caller::Role(_) => context.set("aws:TokenIssueTime", [access.index.estate().as_of.to_string()]),
        _ => context.lacks("aws:TokenIssueTime"),
    }
    context
}

/// Only requests that a service makes of its own accord carry these.
fn lacks_a_service(context: &mut Context) {
    for none in [
        "aws:PrincipalServiceName",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
    ] {
        context.lacks(none);
    }
}

/// What is known of whoever calls with credentials of an account.
fn of_everybody(access: &Access<'_>, context: &mut Context) {
    clock(access.index.estate().as_of, context);
    // Nobody is kept from calling through TLS.
    context.set("aws:SecureTransport", ["true"]);
    for chosen in ["sts:ExternalId", "sts:RoleSessionName"] {
        context.leave_to_caller(chosen);
    }
}

fn organization(access: &Access<'_>, scope: &ScopeId, context: &mut Context) {
    let ancestors = access.index.ancestors(scope);
    if let Some(organization) = ancestors.iter().find(|scope| scope.kind == ScopeKind::Organization) {
        context.set("aws:PrincipalOrgID", [&*organization.native_id]);
        let above = ancestors.iter().rev().filter(|scope| scope.kind != ScopeKind::Account);
        let path: String = above.map(|scope| format!("{}/", scope.native_id)).collect();
        context.set("aws:PrincipalOrgPaths", [path]);
    }
}

/// The region of a partition in which its global services answer.
pub(crate) fn home_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// Requests are made about when the estate was read.
fn clock(now: Timestamp, context: &mut Context) {
    context.set("aws:CurrentTime", [now.to_string()]);
    context.set("aws:EpochTime", [now.as_second().to_string()]);
}

impl Access<'_> {
    /// Whether whoever assumes a role may tag the session, so that it carries tags that the role has not. A trust policy
    /// that cannot be read may allow it.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    fn may_tag_sessions(&self, role: &str) -> bool {
        let grants = self.index.grants_of_resource(role);
        grants.iter().any(|grant| {
            let policy = grant.policy.as_ref().and_then(|id| self.compiled(id, PolicyType::of(grant)));
            match policy {
                Some(Ok(policy)) => policy
                    .with(StatementEffect::Allow)
                    .any(|statement| statement.names_action("sts:tagsession")),
                _ => true,
            }
        })
    }

    /// Whose the resource of a question is: what the ARN or the asker says, else the account whose documents hold the
    /// resource's policy, else the caller's own.
    pub(super) fn resource_account(&self, subject: &Subject<'_>, question: &Question) -> Option<Box<str>> {
        let of_policy = || self.account_of_policy(question);
        let own = || subject.caller().account().map(Box::from);
        question.resource_account.clone().or_else(of_policy).or_else(own)
    }

    /// The account whose documents hold the resource's policy.
    pub(super) fn account_of_policy(&self, question: &Question) -> Option<Box<str>> {
        let grants = self.grants_of_resource(question.target().text());
        grants.first()?.scope.as_str().strip_prefix("aws:account/").map(Box::from)
    }

    /// What is known of a request because of its resource.
    pub(super) fn resource_context(&self, question: &Question, resource_account: Option<&str>) -> Context {
        let mut context = Context::new(Rest::Unknown);
        let estate = self.index.estate();
        if let Some(account) = resource_account {
            context.set("aws:ResourceAccount", [account]);
            let scope = format!("aws:account/{account}");
            let ancestors =
                estate.scopes.get_key_value(scope.as_str()).map(|(id, _)| self.index.ancestors(id));
            let organization =
                ancestors.into_iter().flatten().find(|scope| scope.kind == ScopeKind::Organization);
            if let Some(organization) = organization {
                context.set("aws:ResourceOrgID", [&*organization.native_id]);
            }
        }
        let Target::One(resource) = question.target() else { return context };
        if let Some(region) =
            resource.split(':').nth(3).filter(|region| !region.is_empty() && resource.starts_with("arn:"))
        {
            context.set("aws:RequestedRegion", [region]);
        } else if question.action.starts_with("sts:") {
            // Whoever calls the service chooses among its endpoints.
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
            context.leave_to_caller("aws:RequestedRegion");
        } else if resource.split(':').nth(2) == Some("iam") {
            // IAM has one endpoint for each partition.
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
            let partition = resource.split(':').nth(1).unwrap_or_default();
            context.set("aws:RequestedRegion", [home_region(partition)]);
        }
        // The tags of other resources are not read, and of workloads only where a document has them.
        if let Some(workload) = self.index.workload(resource).filter(|workload| !workload.tags.is_empty()) {
            for prefix in ["aws:ResourceTag/", "ec2:ResourceTag/", "ssm:resourceTag/"] {
                for (key, value) in &workload.tags {
                    context.set(&format!("{prefix}{key}"), [&**value]);
                }
                context.lacks(prefix);
            }
        }
        if let Some(identity) = self.index.native(resource) {
            for (key, value) in &identity.tags {
                for prefix in ["aws:ResourceTag/", "iam:ResourceTag/"] {
                    context.set(&format!("{prefix}{key}"), [&**value]);
                }
            }
            context.lacks("aws:ResourceTag/");
            context.lacks("iam:ResourceTag/");
            // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
            let boundary =
                self.index.grants_of_identity(&identity.id).iter().find_map(|grant| match &grant.via {
                    Via::Boundary { native_id } => Some(native_id),
                    _ => None,
                });
            match boundary {
                Some(arn) => context.set("iam:PermissionsBoundary", [&**arn]),
                None => context.lacks("iam:PermissionsBoundary"),
            }
        }
        context
    }
}
