//! Which policies of the estate apply to a request.

use census_model::{Effect, Grant, PolicyId, ScopeId, Via};

use super::{Access, caller::Subject};
use crate::{
    aws::{
        context::Context,
        layers::{Place, Policies},
        pattern::Pattern,
        policy::{Policy, PolicyType},
        services::{self, ResourcePolicies},
        statement::Target,
    },
    truth::Truth,
};

/// The policies that apply to a request, each with its attachment, in the order of their places and positions.
#[derive(Clone, Default)]
pub(super) struct Gathered<'p> {
    identity: Vec<Applied<'p>>,
    boundary: Vec<Applied<'p>>,
    resource: Vec<Applied<'p>>,
    service_control: Vec<Vec<Applied<'p>>>,
    resource_control: Vec<Vec<Applied<'p>>>,
    resource_is_one_of_several: bool,
    /// Attachments whose text cannot be used.
    pub(super) unread: Vec<(Place, &'p Grant)>,
}

pub(super) type Applied<'p> = (&'p Grant, &'p Policy);

impl<'p> Gathered<'p> {
    pub(super) fn policies(&self) -> Policies<'p> {
        fn list<'p>(applied: &[Applied<'p>]) -> Vec<&'p Policy> {
            applied.iter().map(|(_, policy)| *policy).collect()
        }
        Policies {
            identity: list(&self.identity),
            boundary: Some(list(&self.boundary)).filter(|policies| !policies.is_empty()),
            resource: list(&self.resource),
            resource_is_one_of_several: self.resource_is_one_of_several,
            service_control: self.service_control.iter().map(|level| list(level)).collect(),
            resource_control: self.resource_control.iter().map(|level| list(level)).collect(),
            ..Policies::default()
        }
    }

    /// The same, with what a subject has besides what was read.
    pub(super) fn policies_for(&self, subject: &Subject<'_>, access: &'p Access<'_>) -> Policies<'p> {
        let mut policies = self.policies();
        policies.identity.extend(subject.form().given().filter_map(|arn| access.managed_policy(arn)));
        if subject.is_given_everything() {
            policies.identity.push(&access.everything.of_identity);
        }
        policies
    }

    /// The caller's own policies.
    pub(super) fn giving(&self) -> impl Iterator<Item = Applied<'p>> {
        self.identity.iter().copied()
    }

    /// Whether the text of an attachment could be used.
    pub(super) fn is_read(&self, grant: &Grant) -> bool {
        !self.unread.iter().any(|(_, unread)| *unread == grant)
    }

    /// The attachment of a policy.
    pub(super) fn grant(&self, place: Place, position: usize) -> Option<&'p Grant> {
        let list = match place {
            Place::Identity => &self.identity,
            Place::Boundary => &self.boundary,
            Place::Resource => &self.resource,
            Place::ServiceControl(level) => self.service_control.get(level)?,
            Place::ResourceControl(level) => self.resource_control.get(level)?,
            Place::Endpoint | Place::Session => return None,
        };
        list.get(position).map(|(grant, _)| *grant)
    }
}

impl<'e> Access<'e> {
    /// What applies to whoever asks, whatever it asks for.
    pub(super) fn gather_subject<'s>(&'s self, subject: &Subject<'e>) -> Gathered<'s> {
        let mut gathered = Gathered::default();
        let unread = &mut gathered.unread;
        if let Some(identity) = subject.identity() {
            let groups = self.index.groups_of(&identity.id).iter().map(|group| &group.id);
            let theirs = groups.chain(subject.form().joined()).flat_map(|id| self.index.grants_of_group(id));
            let all = self.index.grants_of_identity(&identity.id).iter().chain(theirs);
            for grant in all.filter(|grant| !subject.form().drops(grant)) {
                let (place, list) = match grant.effect {
                    Effect::Ceiling if subject.form().freed().is_some() => continue,
                    Effect::Ceiling => (Place::Boundary, &mut gathered.boundary),
                    Effect::Allow | Effect::Deny => (Place::Identity, &mut gathered.identity),
                };
                let text = subject.form().reverted(grant).or(grant.policy.as_ref());
                list.extend(self.applied_as(grant, text, place, unread));
            }
        }
        if let Some(scope) = subject.scope() {
            gathered.service_control = self.levels(scope, Place::ServiceControl, unread);
        }
        gathered
    }

