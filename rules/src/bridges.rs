//! What joins two clouds: an identity of one that the other trusts, or a workload outside that both trust.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{CloudIssuer, Identity, IdentityId, Outsider, Provider, Trust};
use census_privilege::federation::{Subject, asked};

use crate::{View, clouds};

/// Who is trusted on both sides.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Joint<'a, 't> {
    /// An identity of the estate.
    Identity(&'a Identity),
    /// A workload outside.
    Workload(&'t Outsider),
}

/// Identities of more than one cloud that one joint holds together.
#[derive(Default)]
pub(crate) struct Bridges<'a> {
    /// By the identity that others trust.
    inside: BTreeMap<&'a IdentityId, (&'a Identity, Trusting<'a>)>,
    outside: BTreeMap<Outsider, Trusting<'a>>,
}

/// Those who trust a joint.
#[derive(Default)]
pub(crate) struct Trusting<'a> {
    identities: BTreeMap<&'a IdentityId, &'a Identity>,
    pub(crate) trusts: BTreeSet<&'a Trust>,
}

impl<'a> Trusting<'a> {
    /// The identities, by id.
    pub(crate) fn identities(&self) -> impl Iterator<Item = &'a Identity> {
        self.identities.values().copied()
    }
}

impl<'a> Bridges<'a> {
    pub(crate) fn of(view: &View<'a>) -> Self {
        let mut found = Self::default();
        for identity in view.fixable() {
            for trust in view.index.trusts(&identity.id).iter().copied() {
                let Some(asked) = asked(trust) else { continue };
                for subject in asked.subjects.iter().flatten() {
                    found.add(view, identity, trust, &asked.issuer, subject);
                }
            }
        }
        let spans = |own: Option<Provider>, trusting: &Trusting<'_>| {
            let theirs = trusting.identities().map(|one| one.provider);
            theirs.chain(own).collect::<BTreeSet<_>>().len() > 1
        };
        found.inside.retain(|_, (identity, trusting)| spans(Some(identity.provider), trusting));
        found.outside.retain(|_, trusting| spans(None, trusting));
        found
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (Joint<'a, '_>, &Trusting<'a>)> {
        let inside = self.inside.values().map(|(identity, trusting)| (Joint::Identity(identity), trusting));
        let outside = self.outside.iter().map(|(outsider, trusting)| (Joint::Workload(outsider), trusting));
        inside.chain(outside)
    }

    fn add(
        &mut self,
        view: &View<'a>,
        becomes: &'a Identity,
        trust: &'a Trust,
        issuer: &str,
        subject: &Subject,
    ) {
        let trusting = match CloudIssuer::of(issuer) {
            Some(cloud) => {
                let named = clouds::subject(cloud, view, &subject.value)
                    .filter(|one| one.provider != becomes.provider);
                let Some(named) = named else { return };
                &mut self.inside.entry(&named.id).or_insert_with(|| (named, Trusting::default())).1
            }
            None => {
                let Some(one) = subject.outsider(issuer).filter(|one| !one.is_several()) else { return };
                self.outside.entry(one).or_default()
            }
        };
        trusting.identities.insert(&becomes.id, becomes);
        trusting.trusts.insert(trust);
    }
}
