//! By which steps somebody becomes a principal of Azure or Entra ID, or administers a scope.

mod able;
mod answers;
mod assertions;
mod attempts;
mod directory;
mod holders;
mod prepared;
mod tell;
mod world;

use std::collections::{HashMap, HashSet};

use census_model::{
    Attachment, Estate, Grant, Identity, Scope, ScopeId, ScopeKind, Technique as Described,
    TechniqueConfidence, TechniqueId, Trust, VaultObject, Via, Workload,
};

pub(super) use self::world::{Who, World};
use self::{
    answers::Given,
    assertions::signs_in_to_aws,
    directory::DirectoryHolders,
    holders::Holders,
    prepared::{Operations, Prepared},
};
use super::{
    access::Access,
    techniques::{self, TargetKind},
};
use crate::{
    escalation::{Certainty, Cloud, Edge, Ended, Goal, Left, NodeId, Standing, Steps, Told},
    truth::Truth,
};

/// How many steps of one caller into one subscription or directory are kept of each certainty. Those that are found first
/// lead to administration on the shortest way; more say nothing new.
const WAYS: u32 = 128;

/// The technique by which whoever administers a scope is where its administration is: no step.
const ADMINISTERS: u16 = u16::MAX;

/// What a step is done to, besides whom it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Through<'e> {
    /// Nothing else.
    Nothing,
    /// The resource that runs as the target.
    Workload(&'e Workload),
    /// The federated credential of the target.
    Trust(&'e Trust),
    /// The certificate of the target.
    Certificate(&'e VaultObject),
    /// The directory whose assertions a role of AWS takes, with the identity provider that does.
    Directory(&'e ScopeId, &'e Trust),
    /// The enterprise application by which people come into AWS, with the identity provider that takes its assertions.
    Application(&'e Identity, &'e Trust),
}

/// What somebody administers as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Administered<'e> {
    /// The directory of a tenant.
    Directory(&'e ScopeId),
    /// A subscription, a management group, or a tenant for all of them.
    Scope(&'e ScopeId),
}

/// Techniques and operations, made once.
pub(crate) struct Data {
    prepared: Vec<Prepared>,
    operations: Operations,
}

impl Data {
    pub(crate) fn new() -> Self {
        let (prepared, operations) = prepared::all(techniques::all());
        Self { prepared, operations }
    }
}

/// The scopes in which something is denied.
pub(super) struct Denials<'e> {
    /// To certain people, programs or groups.
    of_somebody: HashSet<&'e ScopeId>,
    /// To anybody.
    all: HashSet<&'e ScopeId>,
}

impl<'e> Denials<'e> {
    fn new(estate: &'e Estate) -> Self {
        let denials = || estate.grants.iter().filter(|one| matches!(one.via, Via::DenyAssignment { .. }));
        let names = |one: &&Grant| !matches!(one.attached_to, Attachment::Scope(_));
        let of_somebody = denials().filter(names).map(|one| &one.scope).collect();
        Self { of_somebody, all: denials().map(|one| &one.scope).collect() }
    }

    /// Whether somebody may be denied what is given in a scope, by whom it names.
    pub(super) fn may_name(&self, scopes: &[&Scope]) -> bool {
        scopes.iter().any(|scope| self.of_somebody.contains(&scope.id))
    }
}

/// How many steps of a caller are kept: those that are certain, and the others.
type Kept<'e> = HashMap<(NodeId, Option<&'e ScopeId>), (u32, u32)>;

/// The steps, found when they are asked for.
pub(crate) struct Ways<'a, 'e> {
    pub(super) access: &'a Access<'e>,
    data: &'a Data,
    holders: Holders<'e>,
    in_directory: DirectoryHolders,
    denials: Denials<'e>,
    /// The certificates that vaults hold, by thumbprint.
    certificates: HashMap<&'e str, Vec<&'e VaultObject>>,
    pub(super) world: World<'e>,
    /// The enterprise applications that sign people in to AWS.
    into_aws: Vec<&'e Identity>,
    /// Who administers a directory or scope as they are; by the tenant for all scopes in it.
    directories: HashMap<&'e ScopeId, Vec<(NodeId, Truth)>>,
    scopes: HashMap<&'e ScopeId, Vec<(NodeId, Truth)>>,
    throughs: Vec<Through<'e>>,
    /// Whether somebody may do somewhere what a technique takes, by the numbers of technique and permission.
    anywhere: HashMap<(NodeId, usize, usize), Option<Given>>,
    kept: Kept<'e>,
    ended: Ended,
}

impl<'a, 'e> Ways<'a, 'e> {
    /// `base` is the number of the first node.
    pub(crate) fn new(access: &'a Access<'e>, data: &'a Data, base: u32) -> Self {
        let world = World::new(access, base);
        let mut certificates: HashMap<&str, Vec<&VaultObject>> = HashMap::new();
        for object in &access.index().estate().vault_objects {
            if let Some(thumbprint) = object.thumbprint.as_deref() {
                certificates.entry(thumbprint).or_default().push(object);
            }
        }
        Self {
            access,
            data,
            holders: Holders::new(access, &data.operations),
            in_directory: DirectoryHolders::new(access, &data.prepared, &world),
            denials: Denials::new(access.index().estate()),
            certificates,
            into_aws: access.index().estate().identities.iter().filter(|one| signs_in_to_aws(one)).collect(),
            world,
            directories: HashMap::new(),
            scopes: HashMap::new(),
            throughs: vec![Through::Nothing],
            anywhere: HashMap::new(),
            kept: Kept::new(),
            ended: Ended::default(),
        }
    }

    /// The node of an identity.
    pub(crate) fn of_identity(&self, id: &census_model::IdentityId) -> Option<NodeId> {
        self.world.of_identity(id)
    }

    /// The identity of an object id.
    pub(crate) fn of_object(&self, id: &str) -> Option<&'e Identity> {
        self.access.index().native(id).filter(|identity| self.of_identity(&identity.id).is_some())
    }

    /// The identities that can ask a tenant for a token of their own, with their nodes.
    pub(crate) fn programs(&self, tenant: &ScopeId) -> Vec<(NodeId, &'e Identity)> {
        let index = self.access.index();
        let is_here =
            |identity: &Identity| index.ancestors(&identity.scope).iter().any(|one| one.id == *tenant);
        let programs = self.world.all().filter_map(|(node, who)| match who {
            Who::Identity(identity) if identity.is_program() && is_here(identity) => Some((node, identity)),
            _ => None,
        });
        programs.collect()
    }

    /// What is told of a step into another cloud.
    pub(crate) fn tell_of(&self, edge: &Edge, acting: &'e Identity, to: &'e Identity) -> Option<Told> {
        tell::edge(self, edge, acting, to)
    }

    /// Says what somebody administers as they are.
    pub(super) fn administers(&mut self, who: NodeId, what: Administered<'e>, truth: Truth) {
        let list = match what {
            Administered::Directory(tenant) => self.directories.entry(tenant).or_default(),
            Administered::Scope(scope) => self.scopes.entry(scope).or_default(),
        };
        let is_member = matches!(self.world.who(who), Some(Who::Member(..) | Who::OfRole(..)));
        let truth = match what {
            Administered::Scope(scope)
                if is_member && self.denials.may_name(&self.access.index().ancestors(scope)) =>
            {
                truth & Truth::Maybe
            }
            _ => truth,
        };
        list.push((who, truth));
    }

    /// Notes that not all was tried of what somebody may do.
    pub(super) fn leave(&mut self, who: NodeId, left: Left) {
        self.ended.insert(who, left);
    }

    fn silent(from: NodeId, to: NodeId, truth: Truth) -> Edge {
        let certainty = certainty(truth);
        Edge { from, to, standing: Standing::Established, certainty, technique: ADMINISTERS, through: 0 }
    }

    /// Those who administer a directory, subscription or management group: as they are, by what they made of themselves, or
    /// because they administer what it lies in.
    fn administering(&self, target: NodeId, scope: &'e ScopeId) -> Vec<Edge> {
        let index = self.access.index();
        let is_tenant = |id| index.estate().scopes.get(id).is_some_and(|one| one.kind == ScopeKind::Tenant);
        let silent = |list: Option<&Vec<(NodeId, Truth)>>| -> Vec<Edge> {
            list.into_iter().flatten().map(|(who, truth)| Self::silent(*who, target, *truth)).collect()
        };
        if is_tenant(scope) {
            let mut found = silent(self.directories.get(scope));
            found.extend(self.world.of_directory(scope).map(|who| Self::silent(who, target, Truth::Yes)));
            return found;
        }
        let mut found = silent(self.scopes.get(scope));
        found.extend(self.world.of_scope(scope).map(|who| Self::silent(who, target, Truth::Yes)));
        match self.above(scope) {
            Some(above) if is_tenant(above) => {
                found.extend(silent(self.scopes.get(above)));
                found.extend(self.world.of_scope(above).map(|who| Self::silent(who, target, Truth::Yes)));
            }
            Some(above) => {
                found.extend(self.world.goal(above).map(|goal| Self::silent(goal, target, Truth::Yes)));
            }
            None => {}
        }
        found
    }

    /// What a scope lies in.
    fn above(&self, scope: &ScopeId) -> Option<&'e ScopeId> {
        self.access.index().ancestors(scope).into_iter().nth(1).map(|scope| &scope.id)
    }

    fn through(&mut self, through: Through<'e>) -> u32 {
        if through == Through::Nothing {
            return 0;
        }
        self.throughs.push(through);
        u32::try_from(self.throughs.len() - 1).unwrap_or(u32::MAX)
    }

    /// The subscription or tenant that a node is in: ways into each are kept by themselves.
    fn home(&self, node: NodeId) -> Option<&'e ScopeId> {
        let scope = match self.world.who(node)? {
            Who::Identity(identity) => &identity.scope,
            Who::Member(group, _) => &group.scope,
            Who::Goal(scope) | Who::OfDirectory(scope) | Who::OfScope(scope) | Who::OfRole(scope, _) => scope,
        };
        let is_home = |kind| matches!(kind, ScopeKind::Subscription | ScopeKind::Tenant);
        let above = self.access.index().ancestors(scope);
        above.into_iter().find(|one| is_home(one.kind)).map(|one| &one.id)
    }

    /// Whether enough certain steps of a caller are kept.
    fn has_enough(&self, caller: NodeId, home: Option<&'e ScopeId>) -> bool {
        self.kept.get(&(caller, home)).is_some_and(|(certain, _)| *certain >= WAYS)
    }

    /// Keeps a step, unless there are enough of whoever takes it.
    fn keep(&mut self, edge: Edge, home: Option<&'e ScopeId>, found: &mut Vec<Edge>) {
        if edge.standing == Standing::Established {
            let (certain, conditional) = self.kept.entry((edge.from, home)).or_default();
            let count = if edge.certainty == Certainty::Certain { certain } else { conditional };
            *count += 1;
            if *count > WAYS {
                self.ended.insert(edge.from, Left::Paths);
                return;
            }
        }
        found.push(edge);
    }
}

