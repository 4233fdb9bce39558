//! Every identity meets every source.

use census_model::{DirectorySize, Identity, Index, Ownership};
use jiff::Timestamp;

use crate::{
    config::OwnersConfig,
    decide::{Claims, decide},
    gaps::HiddenOwners,
    ghosts,
    life::{AttestationLog, Reviewer, life},
    people::Parties,
    records::Records,
    registry::day,
    sources::{
        AccountSource, AssignedSource, ConsumerSource, CreatorSource, DirectorySource, Names, NamingSource,
        PipelineSource, RegistrySource, StatementSource, TagSource,
    },
};

/// Finds the owner of every identity of an estate. Pure: `as_of` is the only clock, of which the day in UTC counts.
/// Takes time linear in identities plus entries, as long as few patterns match the same identity.
pub fn correlate(index: &Index<'_>, written: &Records, config: &OwnersConfig, as_of: Timestamp) -> Ownership {
    let estate = index.estate();
    let hidden = HiddenOwners::of(index);
    let directory = written.directory.with_users(index);
    let parties = Parties::new(&directory, &config.aliases, day(as_of));
    let reviewer = Reviewer {
        config: &config.review,
        log: AttestationLog::new(&written.attestations),
        parties: &parties,
        today: day(as_of),
    };
    let mut records = RegistrySource::new(estate, &written.registry, &reviewer);
    let tags = TagSource::new(config);
    let naming = NamingSource::new(config, estate.identities.iter().map(Names::of));
    let accounts = AccountSource::new(index, config);
    let consumers = ConsumerSource::new(index, config);
    let assigned = AssignedSource::new(index);
    let statements = StatementSource::new(&written.statements);
    let pipelines = PipelineSource::new(index, &written.repositories);
    let creators = CreatorSource::new(index, &pipelines, &parties);
    let directory_owners = DirectorySource::new(index, &parties);
    let mut decided = |identity: &Identity| {
        let registered = records.claims(identity);
        let mut claims = registered.claims;
        claims.extend(statements.claims(identity));
        claims.extend(tags.claims(identity, index));
        claims.extend(naming.claims(&Names::of(identity)));
        claims.extend(consumers.claims(identity));
        claims.extend(assigned.claims(identity));
        claims.extend(pipelines.claims(identity));
        claims.extend(creators.claims(identity));
        claims.extend_from_slice(accounts.claims(identity));
        let named = directory_owners.claims(identity, &claims);
        claims.extend(named);
        let claims =
            Claims { all: claims, backups: registered.backups, hidden: hidden.from(identity, index) };
        let mut record = decide(identity, claims, &parties);
        if let Some(terms) = registered.terms {
            record.life = Some(Box::new(life(&terms, &reviewer, identity, index, &config.ended)));
            record.registration = Some(Box::new(terms.registration));
        }
        record
    };
    let owners = estate.identities.iter().map(|identity| (identity.id.clone(), decided(identity))).collect();
    let unmatched = ghosts::sort_out(records.unmatched(), index);
    Ownership {
        records: owners,
        ghosts: unmatched.ghosts,
        entries: written.registry.entries().len(),
        outside: unmatched.outside,
        broad: records.broad(),
        directory: DirectorySize { people: written.directory.people(), teams: written.directory.groups() },
    }
}
