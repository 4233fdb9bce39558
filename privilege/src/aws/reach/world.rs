//! Everybody who may take a step or be the aim of one, with what is worked out once for all questions.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use census_model::{Identity, IdentityId, PolicyId, ScopeId};

use super::{
    actions::{Actions, Mask},
    admin_groups::AdminGroups,
    boundaries::Boundaries,
    candidates::{Beginning, ByResource, beginnings},
    gifts::Gifts,
    masks::Denied,
    node::{Node, Who},
    prepared::Prepared,
    taken::Taken,
    versions::Versions,
};
use crate::{
    aws::access::{
        Access, Change, Form, Question,
        actor::{Actor, Aim},
    },
    escalation::{Ended, Left, NodeId},
    truth::Truth,
};

/// An account and who may take steps in it.
pub(super) struct Account<'e> {
    pub(super) scope: &'e ScopeId,
    pub(super) id: &'e str,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub(super) partition: &'e str,
    pub(super) goal: NodeId,
    pub(super) administrator: NodeId,
    /// Its identities as they were read.
    pub(super) identities: Vec<NodeId>,
    /// Whoever is not an administrator and can call something that matters.
    pub(super) sources: Vec<NodeId>,
    pub(super) by_resource: ByResource,
    /// What all of them together name.
    pub(super) union: Mask,
}

