use std::collections::BTreeSet;

use census_model::{Attests, Confidence, Evidence, Gap, Identity, IdentityKind, Severity};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    docs::subject,
    entra::foreign_tenant,
    outsiders::{Membership, Party, parties},
    policies::Shown,
    principals::by_principal,
    registered::{attested, is_current, ownable, registration},
};

pub(crate) static RULE: Rule = Rule {
    id: "third-party-without-review",
    version: 2,
    title: "A third party's access that the business did not confirm",
    severity: Severity::Medium,
    finding_types: &["TRUST-THIRD-PARTY"],
    providers: EVERY_PROVIDER,
    except_controls: &[("CIS-AWS", "7.0:2.18"), ("CIS-AZURE", "5.0:5.12")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity is registered for a vendor, or it is a role that an account or organization outside the company \
                may assume, or the service principal of another tenant's application that is not Microsoft's, and no business attestation of it is current: it is overdue or was never given, or nobody \
                registered the identity. Severity is high where it is an administrator or can become one.",
        why: "A vendor's access lives as long as the contract at most. Only the business knows whether there still is one; \
              and what a vendor holds is stolen where nobody of the company can see it.",
        remedy: "Ask the owner for the contract. Register the identity with its `vendor`, an offboarding trigger and a review \
                 cadence, and have the owner attest. If there is no contract, remove the trust and the keys.",
        limits: "Whether an account is outside the company is told from the organization tree; where it was not read \
                 confidence is low. A tenant that is scanned too is the company's. Issuers of tokens (a shared CI service, a cluster) are not counted as third parties: \
                 it is the company's own code that runs there, and whether only that gets in is oidc-trust-unbound. \
                 Whether a trust demands an ExternalId is external-account-trust. Statements that trust everyone without \
                 naming accounts are trust-open-to-anyone.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, record) in ownable(view) {
        let found = registration(view, identity);
        if record.registration.is_some() && found.is_none() {
            continue;
        }
        if found.is_some_and(|found| is_current(&found.life.business)) {
            continue;
        }
        let vendor = found.and_then(|found| found.registration.vendor.as_ref());
        let strangers = Strangers::of(view, identity);
        if vendor.is_none() && strangers.is_empty() {
            continue;
        }
        let who = vendor.map(|vendor| vendor.value.to_string()).or_else(|| strangers.first()).unwrap_or_default();
        let title = match foreign_tenant(view, identity) {
            Some(_) => format!("{} of {who} has access that the business did not confirm", subject(view, identity)),
            None => format!("{} gives {who} access that the business did not confirm", subject(view, identity)),
        };
        let powerful = view.reach(&identity.id).is_some_and(|reach| reach.level.is_powerful());
        let mut draft = Draft::new(title).severity(if powerful { Severity::High } else { RULE.severity });
        draft = draft.facts(vendor.map(|vendor| vendor.evidence("vendor")));
        for party in strangers.certain.iter().chain(&strangers.possible) {
            draft = draft.evidence("trusts", words(party));
        }
        draft = draft.facts(strangers.tenant.map(|id| Evidence::new("application of", format!("tenant {}", Shown(id)))));
        draft = match found {
            Some(found) => {
                draft.facts(attested(Attests::BusinessOwnership, &found.life.business)).facts([found.entry()])
            }
            None => draft.evidence("registration", "no entry registers it, so nobody was ever asked"),
        };
        if vendor.is_none() && strangers.certain.is_empty() && strangers.tenant.is_none() {
            draft = draft
                .at_most(Confidence::Low)
                .evidence("organization", "whether they are of the company is unknown")
                .doubts(Confidence::Low, strangers.gaps.iter().copied());
        }
        if let Some(reach) = view.reach(&identity.id) {
            draft = draft.evidence("reach", reach.level.as_str());
        }
        let draft = draft
            .evidence("owner", &*record.because)
            .remedy("ask the owner for the contract: register and attest it, or remove the trust, the consent and the keys")
            .command(["census", "explain", &identity.native_id]);
        findings.identity(identity, "", draft);
    }
}

/// Those outside the company whom a role trusts.
#[derive(Default)]
struct Strangers<'a> {
    /// The tenant that its application belongs to.
    tenant: Option<&'a str>,
    certain: BTreeSet<Party>,
    /// Of whom it is not known.
    possible: BTreeSet<Party>,
    /// Why not, where that is known.
    gaps: Vec<&'a Gap>,
}

impl<'a> Strangers<'a> {
    fn of(view: &View<'a>, identity: &'a Identity) -> Self {
        let mut found = Self { tenant: foreign_tenant(view, identity), ..Self::default() };
        if identity.kind != IdentityKind::AwsRole {
            return found;
        }
        let trusts = by_principal(view, identity);
        for party in trusts.values().flatten().flat_map(|trust| parties(view, identity, trust)) {
            match party.membership(view, identity) {
                Membership::Inside => {}
                Membership::Outside => {
                    found.certain.insert(party);
                }
                Membership::Unknown(gaps) => {
                    found.possible.insert(party);
                    found.gaps = gaps;
                }
            }
        }
        found
    }

