//! A world as an estate that was read, but for a few things.

use std::rc::Rc;

use census_fixtures::{account_scope, finish, role, scope, user};
use census_model::{
    Attachment, Effect, Estate, EstateBuilder, Gap, GapReason, Grant, Group as EstateGroup, GroupId,
    Identity, IdentityId, Membership, Policy, PolicyKind, Provider, Scope, ScopeId, ScopeKind, Via,
};

use super::{
    World,
    world::{ACCOUNTS, Group, Principal, PrincipalKind, Reading, Resource},
};

const ORGANIZATION: &str = "aws:organization/o-exampleorg";
const ROOT: &str = "aws:organization-root/r-example";
const UNIT: &str = "aws:organizational-unit/ou-example";

/// The world as an estate.
pub(super) fn estate(world: &World) -> Estate {
    let mut estate = Writer(EstateBuilder::new());
    estate.organization(world);
    for team in &world.teams {
        team.groups.iter().for_each(|group| estate.group(group));
        team.principals.iter().for_each(|principal| estate.principal(principal, team.name));
        team.resources.iter().for_each(|resource| estate.resource(resource));
    }
    finish(estate.0)
}

/// The id by which an estate knows a principal.
pub(super) fn id(principal: &Principal) -> IdentityId {
    IdentityId::new(format!("aws:{}", principal.arn()))
}

fn group_id(group: &Group) -> GroupId {
    GroupId::new(format!("aws:arn:aws:iam::{}:group/{}", group.account, group.name))
}

struct Writer(EstateBuilder);

impl Writer {
    fn attach(&mut self, to: Attachment, scope: ScopeId, via: Via, effect: Effect, text: Option<&str>) {
        let policy = text.map(|text| self.0.policy(Policy::new(PolicyKind::AwsDocument, text)));
        self.0.grant(Grant {
            attached_to: to,
            via,
            policy,
            effect,
            scope,
            activation: census_model::Activation::Standing,
            condition: None,
        });
    }

    fn organization(&mut self, world: &World) {
        let node = |id: &str, kind, parent: Option<&str>| Scope {
            id: ScopeId::new(id),
            native_id: id.rsplit('/').next().unwrap_or_default().into(),
            kind,
            parent: parent.map(ScopeId::new),
            scanned: false,
            ..scope("000000000000")
        };
        self.0.scope(node(ORGANIZATION, ScopeKind::Organization, None));
        self.0.scope(node(ROOT, ScopeKind::OrganizationRoot, Some(ORGANIZATION)));
        self.0.scope(node(UNIT, ScopeKind::OrganizationalUnit, Some(ROOT)));
        for account in ACCOUNTS {
            self.0.scope(Scope { parent: Some(ScopeId::new(UNIT)), ..scope(account) });
        }
        let service = |native_id, name| Via::ServiceControlPolicy { native_id, name };
        let resource = |native_id, name| Via::ResourceControlPolicy { native_id, name };
        self.levels(&world.service_control, service);
        self.levels(&world.resource_control, resource);
    }

    fn levels(
        &mut self,
        levels: &[Vec<Rc<str>>],
        via: fn(census_model::SharedText, census_model::SharedText) -> Via,
    ) {
        for (at, texts) in [ROOT, UNIT].into_iter().zip(levels) {
            for (number, text) in texts.iter().enumerate() {
                let (scope, name) = (ScopeId::new(at), format!("{at}-{number}"));
                let via = via(format!("p-{name}").into(), name.into());
                self.attach(Attachment::Scope(scope.clone()), scope, via, Effect::Ceiling, Some(text));
            }
        }
    }

    fn group(&mut self, group: &Group) {
        let (id, scope) = (group_id(group), account_scope(group.account));
        self.0.group(EstateGroup {
            id: id.clone(),
            native_id: format!("arn:aws:iam::{}:group/{}", group.account, group.name).into(),
            immutable_id: None,
            name: group.name.as_str().into(),
            scope: scope.clone(),
            created: None,
            role_assignable: false,
            membership_rule: None,
            kept_elsewhere: false,
        });
        for (number, text) in group.policies.iter().enumerate() {
            let via = Via::Inline { name: format!("own-{number}").into() };
            self.attach(Attachment::Group(id.clone()), scope.clone(), via, Effect::Allow, Some(text));
        }
    }

    fn principal(&mut self, principal: &Principal, team: &str) {
        let blank = match principal.kind {
            PrincipalKind::User => user(&principal.name),
            PrincipalKind::Role => role(&principal.name),
        };
        let (id, scope) = (id(principal), account_scope(principal.account));
        for group in &principal.groups {
            self.0.membership(Membership {
                group: group_id(group),
                member: id.clone(),
                through: Vec::new(),
                activation: census_model::Activation::Standing,
            });
        }
        let to = || Attachment::Identity(id.clone());
        for (number, text) in principal.policies.iter().enumerate() {
            let via = Via::Inline { name: format!("own-{number}").into() };
            self.attach(to(), scope.clone(), via, Effect::Allow, Some(text));
        }
        if let Some(text) = &principal.boundary {
            let via = Via::Boundary {
                native_id: format!("arn:aws:iam::{}:policy/limit", principal.account).into(),
            };
            self.attach(to(), scope.clone(), via, Effect::Ceiling, Some(text));
        }
        if principal.reading == Reading::Part {
            let arn = format!("arn:aws:iam::{}:policy/hidden-{}", principal.account, principal.name);
            self.denied("iam:GetPolicyVersion", scope.clone(), &arn);
            let via = Via::Managed { native_id: arn.into(), name: "hidden".into() };
            self.attach(to(), scope.clone(), via, Effect::Allow, None);
        }
        let tags = [("team", team), ("stage", principal.stage)];
        self.0.identity(Identity {
            id,
            native_id: principal.arn().into(),
            scope,
            tags: tags.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
            ..blank
        });
    }

    fn resource(&mut self, resource: &Resource) {
        let scope = account_scope(resource.account);
        if let Some(text) = &resource.policy {
            let to = Attachment::Resource(resource.arn.as_str().into());
            self.attach(to, scope.clone(), Via::ResourcePolicy, Effect::Allow, Some(text));
        }
        if resource.reading == Reading::Part && resource.service.prefix == "s3" {
            self.denied("s3:GetBucketPolicy", scope, &resource.arn);
        }
    }

    fn denied(&mut self, read: &str, scope: ScopeId, affects: &str) {
        let affects = vec![affects.into()];
        self.0.gap(Gap::new(Provider::Aws, Some(scope), read, GapReason::Denied, "AccessDenied", affects));
    }
}
