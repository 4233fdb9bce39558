//! From claims to one owner.

use std::collections::BTreeMap;

use census_model::{
    Band, Claim, ClaimSource, Evidence, GapId, Identity, NatureKind, OwnerRecord, OwnerStatus, Text,
};

use crate::owner_name::key;

/// Weighs the claims about an identity. The strongest band that names a business owner decides: one owner there is
/// the owner, two are a conflict, and lower bands are shown only. `hidden` are gaps that may hide claims.
pub(crate) fn decide(identity: &Identity, claims: Vec<Claim>, mut hidden: Vec<GapId>) -> OwnerRecord {
    let claims = in_order(claims);
    let band = claims.iter().filter(|claim| claim.business_owner.is_some()).map(Claim::band).min();
    let owners = band.map_or_else(Names::default, |band| named(&claims, band, |c| c.business_owner.as_ref()));
    let stewards =
        band.map_or_else(Names::default, |band| named(&claims, band, |c| c.technical_steward.as_ref()));
    let (status, because) = if let Some(reason) = not_applicable(identity, band) {
        (OwnerStatus::NotApplicable, reason)
    } else {
        match band {
            None if hidden.is_empty() && !identity.nature.open.is_empty() => {
                hidden.extend(identity.nature.open.iter().cloned());
                (OwnerStatus::Unknown, "whether it is a person's own account could not be told".to_owned())
            }
            None if hidden.is_empty() => (OwnerStatus::Unowned, unnamed(&claims)),
            None => {
                (OwnerStatus::Unknown, "no claim was seen, but not every source could be read".to_owned())
            }
            Some(band) if owners.several() => (OwnerStatus::Conflict, conflict(&owners, band)),
            Some(band) => {
                let status = if band == Band::I { OwnerStatus::Registered } else { OwnerStatus::Inferred };
                (status, agreed(&claims, band, &stewards, &hidden))
            }
        }
    };
    let gaps = match status {
        OwnerStatus::Unknown | OwnerStatus::Inferred | OwnerStatus::Conflict => hidden,
        _ => Vec::new(),
    };
    OwnerRecord {
        status,
        business_owner: owners.only(),
        technical_steward: stewards.only(),
        claims,
        gaps,
        because: because.into(),
    }
}

/// Strongest first, each statement once with the evidence of all who make it.
fn in_order(claims: Vec<Claim>) -> Vec<Claim> {
    type Statement = (Band, ClaimSource, Option<String>, Option<String>);
    let mut merged: BTreeMap<Statement, Claim> = BTreeMap::new();
    for claim in claims {
        let owner = claim.business_owner.as_deref().map(key);
        let steward = claim.technical_steward.as_deref().map(key);
        match merged.get_mut(&(claim.band(), claim.source, owner.clone(), steward.clone())) {
            None => {
                merged.insert((claim.band(), claim.source, owner, steward), claim);
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

/// By source, in which the entry itself comes first and what is shown beside comes last.
fn by_place(evidence: &Evidence) -> (&Option<Text>, u8, &str, &str) {
    let rank = match &*evidence.label {
        "registry entry" => 0,
        label if label.starts_with("also ") => 2,
        _ => 1,
    };
    (&evidence.source, rank, &evidence.label, &evidence.value)
}

/// The names that one band gives, each spelling under what it has in common with others.
#[derive(Default)]
struct Names(BTreeMap<String, Text>);

impl Names {
    fn several(&self) -> bool {
        self.0.len() > 1
    }

    /// The name, if there is exactly one.
    fn only(&self) -> Option<Text> {
        self.0.values().next().filter(|_| !self.several()).cloned()
    }
}

/// Claims come strongest first, and the first spelling stays.
fn named<'a>(claims: &'a [Claim], band: Band, name: impl Fn(&'a Claim) -> Option<&'a Text>) -> Names {
    let mut names = BTreeMap::new();
    for text in claims.iter().filter(|claim| claim.band() == band).filter_map(name) {
        names.entry(key(text)).or_insert_with(|| text.clone());
    }
    Names(names)
}

/// A provider's own identities have no owner here; nor have people's accounts, unless somebody took them into a
/// registry or tagged them as required.
fn not_applicable(identity: &Identity, band: Option<Band>) -> Option<String> {
    if let Some(manager) = &identity.managed_by {
        return Some(format!("managed by {} ({})", manager.name, manager.evidence));
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

fn conflict(owners: &Names, band: Band) -> String {
    let names: Vec<&str> = owners.0.values().map(|name| &**name).collect();
    format!("claims of band {} name different owners: {}", band.as_str(), names.join(", "))
}

fn agreed(claims: &[Claim], band: Band, stewards: &Names, hidden: &[GapId]) -> String {
    let names_owner = |claim: &&Claim| claim.band() == band && claim.business_owner.is_some();
    let mut because = claims.iter().find(names_owner).map(place).unwrap_or_default();
    if stewards.several() {
        let names: Vec<&str> = stewards.0.values().map(|name| &**name).collect();
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
