//! What a proof is worth, and what would take it away.

use census_model::{Attachment, Cut, CutGrant, Decision, IdentityId, Proof, StatementEffect};

use crate::aws::techniques::{On, Possession};

/// The statements of the resource's own policy that decide.
pub(super) fn of_resource(proof: &Proof) -> Vec<CutGrant> {
    let gives = |because: &&census_model::Because| {
        because.effect == StatementEffect::Allow && matches!(because.attached_to, Attachment::Resource(_))
    };
    let mut grants: Vec<CutGrant> = proof
        .because
        .iter()
        .filter(gives)
        .map(|because| CutGrant {
            attached_to: because.attached_to.clone(),
            via: because.via.clone(),
            statement: because.statement.clone(),
        })
        .collect();
    grants.sort_unstable();
    grants.dedup();
    grants
}

/// What is surer comes first; what is not given has no rank.
pub(super) fn rank(proof: &Proof) -> Option<u8> {
    match proof.decision {
        Decision::Allowed => Some(0),
        Decision::Conditional => Some(1),
        Decision::Unknown | Decision::Denied => None,
    }
}

pub(super) fn why(on: On) -> &'static str {
    match on {
        On::Target => "on the target",
        On::Own(Possession::Identity) => "on itself",
        On::Own(Possession::Group) => "on a group that it is in",
        On::Own(Possession::Policy | Possession::UnreadVersion) => "on a policy that it has",
        On::Own(Possession::Boundary | Possession::UnreadBoundary | Possession::RaisedBoundary) => {
            "on the policy that is its boundary"
        }
        On::NewBoundary => "on the policy that is the boundary of what it makes",
        On::TargetGroup => "on a group that the target is in",
        On::AdminGroup => "on a group whose members administer the account",
        On::TargetPolicy => "on a policy that the target has",
        On::Workload => "on what runs as the target",
        On::New => "on something that it names",
        On::None => "on nothing in particular",
    }
}

/// The change that takes a permission, if any statement gives it.
pub(super) fn cut(from: &IdentityId, proof: &Proof, grants: Vec<CutGrant>) -> Option<Cut> {
    let (action, resource) = (proof.action.clone(), proof.resource.clone());
    (!grants.is_empty()).then(|| Cut { from: from.clone(), action, resource, grants, ends: 1 })
}
