//! By which steps somebody becomes a principal of AWS.

use std::collections::{BTreeMap, HashMap};

use census_model::{Group, Identity, IdentityId, IdentityKind, ScopeId, TechniqueConfidence, TechniqueId};

use super::{
    actions::ActionNo,
    asker::Asker,
    describe::Describer,
    gifts::{self, Given},
    needs::Resources,
    node::Who,
    owned::customer_policies,
    world::{Account, World},
};
use crate::{
    aws::techniques::{self, Becomes, Technique},
    escalation::{Certainty, Cloud, Edge, Ended, Goal, NodeId, Standing, Steps, Told},
    truth::Truth,
};

/// How many ways from one caller into one account are looked for; more say nothing new.
const WAYS: u32 = 32;

/// How many ways that hang on conditions are found before no certain one is looked for any more.
const CONDITIONAL: u32 = 256;

/// The ways that were found from a caller into an account.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ways {
    certain: u32,
    conditional: u32,
}

impl Ways {
    /// Whether no more are looked for.
    pub(super) fn are_enough(self) -> bool {
        self.certain >= WAYS || self.conditional >= CONDITIONAL
    }

    /// Counts one more and says whether it is kept.
    pub(super) fn keeps(&mut self, certainty: Certainty) -> bool {
        let count = match certainty {
            Certainty::Certain => &mut self.certain,
            Certainty::Conditional => &mut self.conditional,
        };
        *count += 1;
        *count <= WAYS
    }
}

/// Whether it is told that administrators can act as anybody in their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Administrators {
    /// Only where that may lead to another account, or to another cloud.
    Elsewhere,
    /// Always.
    Everywhere,
}

/// What a step goes through.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Through<'e> {
    /// Nothing but the target.
    Nothing,
    /// A workload, by its native id.
    Workload(&'e str),
    /// A policy, group or provider, by its native id.
    Thing(Box<str>),
    /// An inline policy, by its name, of a group, if not of whoever takes the step.
    Inline { name: &'e str, group: Option<&'e str> },
    /// A managed policy, by its ARN, that is attached to a group, if not to whoever takes the step.
    Policy { policy: &'e str, group: Option<&'e str> },
}

/// The steps, found when they are asked for.
pub(crate) struct Found<'s, 'e> {
    pub(super) world: World<'s, 'e>,
    pub(super) asker: Asker<'s>,
    pub(super) assume_role: ActionNo,
    pub(super) administration: u16,
    pub(super) administrators: Administrators,
    /// Whom the role that was looked at last lets in.
    pub(super) trusted_of: Option<(NodeId, Vec<NodeId>)>,
    /// Steps by which somebody changes itself, by what comes of it.
    pub(super) own: BTreeMap<NodeId, Vec<Edge>>,
    /// How many ways there are from a caller into an account.
    pub(super) ways: HashMap<(NodeId, usize), Ways>,
    pub(super) throughs: Vec<(Through<'e>, Option<&'static str>)>,
    pub(super) through_numbers: HashMap<(Through<'e>, Option<&'static str>), u32>,
    pub(super) roles: HashMap<(usize, &'e str), NodeId>,
}

/// How many ways were looked for.
pub(crate) struct Counted {
    ways: HashMap<(NodeId, usize), Ways>,
    ended: Ended,
}

/// One technique on one target.
#[derive(Clone)]
pub(super) struct Attempt<'e> {
    pub(super) number: u16,
    pub(super) to: NodeId,
    /// What holds whoever the caller is.
    pub(super) given: Truth,
    pub(super) resources: Resources<'e>,
    pub(super) through: Through<'e>,
}

impl<'s, 'e> Found<'s, 'e> {
    pub(super) fn new(
        world: World<'s, 'e>,
        assume_role: ActionNo,
        (administration, administrators): (u16, Administrators),
    ) -> Self {
        let mut roles = HashMap::new();
        for (position, account) in world.accounts.iter().enumerate() {
            for id in &account.identities {
                let identity = world.node(*id).and_then(|node| node.identity()).map(|(identity, _)| identity);
                let path = identity.and_then(|identity| identity.native_id.split_once(":role/"));
                if let Some(name) = path.and_then(|(_, path)| path.rsplit('/').next()) {
                    roles.insert((position, name), *id);
                }
            }
        }
        Self {
            world,
            asker: Asker::default(),
            assume_role,
            administration,
            administrators,
            trusted_of: None,
            own: BTreeMap::new(),
            ways: HashMap::new(),
            throughs: Vec::new(),
            through_numbers: HashMap::new(),
            roles,
        }
    }

