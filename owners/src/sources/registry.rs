//! What the registry claims.

use std::collections::{BTreeMap, HashMap};

use census_model::{Claim, ClaimSource, Estate, Evidence, Identity, Successor, SuccessorReason};
use jiff::civil::Date;

use super::{Names, attestation::Attestation, breadth::Strangers};
use crate::{
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
    today: Date,
}

/// What the registry says about one identity.
#[derive(Debug, Default)]
pub(crate) struct Registered {
    /// What it claims.
    pub(crate) claims: Vec<Claim>,
    /// Who stands in for the owner, by the entry that names the identity most closely first.
    pub(crate) backups: Vec<Successor>,
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
    claim: Claim,
}

impl<'a> RegistrySource<'a> {
    /// Prepares the entries for the identities of an estate.
    pub(crate) fn new(estate: &'a Estate, registry: &'a Registry, today: Date) -> Self {
        let mut exact: HashMap<&str, Exact<'_>> = HashMap::new();
        let mut patterns: BTreeMap<&str, Vec<&RegistryEntry>> = BTreeMap::new();
        for entry in registry.entries() {
            if entry.is_pattern() {
                patterns.entry(&entry.identity).or_default().push(entry);
            } else {
                exact.entry(&entry.identity).or_default().entries.push(entry);
            }
        }
        for names in estate.identities.iter().map(Names::of) {
            names.ids().for_each(|id| count(&mut exact, id, |found| found.ids += 1));
            names.aliases().for_each(|alias| count(&mut exact, alias, |found| found.aliases += 1));
        }
        let patterns: Vec<_> = patterns
            .into_iter()
            .map(|(text, entries)| PatternEntries { pattern: Pattern::new(text), entries, matched: false })
            .collect();
        let set = PatternSet::new(
            patterns.iter().map(|found| found.pattern.clone()).collect(),
            estate.identities.iter().map(Names::of),
        );
        Self { exact, patterns, set, strangers: Strangers::of(estate), today }
    }

    /// What the registry claims about one identity.
    pub(crate) fn claims(&mut self, identity: &Identity) -> Registered {
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
            .flat_map(|group| closest(hits.iter().filter(|hit| group.contains(&hit.claim.source))))
            .collect();
        Registered { claims, backups }
    }

    /// The entries that named no identity, but for those that say themselves that they were retired. Only complete once
    /// every identity was asked about.
    pub(crate) fn unmatched(&self) -> impl Iterator<Item = &'a RegistryEntry> {
        let exact =
            self.exact.values().filter(|found| found.ids + found.aliases == 0).map(|found| &found.entries);
        let patterns = self.patterns.iter().filter(|found| !found.matched).map(|found| &found.entries);
        exact.chain(patterns).flatten().copied().filter(|entry| entry.retired.is_none())
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
                let mut hit = self.hit(entry, Closeness::Exact, identity);
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
            let Some(found) = self.patterns.get(index) else { continue };
            let broad = self.strangers.are_matched(&found.pattern, &identity.scope);
            let closeness = Closeness::Pattern(found.pattern.specificity());
            for entry in &found.entries {
                let mut hit = self.hit(entry, closeness, identity);
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

    fn hit(&self, entry: &'a RegistryEntry, closeness: Closeness, identity: &Identity) -> Hit<'a> {
        let attestation = Attestation::of(entry, identity, self.today);
        let source = match attestation {
            Attestation::Current(_) => ClaimSource::AttestedRegistryRecord,
            _ => ClaimSource::RegistryRecord,
        };
        let location = entry.location.to_string();
        let mut evidence = vec![Evidence::new("registry entry", &*entry.identity).from_source(&*location)];
        evidence.extend(attestation.evidence().map(|fact| fact.from_source(&*location)));
        let claim = Claim {
            source,
            business_owner: entry.business_owner.clone(),
            technical_steward: entry.technical_steward.clone(),
            evidence,
        };
        let mut hit = Hit { entry, closeness, claim };
        if let Some(last) = entry.expires.filter(|_| entry.has_expired(self.today)) {
            hit.weaken(ClaimSource::ExpiredRegistryRecord, Evidence::new("expired", last.to_string()));
        }
        if let Some(status) = &entry.retired {
            hit.weaken(ClaimSource::RetiredRegistryRecord, Evidence::new("retired", status.clone()));
        }
        hit
    }
}

impl Hit<'_> {
    /// Gives the claim a weaker source, with the reason. A record that has ended stays one whatever else weakens it.
    fn weaken(&mut self, source: ClaimSource, reason: Evidence) {
        let ended = [ClaimSource::ExpiredRegistryRecord, ClaimSource::RetiredRegistryRecord];
        if !ended.contains(&self.claim.source) {
            self.claim.source = source;
        }
        self.claim.evidence.push(reason.from_source(self.entry.location.to_string()));
    }
}

fn count<'a>(exact: &mut HashMap<&str, Exact<'a>>, name: &str, add: impl FnOnce(&mut Exact<'a>)) {
    if let Some(found) = exact.get_mut(name) {
        add(found);
    }
}

/// The claims of the closest entries. A closer entry overrides one that is less close; where it names only a steward
/// or only an owner, it overrides only that.
fn closest<'h, 'a: 'h>(hits: impl Iterator<Item = &'h Hit<'a>>) -> Vec<Claim> {
    let hits: Vec<&Hit<'_>> = hits.collect();
    let top = |names: fn(&Claim) -> bool| {
        hits.iter().filter(|hit| names(&hit.claim)).map(|hit| hit.closeness).max()
    };
    let owner = top(|claim| claim.business_owner.is_some());
    let steward = top(|claim| claim.technical_steward.is_some());
    let (mut kept, mut overridden) = (Vec::new(), Vec::new());
    for hit in &hits {
        let closeness = Some(hit.closeness);
        let mut claim = hit.claim.clone();
        claim.business_owner = claim.business_owner.filter(|_| closeness >= owner);
        claim.technical_steward = claim.technical_steward.filter(|_| closeness >= steward);
        let says_nothing = claim.business_owner.is_none() && claim.technical_steward.is_none();
        if says_nothing && hit.closeness != Closeness::Exact {
            overridden.push(*hit);
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
