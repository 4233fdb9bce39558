//! An identity with policies and usage.

use std::collections::BTreeMap;

use census_fixtures::{ACCOUNT, account, account_scope, days_ago, finish, now, user};
use census_model::{
    Attachment, Decision, Effect, Estate, EstateBuilder, Grant, Group, GroupId, Identity, Index, LastUse,
    Membership, Observed, OtherActions, Policy, PolicyKind, RightSize, ServiceUse, Usage, UsageKind,
    UsageSource, Via,
};
use census_privilege::aws::{
    access::{Access, Question},
    right_size,
};
use serde_json::{Value, json};

/// The policies of a user and of the one group that it is in, and what is known of its usage.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) own: Vec<Value>,
    pub(crate) of_group: Vec<Value>,
    pub(crate) boundary: Option<Value>,
    pub(crate) usage: Option<Usage>,
}

/// A policy of the current version.
pub(crate) fn policy(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// A use some days ago.
pub(crate) fn used(days: i64) -> Observed<LastUse> {
    Observed::Known(LastUse { at: days_ago(days), service: None, region: None })
}

/// Not used since the sources begin.
pub(crate) fn unused() -> Observed<LastUse> {
    Observed::NotSince(days_ago(400))
}

/// A service that was used, with what is known of its actions.
pub(crate) fn service(actions: &[(&str, Observed<LastUse>)], others: OtherActions) -> ServiceUse {
    let actions = actions.iter().map(|(name, seen)| ((*name).into(), seen.clone())).collect();
    ServiceUse { last_used: used(1), actions, others }
}

/// Usage over so many days.
pub(crate) fn usage(kind: UsageKind, days: i64, services: &[(&str, ServiceUse)]) -> Usage {
    Usage {
        identity: user("ci").id,
        sources: vec![UsageSource { kind, from: days_ago(days), to: now() }],
        services: services
            .iter()
            .map(|(name, one)| ((*name).into(), one.clone()))
            .collect::<BTreeMap<_, _>>(),
    }
}

impl World {
    pub(crate) fn estate(&self) -> Estate {
        let mut estate = account();
        let user = user("ci");
        let group = GroupId::new(format!("aws:arn:aws:iam::{ACCOUNT}:group/team"));
        estate.group(Group {
            id: group.clone(),
            native_id: format!("arn:aws:iam::{ACCOUNT}:group/team").into(),
            immutable_id: None,
            name: "team".into(),
            scope: account_scope(ACCOUNT),
            created: None,
            role_assignable: false,
            membership_rule: None,
            kept_elsewhere: false,
        });
        estate.membership(Membership {
            group: group.clone(),
            member: user.id.clone(),
            through: Vec::new(),
            activation: census_model::Activation::Standing,
        });
        attach(&mut estate, &Attachment::Identity(user.id.clone()), &self.own);
        attach(&mut estate, &Attachment::Group(group), &self.of_group);
        if let Some(boundary) = &self.boundary {
            let via = Via::Boundary { native_id: format!("arn:aws:iam::{ACCOUNT}:policy/limit").into() };
            grant(&mut estate, &Attachment::Identity(user.id.clone()), via, Effect::Ceiling, boundary);
        }
        if let Some(usage) = &self.usage {
            estate.usage(usage.clone());
        }
        estate.identity(user);
        finish(estate)
    }

    /// What would have sufficed.
    pub(crate) fn sized(&self) -> Option<RightSize> {
        let estate = self.estate();
        right_size::of(&Index::new(&estate), &user("ci"))
    }

    /// The same user with those policies and no others.
    pub(crate) fn with(&self, sized: &RightSize) -> Self {
        let own = sized.policies.iter().map(|one| serde_json::from_str(&one.text).unwrap()).collect();
        Self { own, of_group: Vec::new(), ..self.clone() }
    }
}

fn attach(estate: &mut EstateBuilder, to: &Attachment, policies: &[Value]) {
    for (number, policy) in policies.iter().enumerate() {
        grant(estate, to, Via::Inline { name: format!("p{number}").into() }, Effect::Allow, policy);
    }
}

fn grant(estate: &mut EstateBuilder, to: &Attachment, via: Via, effect: Effect, policy: &Value) {
    let policy = estate.policy(Policy::new(PolicyKind::AwsDocument, policy.to_string()));
    let scope = account_scope(ACCOUNT);
    estate.grant(Grant {
        attached_to: to.clone(),
        via,
        policy: Some(policy),
        effect,
        scope,
        activation: census_model::Activation::Standing,
        condition: None,
    });
}

/// An action, a resource, and what the request carries.
pub(crate) type Asked = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Asks an estate many questions about the user.
pub(crate) fn decisions(estate: &Estate, questions: &[Asked]) -> Vec<Decision> {
    let index = Index::new(estate);
    let access = Access::new(&index);
    let id = user("ci").id;
    let identity: &Identity = index.identity(&id).unwrap();
    let ask = |(action, resource, context): &Asked| {
        let mut question = Question::new(action, resource).unwrap();
        for (key, value) in *context {
            question.with(key, vec![(*value).to_owned()]);
        }
        access.verdict(identity, &question).decision
    };
    questions.iter().map(ask).collect()
}