    fn is_empty(&self) -> bool {
        self.tenant.is_none() && self.certain.is_empty() && self.possible.is_empty()
    }

    fn first(&self) -> Option<String> {
        let party = self.certain.first().or(self.possible.first()).map(words);
        party.or_else(|| self.tenant.map(|id| format!("tenant {}", Shown(id))))
    }
}

fn words(party: &Party) -> String {
    match party {
        Party::Account(id) => format!("account {id}"),
        Party::Organization(id) => format!("organization {id}"),
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::ACCOUNT;
    use census_model::{Level, LifeState, Mechanism, OwnerStatus, PrincipalSet};

    use crate::testing::{Case, World, attested as given, overdue, stated};
    const OTHER: &str = "999988887777";
    const WITH_ID: &str = r#"{"StringEquals":{"sts:ExternalId":"contract-7"}}"#;
    fn vendor(w: &mut World, missed: bool) -> Identity {
        let user = w.user("scanner");
        w.registered(&user, |one| one.vendor = Some(stated("PayCo")));
        if missed {
            w.life(&user, |life| life.business = overdue(20, Some(given(400))));
        }
        user
    }
    fn trusting(w: &mut World, members: &[&str], who: PrincipalSet) -> Identity {
        if !members.is_empty() {
            w.organization(members);
        }
        let role = w.role("vendor");
        w.owner(&role, OwnerStatus::Unowned, &[]);
        w.trust(&role, who, Mechanism::AssumeRole, WITH_ID);
        role
    }
    let account = || PrincipalSet::Account(OTHER.into());
    vec![
        Case::fires("another company's application that nobody registered", |w| {
            let app = w.foreign_app("vendor");
            w.owner(&app, census_model::OwnerStatus::Unowned, &[]);
        })
        .confidence(Confidence::High)
        .says("of tenant 0dd00000"),
        Case::silent("another company's application that the business confirmed", |w| {
            let app = w.foreign_app("vendor");
            w.registered(&app, |_| ());
        }),
        Case::silent("an application of Microsoft", |w| {
            let app = w.azure(census_fixtures::azure::microsoft_principal("Yammer"));
            w.owner(&app, census_model::OwnerStatus::NotApplicable, &[]);
        }),

        Case::fires("a vendor's user, overdue", |w| {
            vendor(w, true);
        })
        .severity(Severity::Medium)
        .says("gives PayCo access")
        .says("attestations.jsonl:7"),
        Case::fires("a vendor's user that is an administrator", |w| {
            let user = vendor(w, true);
            w.reach(&user, Level::Admin);
        })
        .severity(Severity::High),
        Case::fires("a role that another company may assume, which nobody registered", move |w| {
            trusting(w, &[ACCOUNT], account());
        })
        .confidence(Confidence::High)
        .says("gives account 999988887777 access")
        .says("no entry registers it"),
        Case::fires("a role that another company may assume, registered and never attested", move |w| {
            let role = trusting(w, &[ACCOUNT], account());
            w.life(&role, |life| life.business = overdue(20, None));
        })
        .says("none was ever given"),
        Case::fires("whether the account is another company's is not known", move |w| {
            trusting(w, &[], account());
        })
        .confidence(Confidence::Low),
        Case::fires("another organization", |w| {
            w.organization(&[ACCOUNT]);
            let role = w.role("vendor");
            w.owner(&role, OwnerStatus::Unowned, &[]);
            let condition = r#"{"StringEquals":{"aws:PrincipalOrgID":"o-vendor"}}"#;
            w.trust(&role, PrincipalSet::Everyone, Mechanism::AssumeRole, condition);
        })
        .says("organization o-vendor"),
        Case::silent("a vendor's user, attested", |w| {
            vendor(w, false);
        }),
        Case::silent("a role that another company may assume, attested", move |w| {
            let role = trusting(w, &[ACCOUNT], account());
            w.registered(&role, |_| ());
        }),
        Case::silent("a role that was retired", move |w| {
            let role = trusting(w, &[ACCOUNT], account());
            w.life(&role, |life| {
                life.state = LifeState::Retired;
                life.business = overdue(20, None);
            });
        }),
        Case::silent("an account of the company", move |w| {
            trusting(w, &[ACCOUNT, OTHER], account());
        }),
        Case::silent("a service", |w| {
            trusting(w, &[ACCOUNT], PrincipalSet::Service("ec2.amazonaws.com".into()));
        }),
        Case::silent("an issuer of tokens", |w| {
            trusting(w, &[ACCOUNT], PrincipalSet::External("token.actions.githubusercontent.com".into()));
        }),
        Case::silent("what somebody outside becomes by name only, with nothing registered of a vendor", |w| {
            let user = w.user("scanner");
            w.life(&user, |life| life.business = overdue(20, None));
        }),
    ]
}