fn certainty(truth: Truth) -> Certainty {
    if truth == Truth::Yes { Certainty::Certain } else { Certainty::Conditional }
}

fn standing(prepared: &Prepared) -> Standing {
    match prepared.technique.confidence {
        TechniqueConfidence::Documented => Standing::Established,
        _ => Standing::Possible,
    }
}

impl Steps for Ways<'_, '_> {
    fn into(&mut self, target: NodeId) -> Vec<Edge> {
        let Some(who) = self.world.who(target) else { return Vec::new() };
        match who {
            Who::Goal(scope) => self.administering(target, scope),
            Who::OfDirectory(tenant) => self.administer(target, TargetKind::Directory, tenant),
            Who::OfScope(scope) => {
                let mut found = self.administer(target, TargetKind::Scope, scope);
                found.extend(self.administer(target, TargetKind::Root, scope));
                // Whoever administers a scope administers what lies in it.
                let above = self.above(scope).and_then(|above| self.world.of_scope(above));
                found.extend(above.map(|above| Self::silent(above, target, Truth::Yes)));
                found
            }
            Who::Identity(identity) => self.become_identity(target, identity),
            Who::Member(group, joiner) => self.join(target, group, joiner),
            Who::OfRole(scope, role) => self.assign(target, scope, role),
        }
    }
}