    pub(super) fn resources_of(&self, identity: &'e Identity) -> Resources<'e> {
        let policies = customer_policies(&self.world, identity);
        let groups = self.world.access.index().groups_of(&identity.id).iter();
        let groups = groups.map(|group| &*group.native_id).collect();
        let admin_groups = self.admin_groups(identity).iter().map(|(group, _)| &*group.native_id).collect();
        Resources {
            target: Some(&identity.native_id),
            policies,
            groups,
            admin_groups,
            ..Resources::default()
        }
    }

    /// The groups that would make a user an administrator.
    pub(super) fn admin_groups(&self, identity: &Identity) -> &[(&'e Group, Truth)] {
        let node = self.world.of(&identity.id).and_then(|id| self.world.node(id));
        let user = node.filter(|_| identity.kind == IdentityKind::AwsUser);
        user.map_or(&[], |node| self.world.admin_groups.of(&self.world, node.account))
    }

    /// The node of the same identity as it was read; itself for others.
    pub(super) fn base(&self, id: NodeId) -> Option<NodeId> {
        self.world.node(id).map(|node| node.base)
    }

    pub(super) fn standing(&self, number: usize) -> Standing {
        match self.world.prepared.get(number).map(|prepared| prepared.technique.confidence) {
            Some(TechniqueConfidence::Documented) => Standing::Established,
            _ => Standing::Possible,
        }
    }

    pub(super) fn certainty(&self, number: usize, truth: Truth) -> Certainty {
        let outsider =
            self.world.prepared.get(number).and_then(|prepared| prepared.technique.outsider.as_ref());
        if truth == Truth::Yes && outsider.is_none() { Certainty::Certain } else { Certainty::Conditional }
    }

    pub(super) fn through(&mut self, through: Through<'e>, service: Option<&'static str>) -> u32 {
        let key = (through, service);
        if let Some(number) = self.through_numbers.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.throughs.len()).unwrap_or(u32::MAX);
        self.throughs.push(key.clone());
        self.through_numbers.insert(key, number);
        number
    }

    /// The steps by which somebody becomes an identity as it was read, or, with `Becomes::TargetRaised`, raised.
    pub(super) fn become_identity(
        &mut self,
        to: NodeId,
        identity: &'e Identity,
        (becomes, given): (Becomes, Given),
    ) -> Vec<Edge> {
        let mut found = Vec::new();
        self.asker.next_target();
        for attempt in self.attempts(to, identity, (becomes, given)) {
            self.attempt(&attempt, &mut found);
        }
        found
    }
}
/// Whether a technique gives its target permissions.
pub(super) fn changes_target(technique: &Technique) -> bool {
    matches!(technique.becomes, Becomes::TargetRaised | Becomes::RaisesTarget)
}

impl Steps for Found<'_, '_> {
    fn into(&mut self, target: NodeId) -> Vec<Edge> {
        let mut found = self.own.get(&target).cloned().unwrap_or_default();
        let Some(node) = self.world.node(target) else { return found };
        let account = node.account;
        match node.who.clone() {
            Who::Goal => found.extend(self.administrators(target, account)),
            Who::Administrator(_) => found.extend(self.holders(target, account)),
            Who::Identity(identity, form) if form.is_as_read() => {
                found.extend(self.become_identity(target, identity, (Becomes::Target, Given::default())));
                found.extend(self.as_administrator(target, account));
            }
            Who::Identity(identity, form) => {
                if let [change] = form.changes()
                    && let Some(given) = gifts::given_by(&self.world, account, change)
                {
                    let becomes = (Becomes::TargetRaised, given);
                    found.extend(self.become_identity(target, identity, becomes));
                }
                found.extend(self.steered(target, identity, &form));
            }
            Who::Steering { .. } => {}
        }
        found
    }
}

impl Found<'_, '_> {
    /// The node of an identity, as it was read.
    pub(crate) fn of_identity(&self, id: &IdentityId) -> Option<NodeId> {
        self.world.of(id)
    }
}

impl<'e> Cloud<'e> for Found<'_, 'e> {
    type Counted = Counted;

    fn goals(&self) -> Vec<Goal<'e>> {
        let goal = |account: &Account<'e>| Goal { node: account.goal, scope: account.scope };
        self.world.accounts.iter().map(goal).collect()
    }

    fn administered(&self, node: NodeId) -> Option<&'e ScopeId> {
        let node = self.world.node(node).filter(|node| matches!(node.who, Who::Goal))?;
        self.world.accounts.get(node.account).map(|account| account.scope)
    }

    fn as_read(&self, node: NodeId) -> Option<&'e Identity> {
        let (identity, form) = self.world.node(node)?.identity()?;
        form.is_as_read().then_some(identity)
    }

    fn acts_as(&self, node: NodeId) -> Option<&'e Identity> {
        self.world.node(node)?.identity().map(|(identity, _)| identity)
    }

    fn tell(&self, edge: &Edge, acting: &'e Identity) -> Option<Told> {
        Describer::new(self).tell(edge, acting)
    }

    fn technique(&self, id: &TechniqueId) -> Option<census_model::Technique> {
        let mut all = techniques::all().iter();
        all.find(|technique| *technique.id == *id.as_str()).map(Technique::described)
    }

    fn begin_anew(&mut self) -> Counted {
        Counted { ways: std::mem::take(&mut self.ways), ended: self.take_ended() }
    }

    fn resume(&mut self, counted: Counted) {
        self.ways = counted.ways;
        self.world.replace_ended(counted.ended);
    }

    fn take_ended(&mut self) -> Ended {
        self.world.replace_ended(Ended::default())
    }
}
