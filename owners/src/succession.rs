//! Who may take over what somebody who left owned.

use std::collections::BTreeSet;

use census_model::{Claim, ClaimSource, Evidence, Successor, SuccessorReason, Text};

use crate::people::{Parties, Party, PartyKey};

/// How many are suggested.
const SUGGESTED: usize = 5;

/// Those who may take over, the best first: who stands in by the registry, who operates it, the owner's manager and team,
/// the owner of what runs as it, and whom weaker sources name. Nobody who has left, and nobody twice.
pub(crate) fn successors(
    claims: &[Claim],
    backups: Vec<Successor>,
    owners: &[Text],
    parties: &Parties<'_>,
) -> Vec<Successor> {
    let mut candidates = backups;
    candidates.extend(
        claims.iter().filter_map(|claim| named(claim, SuccessorReason::Steward, &claim.technical_steward)),
    );
    candidates.extend(owners.iter().flat_map(|owner| above(owner, parties)));
    let weaker = claims.iter().filter(|claim| claim.business_owner.is_some());
    let (workloads, others): (Vec<&Claim>, Vec<&Claim>) =
        weaker.partition(|claim| claim.source == ClaimSource::ConsumingWorkload);
    let of = |claim: &&Claim, reason| named(claim, reason, &claim.business_owner);
    candidates.extend(workloads.iter().filter_map(|claim| of(claim, SuccessorReason::WorkloadOwner)));
    candidates.extend(others.iter().filter_map(|claim| of(claim, SuccessorReason::OtherClaim)));

    let mut seen: BTreeSet<PartyKey> = owners.iter().map(|owner| parties.resolve(owner).key).collect();
    let mut found = Vec::new();
    for candidate in candidates {
        let resolved = parties.resolve(&candidate.who);
        if parties.departure(&candidate.who).is_none() && seen.insert(resolved.key) {
            found.push(Successor { who: resolved.label, ..candidate });
        }
    }
    found.truncate(SUGGESTED);
    found
}

fn named(claim: &Claim, reason: SuccessorReason, who: &Option<Text>) -> Option<Successor> {
    Some(Successor { reason, who: who.clone()?, evidence: claim.evidence.first().cloned() })
}

/// Manager and team of somebody.
fn above(owner: &Text, parties: &Parties<'_>) -> Vec<Successor> {
    let Party::Person(person) = parties.resolve(owner).party else { return Vec::new() };
    let source = |of: &crate::people::Person, label: &str| {
        Some(Evidence::new(label, of.label.clone()).from_source(of.location.clone()))
    };
    let manager = parties.manager(person).map(|(who, under)| Successor {
        reason: SuccessorReason::Manager,
        who,
        evidence: source(under, "manager of"),
    });
    let team = person.team.clone().map(|who| Successor {
        reason: SuccessorReason::Team,
        who,
        evidence: source(person, "team of"),
    });
    manager.into_iter().chain(team).collect()
}
