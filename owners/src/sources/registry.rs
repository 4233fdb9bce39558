//! What the registry claims.

use std::collections::{BTreeMap, HashMap};

use census_model::{
    Attests, BroadEntry, Claim, ClaimSource, Estate, Evidence, Identity, Review, Successor, SuccessorReason,
};

use super::{Names, breadth::Strangers};
use crate::{
    life::{Reviewer, Terms, attestation_evidence},
    owner_name,
    pattern::Pattern,
    pattern_set::PatternSet,
    registry::{Registry, RegistryEntry},
};

/// How many entries that a more specific one overrides are shown as its evidence.
const OVERRIDDEN_SHOWN: usize = 3;

/// Claims of registry records.
#[derive(Debug)]
pub(crate) struct RegistrySource<'a> {
    exact: HashMap<&'a str, Exact<'a>>,
    patterns: Vec<PatternEntries<'a>>,
    set: PatternSet,
    strangers: Strangers<'a>,
    reviewer: &'a Reviewer<'a>,
}

/// What the registry says about one identity.
#[derive(Debug)]
pub(crate) struct Registered<'a> {
    /// What it claims.
    pub(crate) claims: Vec<Claim>,
    /// Who stands in for the owner, by the entry that names the identity most closely first.
    pub(crate) backups: Vec<Successor>,
    /// What the entries that register it ask for; nothing where none does.
    pub(crate) terms: Option<Terms<'a>>,
}

/// The entries of one id or name.
#[derive(Debug, Default)]
struct Exact<'a> {
    entries: Vec<&'a RegistryEntry>,
    /// How many identities have it as an id.
    ids: usize,
    /// How many have it as a name.
    aliases: usize,
}

/// The entries of one pattern.
#[derive(Debug)]
struct PatternEntries<'a> {
    pattern: Pattern,
    entries: Vec<&'a RegistryEntry>,
    matched: bool,
    /// How many identities it matches whatever they are called.
    broad: usize,
}

/// How closely an entry names an identity; the greater wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    /// By a pattern of so many literal characters.
    Pattern(usize),
    /// By an id or name.
    Exact,
}

/// An entry that names an identity.
#[derive(Clone, Debug)]
struct Hit<'a> {
    entry: &'a RegistryEntry,
    closeness: Closeness,
    /// As what it counts. Whether it is attested is another question.
    source: ClaimSource,
    /// Why it counts for less than a record, where it does.
    weaknesses: Vec<Evidence>,
}

/// A hit and what it claims.
#[derive(Clone, Debug)]
struct Claimed<'a> {
    hit: Hit<'a>,
    claim: Claim,
}

impl<'a> RegistrySource<'a> {
    /// Prepares the entries for the identities of an estate.
    pub(crate) fn new(estate: &'a Estate, registry: &'a Registry, reviewer: &'a Reviewer<'a>) -> Self {
        let mut exact: HashMap<&str, Exact<'_>> = HashMap::new();
        let mut patterns: BTreeMap<&str, Vec<&RegistryEntry>> = BTreeMap::new();
        for entry in registry.entries() {
            if entry.is_pattern() {
                patterns.entry(&entry.key).or_default().push(entry);
            } else {
                exact.entry(&entry.key).or_default().entries.push(entry);
            }
        }
        for names in estate.identities.iter().map(Names::of) {
            names.ids().for_each(|id| count(&mut exact, id, |found| found.ids += 1));
            names.aliases().for_each(|alias| count(&mut exact, alias, |found| found.aliases += 1));
        }
        let patterns: Vec<_> = patterns
            .into_iter()
            .map(|(text, entries)| PatternEntries {
                pattern: Pattern::new(text),
                entries,
                matched: false,
                broad: 0,
            })
            .collect();
        let set = PatternSet::new(
            patterns.iter().map(|found| found.pattern.clone()).collect(),
            estate.identities.iter().map(Names::of),
        );
        Self { exact, patterns, set, strangers: Strangers::of(estate), reviewer }
    }

