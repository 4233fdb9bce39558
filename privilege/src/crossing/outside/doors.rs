//! The ways in: whom somebody outside can become by a token.

use std::collections::{BTreeMap, HashMap};

use census_model::{Cut, Decision, GapId, Identity, IdentityId, Outsider, Proof, Step, TechniqueId, Trust};

use crate::{
    aws::{access::Access, document::Document},
    crossing::{
        narrowing, proof_of,
        techniques::Way,
        through,
        tokens::{self, IdentityProvider, is_given},
    },
    escalation::{Certainty, cut_of, cut_of_credential},
    federation::{Asked, Subject, asked},
};

/// A way in.
pub(super) struct Door<'e> {
    pub(super) becomes: &'e Identity,
    pub(super) trust: &'e Trust,
    /// Which subjects the trust takes.
    pub(super) subject: Subject,
    pub(super) certainty: Certainty,
    pub(super) way: Way,
    /// The trust policy that lets in; a federated credential is itself the proof.
    pub(super) proof: Option<Proof>,
    /// What was not read and could stand against it.
    pub(super) limits: Vec<GapId>,
    /// Whether some whom the trust names may be turned away, so that each has to be asked about.
    excepts: bool,
}

impl Door<'_> {
    /// The step of somebody outside.
    pub(super) fn step(&self, who: &Outsider) -> Option<Step> {
        let technique = self.way.technique()?;
        Some(Step {
            technique: TechniqueId::new(&technique.id),
            from: who.id(),
            to: self.becomes.id.clone(),
            through: Some(through(self.trust)),
            says: technique.told(
                &format!(" (`{}`)", self.subject.value),
                self.certainty,
                self.proof.as_ref().map(|proof| proof.decision),
            ),
            conditional: self.certainty == Certainty::Conditional,
            proofs: self.proof.iter().cloned().collect(),
        })
    }
}

/// An identity that lets somebody outside in.
pub(super) struct Entrance<'d, 'e> {
    /// The surest way; of several an own one.
    pub(super) door: &'d Door<'e>,
    /// All of them, that one the first.
    doors: Vec<&'d Door<'e>>,
}

impl<'d, 'e> Entrance<'d, 'e> {
    /// By these ways, each with whether it is that of others whom somebody is one of.
    fn of(mut ways: Vec<(Certainty, bool, &'d Door<'e>)>) -> Option<Self> {
        ways.sort_by_key(|(certainty, is_other, _)| (*certainty, *is_other));
        let doors: Vec<&'d Door<'e>> = ways.into_iter().map(|(.., door)| door).collect();
        Some(Self { door: *doors.first()?, doors })
    }

    /// The end of all the trusts that let somebody in.
    pub(super) fn cut(&self, who: &Outsider) -> Option<Cut> {
        let of = |door: &&Door<'_>| match &door.proof {
            Some(proof) => cut_of(&who.id(), proof),
            // A federated credential is itself the proof.
            None => Some(cut_of_credential(&who.id(), door.becomes, door.trust)),
        };
        let mut cut =
            self.doors.iter().map(of).collect::<Option<Vec<_>>>()?.into_iter().reduce(|mut all, one| {
                all.grants.extend(one.grants);
                all
            })?;
        cut.grants.sort_unstable();
        cut.grants.dedup();
        Some(cut)
    }
}

/// All ways in.
#[derive(Default)]
pub(crate) struct Doors<'e> {
    /// By who comes.
    of: BTreeMap<Outsider, Vec<Door<'e>>>,
    /// Those who are everybody whom a pattern names.
    several: Vec<Outsider>,
}

impl<'e> Doors<'e> {
    pub(crate) fn new(access: &Access<'e>) -> Self {
        let mut doors = Self::default();
        let index = access.index();
        let mut policies = Policies::default();
        let mut excepting = Vec::new();
        for trust in &index.estate().trusts {
            let Some(asked) = asked(trust) else { continue };
            let Some(becomes) = index.identity(&trust.becomes) else { continue };
            // No subject asked for, or none that can be read, is any.
            let of_any = || vec![Subject::any()];
            let subjects = asked.subjects.clone().filter(|all| !all.is_empty()).unwrap_or_else(of_any);
            for subject in subjects {
                // Whoever is of the estate takes steps of its own.
                if tokens::is_of_estate(index, &asked.issuer, &subject.value) {
                    continue;
                }
                let Some(who) = subject.outsider(&asked.issuer) else { continue };
                let Some(door) = door((access, &mut policies), (becomes, trust), &asked, (&who, subject))
                else {
                    continue;
                };
                if door.excepts && who.is_several() {
                    excepting.push((asked.clone(), becomes, trust, door.subject.clone(), who.clone()));
                }
                doors.of.entry(who).or_default().push(door);
            }
        }
        doors.several = doors.outsiders().filter(|one| one.is_several()).cloned().collect();
        let all: Vec<Outsider> = doors.outsiders().cloned().collect();
        for (asked, becomes, trust, subject, several) in excepting {
            for who in all.iter().filter(|who| **who != several && who.issuer == several.issuer) {
                let Some(own) = subject.within(who) else { continue };
                if let Some(door) = door((access, &mut policies), (becomes, trust), &asked, (who, own)) {
                    doors.of.entry(who.clone()).or_default().push(door);
                }
            }
        }
        doors
    }

