//! Every identity meets every source.

use census_model::{Identity, Index, Ownership};
use jiff::Timestamp;

use crate::{
    config::OwnersConfig,
    decide::decide,
    gaps::HiddenOwners,
    ghosts,
    registry::{Registry, day},
    sources::{
        AccountSource, AssignedSource, ConsumerSource, Names, NamingSource, RegistrySource, TagSource,
    },
};

/// Finds the owner of every identity of an estate. Pure: `as_of` is the only clock, of which the day in UTC counts.
/// Takes time linear in identities plus entries, as long as few patterns match the same identity.
pub fn correlate(
    index: &Index<'_>,
    registry: &Registry,
    config: &OwnersConfig,
    as_of: Timestamp,
) -> Ownership {
    let estate = index.estate();
    let hidden = HiddenOwners::of(index);
    let mut records = RegistrySource::new(estate, registry, day(as_of));
    let tags = TagSource::new(config);
    let naming = NamingSource::new(config, estate.identities.iter().map(Names::of));
    let accounts = AccountSource::new(estate, config);
    let consumers = ConsumerSource::new(index, config);
    let assigned = AssignedSource::new(index);
    let mut decided = |identity: &Identity| {
        let mut claims = records.claims(identity);
        claims.extend(tags.claims(identity));
        claims.extend(naming.claims(&Names::of(identity)));
        claims.extend(consumers.claims(identity));
        claims.extend(assigned.claims(identity));
        claims.extend_from_slice(accounts.claims(&identity.scope));
        decide(identity, claims, hidden.from(identity, index))
    };
    let owners = estate.identities.iter().map(|identity| (identity.id.clone(), decided(identity))).collect();
    let unmatched = ghosts::sort_out(records.unmatched(), index);
    Ownership {
        records: owners,
        ghosts: unmatched.ghosts,
        entries: registry.entries().len(),
        outside: unmatched.outside,
    }
}
