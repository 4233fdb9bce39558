//! Who made an identity, by a log of calls: the owner of the repository whose pipeline did, or the person.

use std::collections::HashMap;

use census_model::{Claim, ClaimSource, Creation, Evidence, Identity, Index, Text};

use super::PipelineSource;
use crate::people::{Parties, Party};

/// Claims of creators.
pub(crate) struct CreatorSource<'a> {
    index: &'a Index<'a>,
    pipelines: &'a PipelineSource<'a>,
    parties: &'a Parties<'a>,
    creations: HashMap<&'a str, &'a Creation>,
}

impl<'a> CreatorSource<'a> {
    pub(crate) fn new(
        index: &'a Index<'a>,
        pipelines: &'a PipelineSource<'a>,
        parties: &'a Parties<'a>,
    ) -> Self {
        let creations = index.estate().creations.iter();
        let creations = creations.map(|creation| (&*creation.made, creation)).collect();
        Self { index, pipelines, parties, creations }
    }

    /// What follows from who made an identity.
    pub(crate) fn claims(&self, identity: &Identity) -> Vec<Claim> {
        let made = identity.immutable_id.as_ref().and_then(|id| self.creations.get(&**id));
        let Some(creation) = made else { return Vec::new() };
        let created =
            Evidence::new("created by", creation.by.clone()).from_source(format!("log of {}", creation.at));
        let role = creation.role.as_ref().and_then(|role| self.index.native(role));
        let mut claims = role.map(|role| self.pipelines.claims(role)).unwrap_or_default();
        if claims.is_empty() {
            claims.extend(self.person(&creation.by).map(|who| Claim {
                source: ClaimSource::Creator,
                business_owner: Some(who),
                technical_steward: None,
                evidence: Vec::new(),
            }));
        }
        for claim in &mut claims {
            claim.source = ClaimSource::Creator;
            claim.evidence.push(created.clone());
        }
        claims
    }

    /// The person who called: by the name of a session or user that is a mail address, or that the directory has.
    fn person(&self, by: &str) -> Option<Text> {
        let resource = by.splitn(6, ':').nth(5)?;
        let name: Text = match resource.split_once('/')? {
            ("assumed-role", rest) => rest.split_once('/')?.1.into(),
            ("user", path) => path.rsplit('/').next()?.into(),
            _ => return None,
        };
        let known = matches!(self.parties.resolve(&name).party, Party::Person(_));
        (known || name.contains('@')).then_some(name)
    }
}
