//! From claims to one owner.

use std::collections::BTreeMap;

use census_model::{
    Band, Claim, ClaimSource, Departure, Evidence, GapId, Identity, NamedParty, NatureKind, OwnerRecord,
    OwnerRole, OwnerStatus, PartyKind, Successor, Text,
};

use crate::{
    people::{Employment, Parties, Party, PartyKey, Person, mixed_scripts},
    succession,
};

/// What is said about an identity, and by what more could be.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    /// The claims, in no order.
    pub(crate) all: Vec<Claim>,
    /// Who stands in for the owner, by the registry.
    pub(crate) backups: Vec<Successor>,
    /// Gaps that may hide claims.
    pub(crate) hidden: Vec<GapId>,
}

/// Weighs the claims about an identity. The strongest band that names a business owner decides: one owner there is
/// the owner, two are a conflict, and lower bands are shown only. An owner who left is none.
pub(crate) fn decide(identity: &Identity, claims: Claims, parties: &Parties<'_>) -> OwnerRecord {
    let Claims { all, backups, mut hidden } = claims;
    let claims = in_order(all, parties);
    let band = claims.iter().filter(|claim| claim.business_owner.is_some()).map(Claim::band).min();
    let owners = Names::of(&claims, band, parties, |claim| claim.business_owner.as_ref());
    let stewards = Names::of(&claims, band, parties, |claim| claim.technical_steward.as_ref());
    if let Some(reason) = not_applicable(identity, band) {
        return nobodys(reason, &owners, &stewards, claims);
    }
    let departed = departures(&owners, &stewards, parties);
    let (status, because) = match band {
        None if hidden.is_empty() && !identity.nature.open.is_empty() => {
            hidden.extend(identity.nature.open.iter().cloned());
            (OwnerStatus::Unknown, "whether it is a person's own account could not be told".to_owned())
        }
        None if hidden.is_empty() => (OwnerStatus::Unowned, unnamed(&claims)),
        None => (OwnerStatus::Unknown, "no claim was seen, but not every source could be read".to_owned()),
        Some(_) if !owners.is_empty() && owners.all_left(&departed) => {
            (OwnerStatus::Departed, left(&departed))
        }
        Some(band) if owners.several() => (OwnerStatus::Conflict, owners.conflict(band)),
        Some(band) => {
            let status = if band == Band::I { OwnerStatus::Registered } else { OwnerStatus::Inferred };
            (status, agreed(&claims, band, &stewards, &hidden))
        }
    };
    let because = because + &owners.doubts(parties) + &stewards_left(&departed);
    let gaps = match status {
        OwnerStatus::Unknown | OwnerStatus::Inferred | OwnerStatus::Conflict => hidden,
        _ => Vec::new(),
    };
    let successors = match status {
        OwnerStatus::Departed => succession::successors(&claims, backups, &owners.texts(), parties),
        _ => Vec::new(),
    };
    OwnerRecord {
        status,
        business_owner: owners.only(),
        technical_steward: stewards.only(),
        claims,
        gaps,
        parties: named(&owners, &stewards, parties),
        departed,
        successors,
        registration: None,
        life: None,
        because: because.into(),
    }
}

/// The record of what nobody in the company has to own: who is named is shown, and what became of them matters not.
fn nobodys(because: String, owners: &Names, stewards: &Names, claims: Vec<Claim>) -> OwnerRecord {
    OwnerRecord {
        status: OwnerStatus::NotApplicable,
        business_owner: owners.only(),
        technical_steward: stewards.only(),
        claims,
        gaps: Vec::new(),
        parties: Vec::new(),
        departed: Vec::new(),
        successors: Vec::new(),
        registration: None,
        life: None,
        because: because.into(),
    }
}