    /// What applies to the resource, whoever asks.
    pub(super) fn gather_resource<'s>(
        &'s self,
        gathered: &mut Gathered<'s>,
        action: &str,
        target: Target<'_>,
        resource_account: Option<&str>,
    ) {
        let unread = &mut gathered.unread;
        let (grants, is_one_of_several) = match services::resource_policies(action, target) {
            // Asked for nothing, they take time all the same where there are many.
            ResourcePolicies::None => (Vec::new(), false),
            _ => self.grants_of_target(target, resource_account),
        };
        gathered.resource_is_one_of_several = is_one_of_several;
        gathered.resource =
            grants.into_iter().filter_map(|grant| self.applied(grant, Place::Resource, unread)).collect();
        if let Some(account) = resource_account {
            let scope = format!("aws:account/{account}");
            if let Some((scope, _)) = self.index.estate().scopes.get_key_value(scope.as_str()) {
                gathered.resource_control = self.levels(scope, Place::ResourceControl, unread);
            }
        }
    }

    /// The resource control policies for what lies in a scope.
    pub(crate) fn resource_controls<'s>(&'s self, scope: &ScopeId) -> impl Iterator<Item = &'s Policy> {
        let levels = self.levels(scope, Place::ResourceControl, &mut Vec::new());
        levels.into_iter().flatten().map(|(_, policy)| policy)
    }

    /// The policies of the resource that is asked about, or of each that may be, and whether they are of several.
    fn grants_of_target(&self, target: Target<'_>, account: Option<&str>) -> (Vec<&'e Grant>, bool) {
        let Target::Any { pattern, text } = target else {
            return (self.grants_of_resource(target.text()), false);
        };
        // All of one bucket's objects have one policy.
        if let Some(bucket) = container(text).filter(|bucket| !bucket.contains(['*', '?'])) {
            return (self.index.grants_of_resource(bucket).to_vec(), false);
        }
        let meets = |text: &str| Pattern::glob(text).covers(pattern, &Context::default()) != Truth::No;
        let is_meant =
            |id: &str| pattern.is_universal() || meets(id) || (is_bucket(id) && meets(&format!("{id}/*")));
        let scope = account.map(|account| format!("aws:account/{account}"));
        let mut grants: Vec<&Grant> = self
            .index
            .resources_with_policies()
            .filter(|id| is_meant(id))
            .flat_map(|id| self.index.grants_of_resource(id))
            .filter(|grant| scope.as_deref() == Some(grant.scope.as_str()))
            .copied()
            .collect();
        grants.sort();
        (grants, true)
    }

    /// The policies of a resource, and of what it lies in: a bucket's policy is its objects' too.
    pub(super) fn grants_of_resource(&self, resource: &str) -> Vec<&'e Grant> {
        let container = container(resource).map_or(&[][..], |arn| self.index.grants_of_resource(arn));
        self.index.grants_of_resource(resource).iter().chain(container).copied().collect()
    }

    /// Whether a resource has policies of its own in the estate.
    pub(super) fn knows_resource(&self, resource: &str) -> bool {
        !self.grants_of_resource(resource).is_empty()
    }

    /// An attachment with its policy. A limit whose text cannot be used limits nothing, and is a doubt.
    fn applied<'s>(
        &'s self,
        grant: &'e Grant,
        place: Place,
        unread: &mut Vec<(Place, &'s Grant)>,
    ) -> Option<Applied<'s>> {
        self.applied_as(grant, grant.policy.as_ref(), place, unread)
    }

    /// The same with a text that need not be the one that was attached.
    fn applied_as<'s>(
        &'s self,
        grant: &'e Grant,
        text: Option<&PolicyId>,
        place: Place,
        unread: &mut Vec<(Place, &'s Grant)>,
    ) -> Option<Applied<'s>> {
        let policy = text.and_then(|id| self.compiled(id, PolicyType::of(grant)));
        if let Some(Ok(policy)) = policy {
            return Some((grant, policy));
        }
        unread.push((place, grant));
        let everything = if place.names_principals() {
            &self.everything.of_resource
        } else {
            &self.everything.of_identity
        };
        (grant.effect == Effect::Ceiling).then_some((grant, everything))
    }

    /// The control policies of one kind, by level from the root to the account. None bound the management account.
    fn levels<'s>(
        &'s self,
        scope: &ScopeId,
        place: fn(usize) -> Place,
        unread: &mut Vec<(Place, &'s Grant)>,
    ) -> Vec<Vec<Applied<'s>>> {
        let ancestors = self.index.ancestors(scope);
        if ancestors.iter().any(|scope| scope.manages.is_some()) {
            return Vec::new();
        }
        let is_of_kind = |grant: &&Grant| match grant.via {
            Via::ServiceControlPolicy { .. } => matches!(place(0), Place::ServiceControl(_)),
            Via::ResourceControlPolicy { .. } => matches!(place(0), Place::ResourceControl(_)),
            _ => false,
        };
        let mut levels: Vec<Vec<Applied<'s>>> = Vec::new();
        for scope in ancestors.iter().rev() {
            let grants = self.index.grants_of_scope(&scope.id).iter().copied().filter(is_of_kind);
            let at = place(levels.len());
            let level: Vec<_> = grants.filter_map(|grant| self.applied(grant, at, unread)).collect();
            // AWS keeps at least one attached to every level once such policies are in use: a level without any was not
            // read, or they are not in use.
            if !level.is_empty() {
                levels.push(level);
            }
        }
        levels
    }
}

fn is_bucket(arn: &str) -> bool {
    arn.split(':').nth(2) == Some("s3")
}

/// What a resource lies in and takes its policy from: the bucket of an object, the table of an index.
pub(super) fn container(resource: &str) -> Option<&str> {
    let mut parts = resource.splitn(6, ':');
    let (service, rest) = (parts.nth(2)?, parts.nth(2)?);
    let name = match service {
        "s3" | "s3express" => rest.split_once('/').map(|(bucket, _)| bucket)?,
        // `table/T/index/I`, `domain/D/path`
        "dynamodb" | "es" | "kinesis" | "elasticfilesystem" => {
            let (kind, path) = rest.split_once('/')?;
            let (name, _) = path.split_once('/')?;
            rest.get(..kind.len() + 1 + name.len())?
        }
        _ => return None,
    };
    resource.get(..resource.len() - rest.len() + name.len())
}
