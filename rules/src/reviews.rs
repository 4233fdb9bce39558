//! Overdue attestations: what `business-attestation-overdue` and `technical-attestation-overdue` share.

use census_model::{Attests, ReviewState, Severity};

use crate::{
    Draft, Findings, View,
    docs::subject,
    registered::{attestation, attested, registered},
};

/// Reports the registered identities of which an attestation is overdue.
pub(crate) fn report_overdue(attests: Attests, view: &View<'_>, findings: &mut Findings<'_>) {
    for found in registered(view) {
        let review = found.life.review(attests);
        if review.state != ReviewState::Overdue {
            continue;
        }
        let name = subject(view, found.identity);
        let title = match (&review.last, review.due) {
            (None, _) => format!("{name} was never given its {}", attestation(attests)),
            (Some(_), Some(due)) => format!("the {} of {name} is overdue since {due}", attestation(attests)),
            (Some(_), None) => format!("the {} of {name} is overdue", attestation(attests)),
        };
        let reach = view.reach(&found.identity.id);
        let powerful = reach.is_some_and(|reach| reach.level.is_powerful());
        let (who, asks) = match attests {
            Attests::BusinessOwnership => (&found.record.business_owner, "the business still needs it"),
            Attests::TechnicalNecessity => {
                (&found.record.technical_steward, "it is still needed as it is, with all that it may do")
            }
        };
        let mut draft = Draft::new(title)
            .severity(if powerful { Severity::High } else { Severity::Medium })
            .facts(attested(attests, review))
            .evidence("who is asked", who.as_deref().unwrap_or("nobody is named"))
            .facts([found.entry()]);
        if let Some(reach) = reach {
            draft = draft.evidence("reach", reach.level.as_str());
        }
        let draft = draft
            .remedy(format!("ask whether {asks}, and record the answer; whoever answers `remove` retires it"))
            .command(["census", "explain", &found.identity.native_id]);
        findings.identity(found.identity, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases(attests: Attests) -> Vec<crate::testing::Case> {
    use census_model::{Evidence, Level, Life, LifeState, Manager, OwnerStatus, Review};

    use crate::testing::{Case, World, attested as given, overdue};
    fn of(life: &mut Life, attests: Attests) -> &mut Review {
        match attests {
            Attests::BusinessOwnership => &mut life.business,
            Attests::TechnicalNecessity => &mut life.technical,
        }
    }
    let late = move |level: Level| {
        move |w: &mut World| {
            let role = w.role("deploy");
            w.reach(&role, level);
            w.life(&role, |life| *of(life, attests) = overdue(20, Some(given(385))));
        }
    };
    let other = match attests {
        Attests::BusinessOwnership => Attests::TechnicalNecessity,
        Attests::TechnicalNecessity => Attests::BusinessOwnership,
    };
    vec![
        Case::fires("of what can do little", late(Level::Limited))
            .severity(Severity::Medium)
            .says("is overdue since 2026-05-12")
            .says("by their own word")
            .says("attestations.jsonl:7"),
        Case::fires("of an administrator", late(Level::Admin)).severity(Severity::High),
        Case::fires("of what can become one", late(Level::Escalates)).severity(Severity::High),
        Case::fires("of what nobody knows the reach of", |w| {
            let role = w.role("deploy");
            w.life(&role, |life| {
                life.business = overdue(20, None);
                life.technical = overdue(20, None);
            });
        })
        .severity(Severity::Medium)
        .says("was never given its"),
        Case::fires("with one that does not count", move |w| {
            let role = w.role("deploy");
            w.life(&role, |life| {
                let mut review = overdue(20, None);
                review
                    .ignored
                    .push(Evidence::new("attestation", "2027-01-01 lies in the future and is ignored"));
                *of(life, attests) = review;
            });
        })
        .says("lies in the future"),
        Case::fires("of an identity whose owner left", move |w| {
            let role = w.role("deploy");
            w.life(&role, |life| *of(life, attests) = overdue(20, None));
            w.record(&role).status = OwnerStatus::Departed;
        }),
        Case::silent("both are current", |w| {
            let role = w.role("deploy");
            w.life(&role, |_| ());
        }),
        Case::silent("the other one is overdue", move |w| {
            let role = w.role("deploy");
            w.life(&role, |life| *of(life, other) = overdue(20, None));
        }),
        Case::silent("it was retired", move |w| {
            let role = w.role("deploy");
            w.life(&role, |life| {
                life.state = LifeState::Retired;
                *of(life, attests) = overdue(20, None);
            });
        }),
        Case::silent("nobody in the company owns it", move |w| {
            let user = w.user("ann");
            w.life(&user, |life| *of(life, attests) = overdue(20, None));
            w.record(&user).status = OwnerStatus::NotApplicable;
        }),
        Case::silent("the provider manages it", move |w| {
            let mut role = census_fixtures::role("slr");
            role.managed_by = Some(Manager { name: "aws".into(), evidence: "/aws-service-role/".into() });
            let role = w.add(role);
            w.life(&role, |life| *of(life, attests) = overdue(20, None));
        }),
        Case::silent("it is not registered", |w| {
            let role = w.role("deploy");
            w.owner(&role, OwnerStatus::Unowned, &[]);
        }),
    ]
}