impl<'e> Cloud<'e> for Ways<'_, 'e> {
    type Counted = (Kept<'e>, Ended);

    fn goals(&self) -> Vec<Goal<'e>> {
        let goal = |(node, who)| match who {
            Who::Goal(scope) => Some(Goal { node, scope }),
            _ => None,
        };
        self.world.all().filter_map(goal).collect()
    }

    fn administered(&self, node: NodeId) -> Option<&'e ScopeId> {
        match self.world.who(node)? {
            Who::Goal(scope) => Some(scope),
            _ => None,
        }
    }

    fn as_read(&self, node: NodeId) -> Option<&'e Identity> {
        self.world.identity(node)
    }

    fn acts_as(&self, node: NodeId) -> Option<&'e Identity> {
        self.world.identity(node)
    }

    fn tell(&self, edge: &Edge, acting: &'e Identity) -> Option<Told> {
        tell::edge(self, edge, acting, self.world.identity(edge.to).unwrap_or(acting))
    }

    fn technique(&self, id: &TechniqueId) -> Option<Described> {
        techniques::all().iter().find(|one| *one.id == *id.as_str()).map(techniques::Technique::described)
    }

    fn begin_anew(&mut self) -> Self::Counted {
        (std::mem::take(&mut self.kept), std::mem::take(&mut self.ended))
    }

    fn resume(&mut self, (kept, ended): Self::Counted) {
        (self.kept, self.ended) = (kept, ended);
    }

    fn take_ended(&mut self) -> Ended {
        std::mem::take(&mut self.ended)
    }
}