    /// What the registry claims about one identity.
    pub(crate) fn claims(&mut self, identity: &Identity) -> Registered<'a> {
        let mut hits = self.exact_hits(identity);
        hits.extend(self.pattern_hits(identity));
        hits.sort_by_key(|hit| (std::cmp::Reverse(hit.closeness), &hit.entry.location));
        let backup = |hit: &Hit<'_>| {
            let who = hit.entry.backup.clone()?;
            Some(Successor {
                reason: SuccessorReason::Backup,
                evidence: Some(
                    Evidence::new("registry entry", &*hit.entry.identity)
                        .from_source(hit.entry.location.to_string()),
                ),
                who,
            })
        };
        let backups = hits.iter().filter_map(backup).collect();
        let registering: Vec<_> =
            hits.iter().filter(|hit| hit.registers()).map(|hit| (hit.entry, hit.closeness)).collect();
        let terms = Terms::of(&registering, self.reviewer.today);
        let review = |hit: &Hit<'a>| {
            let terms = terms.as_ref().filter(|terms| terms.is_attested_by(hit.entry))?;
            Some(self.reviewer.review(Attests::BusinessOwnership, terms, &[hit.entry], identity))
        };
        let claimed: Vec<_> =
            hits.into_iter().map(|hit| Claimed { claim: hit.claim(review(&hit).as_ref()), hit }).collect();
        let sources = [
            // Both are records that count in full, so the closer of them wins whether attested or not.
            vec![ClaimSource::AttestedRegistryRecord, ClaimSource::RegistryRecord],
            vec![ClaimSource::BroadRegistryPattern],
            vec![ClaimSource::AmbiguousRegistryName],
            vec![ClaimSource::ExpiredRegistryRecord],
            vec![ClaimSource::RetiredRegistryRecord],
        ];
        let claims = sources
            .into_iter()
            .flat_map(|group| closest(claimed.iter().filter(|one| group.contains(&one.claim.source))))
            .collect();
        Registered { claims, backups, terms }
    }

    /// The entries that named no identity, but for those that say themselves that they were retired. Only complete once
    /// every identity was asked about.
    pub(crate) fn unmatched(&self) -> impl Iterator<Item = &'a RegistryEntry> {
        let exact =
            self.exact.values().filter(|found| found.ids + found.aliases == 0).map(|found| &found.entries);
        let patterns = self.patterns.iter().filter(|found| !found.matched).map(|found| &found.entries);
        exact.chain(patterns).flatten().copied().filter(|entry| entry.retired.is_none())
    }

    /// The entries too broad to register what they match, but for those that have ended. Only complete once every
    /// identity was asked about.
    pub(crate) fn broad(&self) -> Vec<BroadEntry> {
        let today = self.reviewer.today;
        let of = |found: &PatternEntries<'a>, entry: &RegistryEntry| BroadEntry {
            identity: entry.identity.clone(),
            location: entry.location.to_string().into(),
            business_owner: entry.business_owner.clone(),
            matches: found.broad,
        };
        let broad = self.patterns.iter().filter(|found| found.broad > 0);
        let entries = broad.flat_map(|found| found.entries.iter().map(move |entry| (found, *entry)));
        let live = entries.filter(|(_, entry)| entry.retired.is_none() && !entry.has_expired(today));
        let mut all: Vec<BroadEntry> = live.map(|(found, entry)| of(found, entry)).collect();
        all.sort_unstable();
        all
    }

    fn exact_hits(&self, identity: &Identity) -> Vec<Hit<'a>> {
        let names = Names::of(identity);
        let ids = names.ids().filter_map(|id| self.exact.get(id)).map(|found| (found, 1));
        // Who gives an identity a name that is another one's id gains nothing by it.
        let aliases = names
            .aliases()
            .filter_map(|alias| self.exact.get(alias))
            .filter(|found| found.ids == 0)
            .map(|found| (found, found.aliases));
        let mut hits: Vec<Hit<'_>> = Vec::new();
        for (found, bearers) in ids.chain(aliases) {
            for entry in &found.entries {
                let mut hit = self.hit(entry, Closeness::Exact);
                if bearers > 1 {
                    hit.weaken(
                        ClaimSource::AmbiguousRegistryName,
                        Evidence::new("ambiguous name", format!("{bearers} identities are called so")),
                    );
                }
                hits.push(hit);
            }
        }
        hits
    }

    fn pattern_hits(&mut self, identity: &Identity) -> Vec<Hit<'a>> {
        let names = Names::of(identity);
        let matching: Vec<usize> = self.set.matching(&names).collect();
        let mut hits = Vec::new();
        for index in matching {
            let Some(found) = self.patterns.get_mut(index) else { continue };
            found.matched = true;
            let broad = self.strangers.are_matched(&found.pattern, &identity.scope);
            found.broad += usize::from(broad);
            let Some(found) = self.patterns.get(index) else { continue };
            let closeness = Closeness::Pattern(found.pattern.specificity());
            for entry in &found.entries {
                let mut hit = self.hit(entry, closeness);
                if broad {
                    hit.weaken(
                        ClaimSource::BroadRegistryPattern,
                        Evidence::new(
                            "broad pattern",
                            "matches identities of this scope whatever their name",
                        ),
                    );
                }
                hits.push(hit);
            }
        }
        hits
    }

    fn hit(&self, entry: &'a RegistryEntry, closeness: Closeness) -> Hit<'a> {
        let mut hit = Hit { entry, closeness, source: ClaimSource::RegistryRecord, weaknesses: Vec::new() };
        if let Some(last) = entry.expires.filter(|_| entry.has_expired(self.reviewer.today)) {
            hit.weaken(ClaimSource::ExpiredRegistryRecord, Evidence::new("expired", last.to_string()));
        }
        if let Some(status) = &entry.retired {
            hit.weaken(ClaimSource::RetiredRegistryRecord, Evidence::new("retired", status.clone()));
        }
        hit
    }
}