/// An action and a resource.
type Asked = (&'static str, String);

/// All of them.
pub(super) struct World<'s, 'e> {
    pub(super) access: &'s Access<'e>,
    pub(super) actions: &'s Actions,
    pub(super) prepared: &'s [Prepared],
    pub(super) accounts: Vec<Account<'e>>,
    pub(super) nodes: Vec<Node<'s, 'e>>,
    by_identity: HashMap<&'e IdentityId, NodeId>,
    pub(super) forms: BTreeMap<(NodeId, Form), NodeId>,
    pub(super) steering: BTreeMap<(NodeId, NodeId), NodeId>,
    /// What a policy names, by text.
    pub(super) masks: HashMap<&'s PolicyId, Mask>,
    /// What a policy denies, by text.
    pub(super) denials: HashMap<&'s PolicyId, Denied>,
    /// The policies that make administrators.
    pub(super) gifts: Gifts,
    /// The groups that do.
    pub(super) admin_groups: AdminGroups<'e>,
    /// The names of IAM that are taken.
    pub(super) names: Taken<'e>,
    /// The versions of policies.
    pub(super) versions: Versions<'e>,
    /// The boundaries that there are.
    pub(super) boundaries: Boundaries<'e>,
    /// Whose searches ended before all was tried, and what that leaves open.
    ended: RefCell<Ended>,
    /// Questions that are asked of many.
    asked: RefCell<HashMap<Asked, Option<Rc<Aim<'s>>>>>,
}

impl<'s, 'e> World<'s, 'e> {
    /// The accounts and identities of the estate, as they were read.
    pub(super) fn new(access: &'s Access<'e>, actions: &'s Actions, prepared: &'s [Prepared]) -> Self {
        let mut world = Self {
            access,
            actions,
            prepared,
            accounts: Vec::new(),
            nodes: Vec::new(),
            by_identity: HashMap::new(),
            forms: BTreeMap::new(),
            steering: BTreeMap::new(),
            masks: HashMap::new(),
            denials: HashMap::new(),
            gifts: Gifts::default(),
            admin_groups: AdminGroups::default(),
            names: Taken::default(),
            versions: Versions::default(),
            boundaries: Boundaries::default(),
            ended: RefCell::default(),
            asked: RefCell::new(HashMap::new()),
        };
        let mut identities: Vec<&'e Identity> = access
            .index()
            .estate()
            .identities
            .iter()
            .filter(|identity| identity.scope.as_str().starts_with("aws:account/"))
            .collect();
        identities.sort_by(|a, b| (&a.scope, &a.id).cmp(&(&b.scope, &b.id)));
        for identity in identities {
            if world.accounts.last().is_none_or(|account| *account.scope != identity.scope) {
                let partition = identity.native_id.split(':').nth(1).unwrap_or("aws");
                world.open_account(&identity.scope, partition);
            }
            let account = world.accounts.len() - 1;
            let node = world.push(Who::Identity(identity, Form::default()), account);
            world.by_identity.insert(&identity.id, node);
            if let Some(account) = world.accounts.last_mut() {
                account.identities.push(node);
            }
        }
        world
    }

    fn open_account(&mut self, scope: &'e ScopeId, partition: &'e str) {
        let position = self.accounts.len();
        let goal = self.push(Who::Goal, position);
        let administrator = self.push(Who::Administrator(scope), position);
        self.accounts.push(Account {
            scope,
            id: scope.as_str().rsplit('/').next().unwrap_or_default(),
            partition,
            goal,
            administrator,
            identities: Vec::new(),
            sources: Vec::new(),
            by_resource: ByResource::default(),
            union: Mask::default(),
        });
    }

    pub(super) fn push(&mut self, who: Who<'e>, account: usize) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let mask = Mask::default();
        let base = match &who {
            Who::Identity(identity, _) => self.of(&identity.id).unwrap_or(id),
            Who::Administrator(_) | Who::Steering { .. } | Who::Goal => id,
        };
        self.nodes.push(Node { who, base, account, mask, admin: Truth::No, actor: OnceCell::new() });
        id
    }

    pub(super) fn node(&self, id: NodeId) -> Option<&Node<'s, 'e>> {
        self.nodes.get(usize::try_from(id.0).ok()?)
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> Option<&mut Node<'s, 'e>> {
        self.nodes.get_mut(usize::try_from(id.0).ok()?)
    }

    /// The node of an identity as it was read.
    pub(super) fn of(&self, identity: &IdentityId) -> Option<NodeId> {
        self.by_identity.get(identity).copied()
    }

    /// Notes that not all was tried that a principal may do.
    pub(super) fn end(&self, id: NodeId, left: Left) {
        let who = match self.node(id).map(|node| (&node.who, node.base)) {
            Some((Who::Steering { caller, .. }, _)) => return self.end(*caller, left),
            Some((Who::Identity(..), base)) => Some(base),
            _ => None,
        };
        if let Some(who) = who {
            let mut ended = self.ended.borrow_mut();
            let known = ended.entry(who).or_insert(left);
            *known = left.max(*known);
        }
    }

    /// Puts other searches that ended in the place of those that are known.
    pub(super) fn replace_ended(&self, ended: Ended) -> Ended {
        self.ended.replace(ended)
    }

    /// The principal with its policies; `None` for a goal.
    pub(super) fn actor(&self, id: NodeId) -> Option<&Actor<'s, 'e>> {
        let node = self.node(id)?;
        match &node.who {
            Who::Goal => None,
            Who::Steering { caller, .. } => self.actor(*caller),
            Who::Administrator(scope) => Some(node.actor.get_or_init(|| self.access.administrator(scope))),
            Who::Identity(identity, form) => {
                Some(node.actor.get_or_init(|| self.access.actor(identity, form.clone())))
            }
        }
    }

    /// Whether a principal may call an action on a resource, where many are asked the same. `about` makes the question.
    pub(super) fn may(
        &self,
        actor: &Actor<'s, 'e>,
        action: &'static str,
        resource: String,
        about: impl FnOnce(&'static str, &str) -> Option<Question>,
    ) -> Truth {
        let aim = {
            let mut asked = self.asked.borrow_mut();
            let aim = asked.entry((action, resource)).or_insert_with_key(|(action, resource)| {
                about(action, resource).map(|question| Rc::new(self.access.aim(question)))
            });
            aim.clone()
        };
        aim.map_or(Truth::No, |aim| self.access.may(actor, &aim))
    }

    /// Forgets the policies of a principal that nobody will ask about again.
    pub(super) fn forget(&mut self, id: NodeId) {
        if let Some(node) = self.node_mut(id) {
            node.actor = OnceCell::new();
        }
    }

    /// Lets a principal take steps.
    pub(super) fn add_source(&mut self, id: NodeId) {
        let Some(node) = self.node(id) else { return };
        let (mask, position) = (node.mask, node.account);
        let aimed: Vec<_> = self.prepared.iter().flat_map(Prepared::aimed).filter(|a| mask.has(*a)).collect();
        let is_all = node.identity().is_none_or(|(_, form)| form.has(&Change::Raised));
        let mut found: Vec<(super::actions::ActionNo, Beginning<'s>)> = Vec::new();
        if is_all {
            found.extend(aimed.iter().map(|action| (*action, Beginning::ANY)));
        } else if let Some(actor) = self.actor(id) {
            for (policy, _) in actor.giving() {
                for action in &aimed {
                    let name = self.actions.lower(*action);
                    found.extend(beginnings(policy, name).into_iter().map(|beginning| (*action, beginning)));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        let Some(account) = self.accounts.get_mut(position) else { return };
        account.sources.push(id);
        account.union.union(mask);
        for (action, beginning) in found {
            account.by_resource.add(action, beginning, id);
        }
    }
}