    /// Everybody outside.
    pub(super) fn outsiders(&self) -> impl Iterator<Item = &Outsider> {
        self.of.keys()
    }

    /// By whom somebody outside is let in, each identity once: by its own ways and those of everybody whom it is one of.
    pub(super) fn of(&self, who: &Outsider) -> Vec<Entrance<'_, 'e>> {
        let mut found: BTreeMap<&IdentityId, Vec<(Certainty, bool, &Door<'e>)>> = BTreeMap::new();
        let others = self.several.iter().filter(|other| *other != who && other.issuer == who.issuer);
        for other in std::iter::once(who).chain(others) {
            let is_other = other != who;
            let doors = self.of.get(other).into_iter().flatten();
            let lets_in = |door: &&Door<'_>| !door.excepts && door.subject.within(who).is_some();
            for door in doors.filter(|door| !is_other || lets_in(door)) {
                found.entry(&door.becomes.id).or_default().push((door.certainty, is_other, door));
            }
        }
        found.into_values().filter_map(Entrance::of).collect()
    }
}

/// The way in that a trust is for subjects that it takes; `None` where it lets none of them in.
fn door<'e>(
    (access, policies): (&Access<'e>, &mut Policies<'e>),
    (becomes, trust): (&'e Identity, &'e Trust),
    asked: &Asked,
    (who, subject): (&Outsider, Subject),
) -> Option<Door<'e>> {
    let (is_certain, way, proof, limits, excepts) = if becomes.is_program() {
        (asked.subjects.is_some() && !asked.asks_more, Way::OutsideToEntra, None, Vec::new(), false)
    } else {
        let provider = IdentityProvider::of(access.index(), becomes, trust)?;
        let of_role = policies.entry((&becomes.id, asked.issuer.clone()));
        let policy = of_role.or_insert_with(|| Policy::of(access, becomes, &asked.issuer));
        let examples = policy.examples(&subject, who);
        let answers = examples.iter().filter_map(|one| provider.takes(access, becomes, one));
        let verdict = answers.min_by_key(|verdict| tokens::order(verdict.decision))?;
        if !is_given(verdict.decision) {
            return None;
        }
        let is_certain = verdict.decision == Decision::Allowed && provider.is_sure();
        let limits = narrowing(access.index(), &verdict).into_iter().chain(provider.unread).collect();
        let proof = proof_of(Way::OutsideToAws, &becomes.native_id, verdict);
        (is_certain, Way::OutsideToAws, Some(proof), limits, policy.excepts)
    };
    let certainty = if is_certain { Certainty::Certain } else { Certainty::Conditional };
    Some(Door { becomes, trust, subject, certainty, way, proof, limits, excepts })
}

/// What trust policies say of the subjects of an issuer, each read once.
type Policies<'e> = HashMap<(&'e IdentityId, String), Policy>;

/// What a role's trust policy says beside the trust that is asked about.
struct Policy {
    /// The subjects that it names.
    named: Vec<Subject>,
    /// Whether it denies something or says what must not be.
    excepts: bool,
}

impl Policy {
    fn of(access: &Access<'_>, role: &Identity, issuer: &str) -> Self {
        let index = access.index();
        let grants = index.grants_of_resource(&role.native_id).iter();
        let texts = grants.filter_map(|grant| index.estate().policies.get(grant.policy.as_ref()?));
        let texts: Vec<&str> = texts.map(|policy| &*policy.text).collect();
        let documents = texts.iter().filter_map(|text| Document::parse(text).ok());
        Self {
            named: documents.flat_map(|document| Subject::named_in(&document, issuer)).collect(),
            excepts: texts.iter().any(|text| text.contains("Deny") || text.contains("Not")),
        }
    }

    /// Subjects of somebody to ask about, the plainest first: what of it runs that the policy names may be what lets it in.
    fn examples(&self, subject: &Subject, who: &Outsider) -> Vec<String> {
        let also = self.named.iter().filter_map(|other| other.within(who));
        subject.examples().into_iter().chain(also.flat_map(|one| one.examples())).collect()
    }
}