impl Hit<'_> {
    /// Makes it count as a weaker source, with the reason. A record that has ended stays one whatever else weakens it.
    fn weaken(&mut self, source: ClaimSource, reason: Evidence) {
        if !self.ended() {
            self.source = source;
        }
        self.weaknesses.push(reason.from_source(self.entry.location.to_string()));
    }

    fn ended(&self) -> bool {
        matches!(self.source, ClaimSource::ExpiredRegistryRecord | ClaimSource::RetiredRegistryRecord)
    }

    /// Whether it says something about this very identity, now or until it ended.
    fn registers(&self) -> bool {
        let full = self.source == ClaimSource::RegistryRecord;
        full || (self.ended() && self.weaknesses.len() == 1)
    }

    /// What it claims, with the review of business ownership where that rests on it.
    fn claim(&self, review: Option<&Review>) -> Claim {
        let attested = self.source == ClaimSource::RegistryRecord && review.is_some_and(Review::holds);
        let entry = Evidence::new("registry entry", &*self.entry.identity)
            .from_source(self.entry.location.to_string());
        let mut evidence = vec![entry];
        evidence.extend(
            review.into_iter().flat_map(|review| attestation_evidence(Attests::BusinessOwnership, review)),
        );
        evidence.extend(self.weaknesses.iter().cloned());
        Claim {
            source: if attested { ClaimSource::AttestedRegistryRecord } else { self.source },
            business_owner: self.entry.business_owner.clone(),
            technical_steward: self.entry.technical_steward.clone(),
            evidence,
        }
    }
}

fn count<'a>(exact: &mut HashMap<&str, Exact<'a>>, name: &str, add: impl FnOnce(&mut Exact<'a>)) {
    if let Some(found) = exact.get_mut(name) {
        add(found);
    }
}

/// The claims of the closest entries. A closer entry overrides one that is less close; where it names only a steward
/// or only an owner, it overrides only that.
fn closest<'h, 'a: 'h>(claimed: impl Iterator<Item = &'h Claimed<'a>>) -> Vec<Claim> {
    let claimed: Vec<&Claimed<'_>> = claimed.collect();
    let top = |names: fn(&Claim) -> bool| {
        claimed.iter().filter(|one| names(&one.claim)).map(|one| one.hit.closeness).max()
    };
    let owner = top(|claim| claim.business_owner.is_some());
    let steward = top(|claim| claim.technical_steward.is_some());
    let (mut kept, mut overridden) = (Vec::new(), Vec::new());
    for Claimed { hit, claim } in claimed {
        let closeness = Some(hit.closeness);
        let mut claim = claim.clone();
        claim.business_owner = claim.business_owner.filter(|_| closeness >= owner);
        claim.technical_steward = claim.technical_steward.filter(|_| closeness >= steward);
        let says_nothing = claim.business_owner.is_none() && claim.technical_steward.is_none();
        if says_nothing && hit.closeness != Closeness::Exact {
            overridden.push(hit);
        } else {
            kept.push(claim);
        }
    }
    overridden.sort_by_key(|hit| (std::cmp::Reverse(hit.closeness), &hit.entry.location));
    for claim in kept.iter_mut().filter(|claim| claim.business_owner.is_some()) {
        note_overridden(claim, &overridden);
    }
    kept
}

/// Shows what a claim overrides, nearest first, where that names another owner.
fn note_overridden(winner: &mut Claim, overridden: &[&Hit<'_>]) {
    let key = winner.business_owner.as_deref().map(owner_name::key);
    let differs = |hit: &&&Hit<'_>| {
        let other = hit.entry.business_owner.as_deref().map(owner_name::key);
        other.is_some() && other != key
    };
    for hit in overridden.iter().filter(differs).take(OVERRIDDEN_SHOWN) {
        let owner = hit.entry.business_owner.as_deref().unwrap_or_default();
        winner.evidence.push(
            Evidence::new("overrides", format!("{} of {owner}", hit.entry.identity))
                .from_source(hit.entry.location.to_string()),
        );
    }
}