/// Strongest first, each statement once with the evidence of all who make it.
fn in_order(claims: Vec<Claim>, parties: &Parties<'_>) -> Vec<Claim> {
    type Statement = (Band, ClaimSource, Option<PartyKey>, Option<PartyKey>);
    let key = |name: &Option<Text>| name.as_ref().map(|name| parties.resolve(name).key);
    let mut merged: BTreeMap<Statement, Claim> = BTreeMap::new();
    for claim in claims {
        let statement =
            (claim.band(), claim.source, key(&claim.business_owner), key(&claim.technical_steward));
        match merged.get_mut(&statement) {
            None => {
                merged.insert(statement, claim);
            }
            Some(known) => {
                // Of several spellings the smallest stays, so that the order of files does not matter.
                known.business_owner = known.business_owner.take().min(claim.business_owner);
                known.technical_steward = known.technical_steward.take().min(claim.technical_steward);
                known.evidence.extend(claim.evidence);
            }
        }
    }
    let sorted = |mut claim: Claim| {
        claim.evidence.sort_by(|a, b| by_place(a).cmp(&by_place(b)));
        claim.evidence.dedup();
        claim
    };
    merged.into_values().map(sorted).collect()
}

/// What was attested comes last; the rest by source, in which the entry itself comes first and what is shown beside it
/// comes last.
fn by_place(evidence: &Evidence) -> (bool, &Option<Text>, u8, &str, &str) {
    let rank = match &*evidence.label {
        "registry entry" => 0,
        label if label.starts_with("also ") => 2,
        _ => 1,
    };
    let attested = &*evidence.label == "business attestation";
    (attested, &evidence.source, rank, &evidence.label, &evidence.value)
}

/// Whom one band names, each under what spellings have in common.
#[derive(Default)]
struct Names(BTreeMap<PartyKey, Name>);

/// One whom a band names.
struct Name {
    /// As it is written; of several spellings the first.
    written: Text,
    /// As it is shown.
    label: Text,
}

