//! What a technique is done to, to become an identity.

use census_model::{Identity, Mechanism, PrincipalSet, Workload, WorkloadState};

use super::{
    needs::{Assigned, Fixed, Resources},
    node::is_below,
    preconditions::{self, About},
    regions,
    steps::{Attempt, Found, Through},
};
use crate::{
    aws::{
        techniques::{On, TargetKind},
        trust::is_of_identity_center,
    },
    escalation::NodeId,
    truth::Truth,
};

impl<'s, 'e> Found<'s, 'e> {
    /// What a technique can be done to, to become an identity.
    pub(super) fn aims(&self, number: u16, to: NodeId, identity: &'e Identity) -> Vec<Attempt<'e>> {
        let Some(prepared) = self.world.prepared.get(usize::from(number)) else { return Vec::new() };
        let technique = prepared.technique;
        let index = self.world.access.index();
        let plain = |resources: Resources<'e>, through: Through<'e>, about: About<'_>| Attempt {
            number,
            to,
            given: preconditions::hold(&self.world, technique, identity, about),
            resources,
            through,
        };
        let joins = technique.needs.iter().any(|need| need.on == On::AdminGroup);
        match technique.target {
            TargetKind::User if joins => self
                .joinable(&plain(self.resources_of(identity), Through::Nothing, About::Identity), identity),
            TargetKind::User | TargetKind::Role => {
                vec![plain(self.resources_of(identity), Through::Nothing, About::Identity)]
            }
            TargetKind::Workload => index
                .workloads(&identity.id)
                .iter()
                .filter(|workload| {
                    technique.workload.contains(&workload.kind) && is_in_state(workload, &technique.states)
                })
                .map(|workload| {
                    let fixed = Fixed { region: regions::of(&workload.native_id), ..Fixed::default() };
                    let workload_id = Some(&*workload.native_id);
                    let resources = Resources { workload: workload_id, fixed, ..self.resources_of(identity) };
                    plain(resources, Through::Workload(&workload.native_id), About::Workload(workload))
                })
                .collect(),
            TargetKind::SamlProvider | TargetKind::OidcProvider => self
                .providers(technique.target, identity)
                .into_iter()
                .map(|(arn, given)| {
                    let resources = Resources { target: Some(arn), ..Resources::default() };
                    let mut attempt = plain(resources, Through::Thing(arn.into()), About::Identity);
                    attempt.given = attempt.given & given;
                    attempt
                })
                .collect(),
            TargetKind::PermissionSet if is_below(identity, "/aws-reserved/sso.amazonaws.com/") => {
                let assigned = Some(Assigned::of(&self.world, identity));
                let fixed = Fixed { assigned, ..Fixed::default() };
                vec![plain(Resources { fixed, ..Resources::default() }, Through::Nothing, About::Identity)]
            }
            TargetKind::PermissionSet | TargetKind::Group | TargetKind::Policy | TargetKind::None => {
                Vec::new()
            }
        }
    }

    /// An attempt by the groups that surely make a user an administrator, and one by those that may.
    fn joinable(&self, attempt: &Attempt<'e>, identity: &Identity) -> Vec<Attempt<'e>> {
        let groups = self.admin_groups(identity);
        let by = |sure: Truth| {
            let groups = groups.iter().filter(|(_, gives)| *gives == sure);
            let admin_groups: Vec<&str> = groups.map(|(group, _)| &*group.native_id).collect();
            let resources = Resources { admin_groups, ..attempt.resources.clone() };
            Attempt { given: attempt.given & sure, resources, ..attempt.clone() }
        };
        let both = [Truth::Yes, Truth::Maybe].map(by);
        both.into_iter().filter(|attempt| !attempt.resources.admin_groups.is_empty()).collect()
    }

    /// The identity providers by which a role can be entered, each with whether what it asserts is enough.
    pub(super) fn providers(&self, target: TargetKind, identity: &'e Identity) -> Vec<(&'e str, Truth)> {
        let (mechanism, kind) = match target {
            TargetKind::SamlProvider => (Mechanism::Saml, ":saml-provider/"),
            _ => (Mechanism::WebIdentity, ":oidc-provider/"),
        };
        let trusts = self.world.access.index().trusts(&identity.id).iter();
        let mut found: Vec<(&str, Truth)> = trusts
            .filter(|trust| trust.mechanism == mechanism)
            .filter_map(|trust| match &trust.who {
                // Identity Center's own provider is not the account's to change.
                PrincipalSet::External(arn) if arn.contains(kind) && !is_of_identity_center(arn) => {
                    let is_asserted =
                        trust.condition.as_ref().is_none_or(|condition| asserts_all(&condition.text));
                    Some((&**arn, if is_asserted { Truth::Yes } else { Truth::Maybe }))
                }
                _ => None,
            })
            .collect();
        found.sort_unstable();
        found.dedup_by(|b, a| a.0 == b.0);
        found
    }
}

/// Whether a workload can be in one of the states, as far as its state is known.
fn is_in_state(workload: &Workload, states: &[WorkloadState]) -> bool {
    workload.state.is_none_or(|state| {
        if states.is_empty() { state != WorkloadState::Ended } else { states.contains(&state) }
    })
}

/// Whether a trust's condition is only about what a SAML assertion says, which the provider writes.
fn asserts_all(condition: &str) -> bool {
    let Ok(serde_json::Value::Object(operators)) = serde_json::from_str(condition) else { return false };
    operators.values().all(|tests| {
        tests.as_object().is_some_and(|tests| {
            tests.keys().all(|key| key.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("saml:")))
        })
    })
}
