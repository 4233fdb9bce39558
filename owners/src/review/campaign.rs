//! Which identities are asked about, and whom.

use std::{collections::BTreeMap, fmt};

use census_model::{
    Attests, Estate, Identity, OwnerRecord, OwnerStatus, Ownership, Period, ReviewState, Text,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{REVIEW_SCHEMA, UNOWNED, file_name::file_name};
use crate::{
    config::OwnersConfig,
    people::{Parties, PartyKey},
    records::Records,
    registry::day,
};

/// A campaign: what was asked, by sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// [`REVIEW_SCHEMA`].
    schema: Text,
    /// When it was opened: what was attested before answers nothing.
    pub opened: Timestamp,
    /// The clock of the estate that it was made of.
    pub as_of: Timestamp,
    /// When that estate was read.
    pub scan_started: Timestamp,
    /// The sheets, by file name.
    pub files: BTreeMap<Text, CampaignFile>,
}

/// One sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignFile {
    /// Who is asked; nobody on the sheet of what has no registered owner.
    pub owner: Option<Text>,
    /// About what, by identity.
    pub identities: Vec<AskedIdentity>,
}

/// An identity that somebody is asked about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedIdentity {
    /// What the cloud calls it.
    pub identity: Text,
    /// The id that a re-created identity of the same name does not inherit.
    pub immutable_id: Option<Text>,
    /// What is asked; never nothing.
    pub asks: Vec<Asked>,
}

/// What is asked about an identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Which attestation.
    pub attests: Attests,
    /// By when it is due.
    pub due: Option<Date>,
}

/// Which attestations are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Those that are due or overdue, and those that will be within the period.
    Due(Option<Period>),
    /// Both of every registered identity.
    All,
}

/// What a campaign is about.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Which attestations.
    pub extent: Extent,
    /// Only what these own; nobody: what everybody owns, and what has no registered owner.
    pub owners: Vec<Text>,
}

/// Why a file is no campaign.
#[derive(Debug)]
pub enum CampaignError {
    /// It is no JSON of this form.
    Broken(serde_json::Error),
    /// It is of another version.
    Schema(Text),
}

impl fmt::Display for CampaignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(error) => write!(f, "not a review campaign: {error}"),
            Self::Schema(schema) => {
                write!(f, "schema `{schema}` is not supported, expected `{REVIEW_SCHEMA}`")
            }
        }
    }
}

impl std::error::Error for CampaignError {}

impl Campaign {
    /// Opens a campaign over what is registered.
    pub fn open(
        estate: &Estate,
        ownership: &Ownership,
        (written, config): (&Records, &OwnersConfig),
        selection: &Selection,
        opened: Timestamp,
    ) -> Self {
        let today = day(estate.as_of);
        let parties = Parties::new(&written.directory, &config.aliases, today);
        let wanted: Vec<PartyKey> = selection.owners.iter().map(|who| parties.resolve(who).key).collect();
        let mut files: BTreeMap<Text, CampaignFile> = BTreeMap::new();
        for identity in &estate.identities {
            let Some(record) = ownership.records.get(&identity.id) else { continue };
            let owner = registered_owner(record);
            let is_wanted =
                wanted.is_empty() || owner.is_some_and(|owner| wanted.contains(&parties.resolve(owner).key));
            let asks = asks(record, selection.extent, today);
            if asks.is_empty() || identity.managed_by.is_some() || !is_wanted {
                continue;
            }
            let name = owner.map_or_else(|| UNOWNED.to_owned(), |owner| file_name(owner));
            let file = files
                .entry(name.into())
                .or_insert_with(|| CampaignFile { owner: owner.cloned(), identities: Vec::new() });
            // Of several spellings the smallest stays, whatever the order of the estate.
            file.owner = file.owner.take().min(owner.cloned());
            file.identities.push(AskedIdentity::new(identity, asks));
        }
        files.values_mut().for_each(|file| file.identities.sort_unstable());
        let (as_of, scan_started) = (estate.as_of, estate.started);
        Self { schema: REVIEW_SCHEMA.into(), opened, as_of, scan_started, files }
    }

    /// Reads what [`Campaign::to_json`] wrote.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_json(bytes: &[u8]) -> Result<Self, CampaignError> {
        #[derive(Deserialize)]
        struct Head {
            schema: Text,
        }
        let head: Head = serde_json::from_slice(bytes).map_err(CampaignError::Broken)?;
        if &*head.schema != REVIEW_SCHEMA {
            return Err(CampaignError::Schema(head.schema));
        }
        serde_json::from_slice(bytes).map_err(CampaignError::Broken)
    }

    /// The campaign as a file.
    ///
    /// # Errors
    /// When the JSON writer refuses, which writing to memory gives no cause for.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

impl AskedIdentity {
    fn new(identity: &Identity, asks: Vec<Asked>) -> Self {
        let (identity, immutable_id) = (identity.native_id.clone(), identity.immutable_id.clone());
        Self { identity, immutable_id, asks }
    }
}

/// Who can be asked: the one owner whom a registry names and who is here.
fn registered_owner(record: &OwnerRecord) -> Option<&Text> {
    record.business_owner.as_ref().filter(|_| record.status == OwnerStatus::Registered)
}

fn asks(record: &OwnerRecord, extent: Extent, today: Date) -> Vec<Asked> {
    let Some(life) = &record.life else { return Vec::new() };
    let asked = |attests: Attests| {
        let review = life.review(attests);
        let is_asked = match extent {
            Extent::All => true,
            Extent::Due(within) => {
                let last = within.and_then(|within| within.after(today));
                let soon = review.due.zip(last).is_some_and(|(due, last)| due <= last);
                soon || matches!(review.state, ReviewState::Due | ReviewState::Overdue)
            }
        };
        is_asked.then_some(Asked { attests, due: review.due })
    };
    Attests::ALL.into_iter().filter_map(asked).collect()
}