impl Names {
    fn of<'a>(
        claims: &'a [Claim],
        band: Option<Band>,
        parties: &Parties<'_>,
        name: impl Fn(&'a Claim) -> Option<&'a Text>,
    ) -> Self {
        let mut names = BTreeMap::new();
        for text in claims.iter().filter(|claim| Some(claim.band()) == band).filter_map(name) {
            let resolved = parties.resolve(text);
            names
                .entry(resolved.key)
                .or_insert_with(|| Name { written: text.clone(), label: resolved.label });
        }
        Self(names)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn several(&self) -> bool {
        self.0.len() > 1
    }

    /// The name, if there is exactly one.
    fn only(&self) -> Option<Text> {
        self.0.values().next().filter(|_| !self.several()).map(|name| name.label.clone())
    }

    fn texts(&self) -> Vec<Text> {
        self.0.values().map(|name| name.written.clone()).collect()
    }

    fn all_left(&self, departed: &[Departure]) -> bool {
        let owners = departed.iter().filter(|one| one.role == OwnerRole::BusinessOwner);
        owners.count() == self.0.len()
    }

    fn conflict(&self, band: Band) -> String {
        let mut names: Vec<&str> = self.0.values().map(|name| &*name.label).collect();
        names.sort_unstable();
        format!("claims of band {} name different owners: {}", band.as_str(), names.join(", "))
    }

    /// What a person should know of the names: those of several people or teams, and those that mix alphabets, as names
    /// do that are made to look like another.
    fn doubts(&self, parties: &Parties<'_>) -> String {
        let mut text = String::new();
        for name in self.0.values() {
            if let Party::Several(number) = parties.resolve(&name.written).party {
                text.push_str(&format!("; {number} people or teams are called {}", name.label));
            }
            if let Party::Person(Person { employment: Employment::Unread, .. }) =
                parties.resolve(&name.written).party
            {
                text.push_str(&format!("; whether {} is still here was not read", name.label));
            }
            if let Some(scripts) = mixed_scripts(&name.label) {
                text.push_str(&format!("; {} mixes alphabets ({scripts})", name.label));
            }
        }
        text
    }
}

/// Whom the names mean, by role and name.
fn named(owners: &Names, stewards: &Names, parties: &Parties<'_>) -> Vec<NamedParty> {
    let of = |role: OwnerRole, name: &Name| NamedParty {
        role,
        who: name.label.clone(),
        kind: match parties.resolve(&name.written).party {
            Party::Person(_) => PartyKind::Person,
            Party::Group(_) => PartyKind::Team,
            Party::Several(number) => PartyKind::Several(number),
            Party::Unlisted => PartyKind::Unlisted,
        },
        scripts: mixed_scripts(&name.label).map(Into::into),
    };
    let owners = owners.0.values().map(|name| of(OwnerRole::BusinessOwner, name));
    let stewards = stewards.0.values().map(|name| of(OwnerRole::TechnicalSteward, name));
    let mut all: Vec<NamedParty> = owners.chain(stewards).collect();
    all.sort_unstable();
    all
}

/// Those who are named and have left.
fn departures(owners: &Names, stewards: &Names, parties: &Parties<'_>) -> Vec<Departure> {
    let of = |names: &Names, role: OwnerRole| -> Vec<Departure> {
        let gone = |name: &Name| {
            Some(Departure { role, who: name.label.clone(), evidence: parties.departure(&name.written)? })
        };
        names.0.values().filter_map(gone).collect()
    };
    let mut all = of(owners, OwnerRole::BusinessOwner);
    all.extend(of(stewards, OwnerRole::TechnicalSteward));
    all.sort_unstable();
    all
}

fn left(departed: &[Departure]) -> String {
    let owners = departed.iter().filter(|one| one.role == OwnerRole::BusinessOwner);
    let words: Vec<String> = owners.map(|one| format!("{} left {}", one.who, when(one))).collect();
    words.join("; ")
}

fn stewards_left(departed: &[Departure]) -> String {
    let stewards = departed.iter().filter(|one| one.role == OwnerRole::TechnicalSteward);
    stewards.map(|one| format!("; the steward {} left {}", one.who, when(one))).collect()
}

fn when(departure: &Departure) -> String {
    let source = departure.evidence.source.as_deref().unwrap_or("directory");
    format!("{} ({source})", departure.evidence.value)
}

/// A provider's own identities have no owner here; nor have people's accounts, unless somebody took them into a
/// registry or tagged them as required.
fn not_applicable(identity: &Identity, band: Option<Band>) -> Option<String> {
    if let Some(manager) = &identity.managed_by {
        return Some(format!("managed by {} ({})", manager.name, manager.evidence));
    }
    if identity.deleted.is_some() {
        return Some("it was deleted, and whoever restores it answers for it".to_owned());
    }
    let claimed = matches!(band, Some(Band::I | Band::II));
    if identity.nature.kind == NatureKind::Human && !claimed {
        return Some(format!("used by a person ({})", identity.nature.reasons.join(", ")));
    }
    None
}

fn unnamed(claims: &[Claim]) -> String {
    let steward = claims.iter().find_map(|claim| claim.technical_steward.as_ref().map(|name| (claim, name)));
    match (steward, claims.first()) {
        (Some((claim, name)), _) => {
            format!("only a technical steward is named: {name}, by {}", place(claim))
        }
        (None, Some(claim)) => format!("{} names no business owner", place(claim)),
        (None, None) => "no source names an owner".to_owned(),
    }
}

fn agreed(claims: &[Claim], band: Band, stewards: &Names, hidden: &[GapId]) -> String {
    let names_owner = |claim: &&Claim| claim.band() == band && claim.business_owner.is_some();
    let mut because = claims.iter().find(names_owner).map(place).unwrap_or_default();
    if stewards.several() {
        let names: Vec<&str> = stewards.0.values().map(|name| &*name.label).collect();
        because.push_str(&format!("; different stewards are named: {}", names.join(", ")));
    }
    if band != Band::I && !hidden.is_empty() {
        because.push_str("; not every source could be read");
    }
    because
}

/// What a claim rests on: its source and its first evidence.
fn place(claim: &Claim) -> String {
    let source = claim.source.as_str();
    match claim.evidence.first() {
        None => source.to_owned(),
        Some(Evidence { label, value, source: None }) => format!("{source}: {label} {value}"),
        Some(Evidence { label, value, source: Some(at) }) => format!("{source}: {label} {value} ({at})"),
    }
}
