//! Who asks: an identity of the estate, or somebody outside, and what is known of their requests.

use census_model::{Identity, IdentityKind, ScopeKind};
use jiff::Timestamp;

use super::{Access, Question};
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
    identity: Option<&'e Identity>,
    caller: Caller,
    context: Context,
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
        Self { identity: Some(identity), caller, context }
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
        Self { identity: None, caller, context }
    }

    /// The identity, if it is one of the estate.
    pub(super) fn identity(&self) -> Option<&'e Identity> {
        self.identity
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
    for none in [
        "aws:PrincipalServiceName",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
    ] {
        // Only requests that a service makes of its own accord carry these.
        context.lacks(none);
    }
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
    }
    if !(matches!(caller, Caller::Role(_)) && access.may_tag_sessions(&identity.native_id)) {
        context.lacks("aws:PrincipalTag/");
    }
    organization(access, identity, &mut context);
    clock(access.index.estate().as_of, &mut context);
    // Nobody is kept from calling through TLS.
    context.set("aws:SecureTransport", ["true"]);
    for chosen in ["sts:ExternalId", "sts:RoleSessionName"] {
        context.leave_to_caller(chosen);
    }
    context
}

fn organization(access: &Access<'_>, identity: &Identity, context: &mut Context) {
    let ancestors = access.index.ancestors(&identity.scope);
    if let Some(organization) = ancestors.iter().find(|scope| scope.kind == ScopeKind::Organization) {
        context.set("aws:PrincipalOrgID", [&*organization.native_id]);
        let above = ancestors.iter().rev().filter(|scope| scope.kind != ScopeKind::Account);
        let path: String = above.map(|scope| format!("{}/", scope.native_id)).collect();
        context.set("aws:PrincipalOrgPaths", [path]);
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
        let of_policy = || {
            let grants = self.grants_of_resource(question.target().text());
            grants.first()?.scope.as_str().strip_prefix("aws:account/").map(Box::from)
        };
        let own = || subject.caller().account().map(Box::from);
        question.resource_account.clone().or_else(of_policy).or_else(own)
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
        }
        // The tags of other resources are not read.
        if let Some(identity) = self.index.native(resource) {
            for (key, value) in &identity.tags {
                for prefix in ["aws:ResourceTag/", "iam:ResourceTag/"] {
                    context.set(&format!("{prefix}{key}"), [&**value]);
                }
            }
            context.lacks("aws:ResourceTag/");
            context.lacks("iam:ResourceTag/");
        }
        context
    }
}
