//! Everybody who may take a step or be the aim of one, with what is worked out once for all questions.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use census_model::{Grant, Group, Identity, IdentityId, IdentityKind, PolicyId, ScopeId};

use super::{
    actions::{Actions, Mask},
    admin_groups::AdminGroups,
    boundaries::Boundaries,
    candidates::{Beginning, ByResource, beginnings},
    gifts::Gifts,
    needs::Prepared,
    node::{Node, Who},
    taken::Taken,
    versions::Versions,
};
use crate::{
    aws::{
        access::{
            Access, Boundary, Change, Form, Question,
            actor::{Actor, Aim},
        },
        policy::Policy,
    },
    escalation::NodeId,
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

/// How many forms of one identity are looked at.
const FORMS: usize = 64;

/// What a search that ended before all was tried leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Left {
    /// How many ways there are.
    Paths,
    /// Whether there is one that is surer, or one at all.
    Levels,
}

/// The identities, as they were read, whose searches ended.
pub(super) type Ended = BTreeMap<NodeId, Left>;

/// What a policy denies.
#[derive(Clone, Copy, Default)]
pub(super) struct Denied {
    /// On something, under some condition.
    pub(super) somehow: Mask,
    /// On whatever, under none.
    pub(super) wholly: Mask,
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
    forms: BTreeMap<(NodeId, Form), NodeId>,
    steering: BTreeMap<(NodeId, NodeId), NodeId>,
    /// What a policy names, by text.
    masks: HashMap<&'s PolicyId, Mask>,
    /// What a policy denies, by text.
    denials: HashMap<&'s PolicyId, Denied>,
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

    fn push(&mut self, who: Who<'e>, account: usize) -> NodeId {
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

    /// Whether no more forms of an identity are looked at.
    pub(super) fn is_full(&self, node: NodeId) -> bool {
        self.node(node).is_some_and(|node| self.forms(node.base).nth(FORMS - 1).is_some())
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

    /// The node of an identity in another form, a new one where there is none yet.
    pub(super) fn changed(&mut self, node: NodeId, change: Change) -> Option<NodeId> {
        let (identity, form, account) = {
            let node = self.node(node)?;
            let (identity, form) = node.identity()?;
            (identity, form.with(change), node.account)
        };
        let base = self.of(&identity.id)?;
        if let Some(known) = self.forms.get(&(base, form.clone())) {
            return Some(*known);
        }
        let id = self.push(Who::Identity(identity, form.clone()), account);
        self.forms.insert((base, form), id);
        let mask = self.mask_of(id);
        if let Some(node) = self.node_mut(id) {
            node.mask = mask;
        }
        Some(id)
    }

    /// The node of somebody who has changed somebody, a new one where there is none yet.
    pub(super) fn steering(&mut self, caller: NodeId, target: NodeId) -> NodeId {
        if let Some(known) = self.steering.get(&(caller, target)) {
            return *known;
        }
        let account = self.node(caller).map_or(usize::MAX, |node| node.account);
        let id = self.push(Who::Steering { caller, target }, account);
        self.steering.insert((caller, target), id);
        id
    }

    /// Whom a step into a node is about: the target of whoever has only changed one.
    pub(super) fn about(&self, id: NodeId) -> Option<&'e Identity> {
        let node = self.node(id)?;
        match &node.who {
            Who::Steering { target, .. } => self.about(*target),
            _ => node.identity().map(|(identity, _)| identity),
        }
    }

    /// Whom, and from what account, a step into a node changes, in the form that it has then.
    pub(super) fn changed_by(&self, id: NodeId) -> Option<(&'e IdentityId, usize, &Form)> {
        let node = self.node(id)?;
        match &node.who {
            Who::Steering { target, .. } => self.changed_by(*target),
            _ => node.identity().map(|(identity, form)| (&identity.id, node.account, form)),
        }
    }

    /// What has become of the boundary of an identity, should that have changed.
    pub(super) fn boundary_left(&self, id: NodeId) -> Option<Boundary> {
        self.node(id)?.identity()?.1.freed()
    }

    /// The forms of an identity, how it was read not among them.
    pub(super) fn forms(&self, base: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.forms
            .range((base, Form::default())..)
            .take_while(move |((of, _), _)| *of == base)
            .map(|(_, id)| *id)
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

    /// What the policies of a principal name.
    pub(super) fn mask_of(&mut self, id: NodeId) -> Mask {
        let giving: Vec<_> = match (self.node(id).map(|node| &node.who), self.actor(id)) {
            // The root user needs no policy.
            (Some(Who::Identity(identity, _)), _) if identity.kind == IdentityKind::AwsRootUser => {
                return Mask::all();
            }
            (Some(Who::Identity(_, form)), Some(actor)) if !form.has(&Change::Raised) => {
                actor.giving().collect()
            }
            (Some(Who::Identity(..) | Who::Administrator(_)), Some(_)) => return Mask::all(),
            _ => return Mask::default(),
        };
        let mut mask = Mask::default();
        for (policy, text) in giving {
            mask.union(match text {
                Some(text) => self.mask_of_text(text, policy),
                None => self.actions.named_by(policy),
            });
        }
        mask
    }

    /// What a group's policies give.
    pub(super) fn given_by(&mut self, group: &'e Group) -> Mask {
        let access = self.access;
        let mut mask = Mask::default();
        for grant in access.index().grants_of_group(&group.id) {
            if let (Some(text), Some(policy)) = (&grant.policy, access.policy_of(grant)) {
                mask.union(self.mask_of_text(text, policy));
            }
        }
        mask
    }

    /// What an attached policy denies.
    pub(super) fn denied_by(&mut self, grant: &'e Grant) -> Denied {
        let (access, actions) = (self.access, self.actions);
        let (Some(text), Some(policy)) = (&grant.policy, access.policy_of(grant)) else {
            return Denied::default();
        };
        let denied =
            || Denied { somehow: actions.denied_by(policy), wholly: actions.wholly_denied_by(policy) };
        *self.denials.entry(text).or_insert_with(denied)
    }

    fn mask_of_text(&mut self, text: &'s PolicyId, policy: &Policy) -> Mask {
        let actions = self.actions;
        *self.masks.entry(text).or_insert_with(|| actions.named_by(policy))
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
