use census_model::{Confidence, Gap, Severity};

use crate::{Docs, Draft, EVERY_PROVIDER, Findings, Rule, View, entries::numbered};

pub(crate) static RULE: Rule = Rule {
    id: "registry-ghost",
    version: 1,
    title: "A registry entry without an identity",
    severity: Severity::Low,
    finding_types: &["REG-GHOST"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "An entry of the registry matches no identity of the estate.",
        why: "Either the identity is gone and the record was forgotten, or the entry has a mistake and the identity \
              that it means is unowned. A record of a deleted name also waits for whoever creates that name again.",
        remedy: "Correct the identity in the entry, or remove the entry when the identity is gone.",
        limits: "Where an account or a part of it could not be read, the identity may exist unseen: then confidence \
                 is low and the evidence names what was not read.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (ghost, distinguisher) in numbered(&view.ownership.ghosts, |ghost| &ghost.identity) {
        let gaps: Vec<&Gap> = ghost.gaps.iter().filter_map(|id| view.index.gap(id)).collect();
        let mut draft = Draft::new(format!("registry entry `{}` matches no identity", ghost.identity))
            .evidence("entry", &*ghost.location)
            .evidence("business owner", ghost.business_owner.as_deref().unwrap_or("none"))
            .remedy("correct the identity in the entry, or remove the entry if the identity is gone");
        if !ghost.gaps.is_empty() {
            draft = draft.at_most(Confidence::Low);
        }
        for gap in gaps {
            let place = gap.scope.as_ref().map_or(gap.provider.as_str(), |scope| scope.as_str());
            draft = draft.evidence(
                "not certain because",
                format!("{} was not read in {place} ({}, {})", gap.read, gap.reason, gap.id),
            );
        }
        findings.registry_entry(&ghost.identity, &ghost.location, &distinguisher, draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{GapReason, Ghost};

    use crate::testing::Case;
    let ghost = |line: u32| Ghost {
        identity: "arn:aws:iam::111122223333:user/gone".into(),
        location: format!("registry.yaml:{line}").into(),
        business_owner: Some("ann".into()),
        gaps: Vec::new(),
    };
    vec![
        Case::fires("the identity is gone", move |w| w.ownership.ghosts.push(ghost(3)))
            .confidence(Confidence::High)
            .says("registry.yaml:3"),
        Case::fires("the same text twice", move |w| w.ownership.ghosts.extend([ghost(3), ghost(9)])).times(2),
        Case::fires("the account was not read", move |w| {
            let gap = w.gap("iam:GetAccountAuthorizationDetails", GapReason::Denied);
            w.ownership.ghosts.push(Ghost { gaps: vec![gap], ..ghost(3) });
        })
        .confidence(Confidence::Low)
        .says("aws:account/111122223333"),
        Case::silent("every entry has its identity", |w| {
            w.user("ci");
            w.ownership.entries = 1;
        }),
    ]
}
