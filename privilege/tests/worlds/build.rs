//! The estate of a world.

use census_fixtures::{ACCOUNT, access_key, account, account_scope, finish, role, scope, user};
use census_model::{
    Attachment, Effect, Estate, EstateBuilder, Grant, Group, GroupId, Identity, IdentityId, Membership,
    Policy, PolicyKind, Scope, ScopeId, ScopeKind, Via, Workload, WorkloadId, WorkloadKind, WorkloadState,
};
use census_privilege::aws::{document::Document, trust::trusts};
use serde_json::{Value, json};

use super::{GROUPS, ROLES, USERS, Who, World, everybody};

/// The managed policy of the account.
pub(crate) const MANAGED: &str = "arn:aws:iam::111122223333:policy/deploy";
/// The function of the account.
pub(crate) const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:app";
/// The instance of the account.
pub(crate) const INSTANCE: &str = "arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60718";

/// Everything that is there.
pub(crate) fn estate(world: &World) -> Estate {
    let mut estate = account();
    organization(&mut estate, world);
    let is_there = |who: &Who| world.gone != Some(*who);
    for who in everybody().into_iter().filter(is_there) {
        let to = match who {
            Who::User(at) => add_user(&mut estate, world, at),
            Who::Role(at) => add_role(&mut estate, world, at),
            Who::Group(at) => add_group(&mut estate, at),
        };
        carry(&mut estate, world, who, &to);
    }
    for &(user, group) in &world.members {
        if is_there(&Who::User(user)) && is_there(&Who::Group(group)) {
            let member = id(Who::User(user));
            estate.membership(Membership {
                group: group_id(group),
                member,
                through: Vec::new(),
                activation: census_model::Activation::Standing,
            });
        }
    }
    for (arn, kind, role) in [
        (FUNCTION, WorkloadKind::AwsLambdaFunction, world.function),
        (INSTANCE, WorkloadKind::AwsEc2Instance, world.instance),
    ] {
        let runs_as = Some(Who::Role(role)).filter(is_there).map(id);
        estate.workload(workload(arn, kind, runs_as));
    }
    finish(estate)
}

fn id(who: Who) -> IdentityId {
    IdentityId::new(format!("aws:{}", who.arn()))
}

fn group_id(group: usize) -> GroupId {
    GroupId::new(format!("aws:{}", Who::Group(group).arn()))
}

fn text(statements: &[Value]) -> String {
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    Document::parse_canonical(&text).unwrap().1
}

fn add_user(estate: &mut EstateBuilder, world: &World, at: usize) -> Attachment {
    let user = user(USERS[at]);
    for number in 0..world.keys[at] {
        estate.credential(access_key(&user, &format!("AKIA{number}")));
    }
    let to = Attachment::Identity(user.id.clone());
    estate.identity(user);
    to
}

fn add_role(estate: &mut EstateBuilder, world: &World, at: usize) -> Attachment {
    let role: Identity = role(ROLES[at]);
    let text = text(&world.trusts[&at]);
    trusts(&role.id, &Document::parse(&text).unwrap()).into_iter().for_each(|trust| estate.trust(trust));
    let via = Via::Inline { name: "AssumeRolePolicyDocument".into() };
    grant(estate, &Attachment::Resource(role.native_id.clone()), via, Effect::Allow, &text);
    let to = Attachment::Identity(role.id.clone());
    estate.identity(role);
    to
}

fn add_group(estate: &mut EstateBuilder, at: usize) -> Attachment {
    estate.group(Group {
        id: group_id(at),
        native_id: Who::Group(at).arn().into(),
        immutable_id: None,
        name: GROUPS[at].into(),
        scope: account_scope(ACCOUNT),
        created: None,
        role_assignable: false,
        membership_rule: None,
        kept_elsewhere: false,
    });
    Attachment::Group(group_id(at))
}

fn carry(estate: &mut EstateBuilder, world: &World, who: Who, to: &Attachment) {
    if let Some(statements) = world.inline.get(&who).filter(|list| !list.is_empty()) {
        grant(estate, to, Via::Inline { name: "p".into() }, Effect::Allow, &text(statements));
    }
    if world.managed_by.contains(&who) && !world.managed.is_empty() {
        let via = Via::Managed { native_id: MANAGED.into(), name: "deploy".into() };
        grant(estate, to, via, Effect::Allow, &text(&world.managed));
    }
    if let Some(statements) = world.boundaries.get(&who) {
        let native_id = format!("{MANAGED}-limit-{}", who.arn().rsplit('/').next().unwrap()).into();
        grant(estate, to, Via::Boundary { native_id }, Effect::Ceiling, &text(statements));
    }
}

fn grant(estate: &mut EstateBuilder, to: &Attachment, via: Via, effect: Effect, text: &str) {
    let policy = Some(estate.policy(Policy::new(PolicyKind::AwsDocument, text)));
    let scope = match to {
        Attachment::Scope(scope) => scope.clone(),
        _ => account_scope(ACCOUNT),
    };
    estate.grant(Grant {
        attached_to: to.clone(),
        via,
        policy,
        effect,
        scope,
        activation: census_model::Activation::Standing,
        condition: None,
    });
}

fn organization(estate: &mut EstateBuilder, world: &World) {
    let top = ScopeId::new("aws:organization/o-1");
    let node = Scope { scanned: false, kind: ScopeKind::Organization, ..scope(ACCOUNT) };
    estate.scope(Scope { id: top.clone(), native_id: "o-1".into(), ..node });
    estate.scope(Scope { parent: Some(top), ..scope(ACCOUNT) });
    let everything = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    let control = world.control.clone().unwrap_or_else(|| vec![everything]);
    let via = Via::ServiceControlPolicy { native_id: "p-1".into(), name: "limit".into() };
    let to = Attachment::Scope(account_scope(ACCOUNT));
    grant(estate, &to, via, Effect::Ceiling, &text(&control));
}

fn workload(arn: &str, kind: WorkloadKind, runs_as: Option<IdentityId>) -> Workload {
    Workload {
        id: WorkloadId::new(format!("aws:{arn}")),
        native_id: arn.into(),
        kind,
        name: "app".into(),
        scope: account_scope(ACCOUNT),
        runs_as: Vec::from_iter(runs_as),
        uses: Vec::new(),
        state: Some(WorkloadState::Running),
        created: None,
        tags: Default::default(),
    }
}
