//! What identities can do, as cases say it.

use census_fixtures::account_scope;
use census_model::{
    Bound, Cut, Decision, GapReason, Identity, IdentityId, Level, Path, Proof, Reach, ReachAt, ScopeId, Step,
    TechniqueId,
};

use super::World;

/// The reach of one identity, being described.
pub(crate) struct ReachOf<'w> {
    world: &'w mut World,
    identity: IdentityId,
}

impl<'w> ReachOf<'w> {
    pub(super) fn new(world: &'w mut World, identity: &Identity, level: Level) -> Self {
        let at = ReachAt { scope: identity.scope.clone(), level, bound: Bound::Exact, conditional: false };
        let reach = Reach { level, bound: Bound::Exact, at: vec![at], ..Reach::unknown(Vec::new()) };
        world.reaches.of.insert(identity.id.clone(), reach);
        Self { world, identity: identity.id.clone() }
    }

    fn change(self, change: impl FnOnce(&mut Reach)) -> Self {
        change(self.world.reaches.of.get_mut(&self.identity).expect("the reach just described"));
        self
    }

    /// A read is missing, which leaves the level with this bound.
    pub(crate) fn bound(self, bound: Bound, read: &str) -> Self {
        let gap = self.world.gap(read, GapReason::NotProvided);
        self.change(|reach| {
            reach.bound = bound;
            reach.gaps.push(gap);
            reach.at.iter_mut().for_each(|at| at.bound = bound);
        })
    }

    /// Nothing unconditional gives the level.
    pub(crate) fn conditional(self) -> Self {
        self.change(|reach| {
            reach.conditional = true;
            reach.at.iter_mut().for_each(|at| at.conditional = true);
        })
    }

    /// It also reaches into another account.
    pub(crate) fn at(self, account: &str, level: Level) -> Self {
        let scope = account_scope(account);
        self.change(|reach| {
            reach.at.push(ReachAt { scope, level, bound: reach.bound, conditional: reach.conditional });
        })
    }

    /// It reaches into this scope, and no other.
    pub(crate) fn only_in(self, scope: &ScopeId) -> Self {
        self.change(|reach| {
            reach.at.truncate(1);
            reach.at.iter_mut().for_each(|at| at.scope = scope.clone());
        })
    }

    /// A permission gives the level.
    pub(crate) fn because(self, proof: Proof) -> Self {
        self.change(|reach| reach.because.push(proof))
    }

    /// A path gives it.
    pub(crate) fn path(self, path: Path) -> Self {
        self.change(|reach| {
            reach.paths_total += 1;
            reach.paths.push(path);
        })
    }
}

/// A permission on everything, for certain.
pub(crate) fn proof(action: &str) -> Proof {
    Proof {
        action: action.into(),
        resource: "*".into(),
        why: "for the test".into(),
        decision: Decision::Allowed,
        residual: None,
        because: Vec::new(),
    }
}

/// A path of one step, by one permission, and with that as its cut.
pub(crate) fn path(from: &Identity, to: &Identity, action: &str) -> Path {
    let step = Step {
        technique: TechniqueId::new("aws-for-the-test"),
        from: from.id.clone(),
        to: to.id.clone(),
        through: None,
        says: format!("{} becomes {}", from.name, to.name).into(),
        conditional: false,
        proofs: vec![proof(action)],
    };
    let cut = Cut {
        from: from.id.clone(),
        action: action.into(),
        resource: "*".into(),
        grants: Vec::new(),
        ends: 1,
    };
    Path {
        steps: vec![step],
        target: to.id.clone(),
        scope: Some(to.scope.clone()),
        conditional: false,
        cut: Some(cut),
    }
}
