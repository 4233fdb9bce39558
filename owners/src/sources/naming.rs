//! Naming conventions of the configuration.

use census_model::{Claim, ClaimSource, Evidence};

use super::Names;
use crate::{
    config::{NamingPattern, OwnersConfig},
    owner_name,
    pattern::Pattern,
    pattern_set::PatternSet,
};

/// Claims of naming patterns.
#[derive(Debug)]
pub(crate) struct NamingSource<'a> {
    conventions: &'a [NamingPattern],
    specificity: Vec<usize>,
    set: PatternSet,
}

impl<'a> NamingSource<'a> {
    /// Prepares the patterns for these identities.
    pub(crate) fn new<'b>(config: &'a OwnersConfig, identities: impl Iterator<Item = Names<'b>>) -> Self {
        let conventions = &config.naming_patterns;
        let patterns: Vec<_> = conventions.iter().map(|c| Pattern::new(c.pattern.as_str())).collect();
        let specificity = patterns.iter().map(Pattern::specificity).collect();
        Self { conventions, specificity, set: PatternSet::new(patterns, identities) }
    }

    /// What the most specific matching patterns claim.
    pub(crate) fn claims(&self, names: &Names<'_>) -> Vec<Claim> {
        let matching: Vec<_> = self
            .set
            .matching(names)
            .filter_map(|index| Some((*self.specificity.get(index)?, self.conventions.get(index)?)))
            .filter(|(_, convention)| owner_name::named(&convention.business_owner).is_some())
            .collect();
        let top = matching.iter().map(|(specificity, _)| *specificity).max();
        matching
            .iter()
            .filter(|(specificity, _)| Some(*specificity) == top)
            .map(|(_, convention)| Claim {
                source: ClaimSource::NamingPattern,
                business_owner: owner_name::named(&convention.business_owner),
                technical_steward: convention.technical_steward.as_deref().and_then(owner_name::named),
                evidence: vec![Evidence::new("naming pattern", convention.pattern.as_str())],
            })
            .collect()
    }
}
