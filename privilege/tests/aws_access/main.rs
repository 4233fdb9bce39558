//! Verdicts over an estate: which policies apply, what is known of a request offline, and what was not read.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod agreement;
mod gaps;
mod policies;
mod principals;
mod resources;

use census_fixtures::{ACCOUNT, account, account_scope, finish, role, root, scope, user};
use census_model::{
    Attachment, Decision, DeniedBy, Effect, Estate, EstateBuilder, Gap, GapReason, Grant, Group, GroupId,
    Identity, Index, Membership, Part, Policy, PolicyKind, PrincipalSet, Provider, Scope, ScopeId, ScopeKind,
    Verdict, Via,
};
use census_privilege::aws::access::{Access, Question};
use serde_json::{Value, json};

const BUCKET: &str = "arn:aws:s3:::reports";
const OBJECT: &str = "arn:aws:s3:::reports/a.csv";
const DETAILS: &str = "iam:GetAccountAuthorizationDetails";

fn document(statements: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn allow(action: &str) -> Value {
    json!([{ "Effect": "Allow", "Action": action, "Resource": "*" }])
}

fn deny(action: &str) -> Value {
    json!([{ "Effect": "Deny", "Action": action, "Resource": "*" }])
}

fn when(mut statements: Value, condition: Value) -> Value {
    statements[0]["Condition"] = condition;
    statements
}

/// Attaches a policy.
fn attach(estate: &mut EstateBuilder, to: Attachment, via: Via, effect: Effect, text: &str) {
    let policy = estate.policy(Policy::new(PolicyKind::AwsDocument, text));
    let scope = match &to {
        Attachment::Scope(scope) => scope.clone(),
        _ => account_scope(ACCOUNT),
    };
    estate.grant(Grant {
        attached_to: to,
        via,
        policy: Some(policy),
        effect,
        scope,
        activation: census_model::Activation::Standing,
        condition: None,
    });
}

fn inline(estate: &mut EstateBuilder, identity: &Identity, statements: &Value) {
    let via = Via::Inline { name: "own".into() };
    attach(estate, Attachment::Identity(identity.id.clone()), via, Effect::Allow, &document(statements));
}

fn boundary(estate: &mut EstateBuilder, identity: &Identity, statements: &Value) {
    let via = Via::Boundary { native_id: format!("arn:aws:iam::{ACCOUNT}:policy/limit").into() };
    attach(estate, Attachment::Identity(identity.id.clone()), via, Effect::Ceiling, &document(statements));
}

fn resource_policy(estate: &mut EstateBuilder, arn: &str, statements: &Value) {
    attach(
        estate,
        Attachment::Resource(arn.into()),
        Via::ResourcePolicy,
        Effect::Allow,
        &document(statements),
    );
}

fn trust(estate: &mut EstateBuilder, role: &Identity, statements: &Value) {
    let via = Via::Inline { name: "AssumeRolePolicyDocument".into() };
    attach(estate, Attachment::Resource(role.native_id.clone()), via, Effect::Allow, &document(statements));
}

fn scp(estate: &mut EstateBuilder, at: &str, name: &str, statements: &Value) {
    let via = Via::ServiceControlPolicy { native_id: format!("p-{name}").into(), name: name.into() };
    attach(estate, Attachment::Scope(ScopeId::new(at)), via, Effect::Ceiling, &document(statements));
}

/// The organization o-1 with the root r-1, the unit ou-1 and the account in it.
fn organization(estate: &mut EstateBuilder) {
    let node = |id: &str, kind, parent: Option<&str>| Scope {
        id: ScopeId::new(id),
        native_id: id.rsplit('/').next().unwrap().into(),
        kind,
        parent: parent.map(ScopeId::new),
        scanned: false,
        ..scope("000000000000")
    };
    estate.scope(node("aws:organization/o-1", ScopeKind::Organization, None));
    estate.scope(node(
        "aws:organization-root/r-1",
        ScopeKind::OrganizationRoot,
        Some("aws:organization/o-1"),
    ));
    let unit = "aws:organizational-unit/ou-1";
    estate.scope(node(unit, ScopeKind::OrganizationalUnit, Some("aws:organization-root/r-1")));
    estate.scope(Scope { parent: Some(ScopeId::new(unit)), ..scope(ACCOUNT) });
}

fn gap(read: &str, reason: GapReason, affects: &[&str]) -> Gap {
    let affects = affects.iter().map(|one| (*one).into()).collect();
    Gap::new(Provider::Aws, Some(account_scope(ACCOUNT)), read, reason, "not read", affects)
}

fn verdict_with(estate: &Estate, name: &str, action: &str, resource: &str, keys: &[(&str, &str)]) -> Verdict {
    let index = Index::new(estate);
    let identity = estate.identities.iter().find(|identity| &*identity.name == name).unwrap();
    let mut question = Question::new(action, resource).unwrap();
    for (key, value) in keys {
        question.with(key, vec![(*value).to_owned()]);
    }
    Access::new(&index).verdict(identity, &question)
}

fn verdict(estate: &Estate, name: &str, action: &str, resource: &str) -> Verdict {
    verdict_with(estate, name, action, resource, &[])
}

fn decision(estate: &Estate, name: &str, action: &str, resource: &str) -> Decision {
    verdict(estate, name, action, resource).decision
}

/// An estate with one user and its policies.
fn alice(build: impl FnOnce(&mut EstateBuilder, &Identity)) -> Estate {
    let mut estate = account();
    let alice = user("alice");
    build(&mut estate, &alice);
    estate.identity(alice);
    finish(estate)
}

/// An estate with one role and its policies.
fn worker(build: impl FnOnce(&mut EstateBuilder, &Identity)) -> Estate {
    let mut estate = account();
    let worker = role("worker");
    build(&mut estate, &worker);
    estate.identity(worker);
    finish(estate)
}
