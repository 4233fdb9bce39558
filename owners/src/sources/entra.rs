//! Owners and sponsors in Entra ID: the cloud's own owner field.
//!
//! An owner may change an application, and so is who operates it; a sponsor answers for an agent to the business
//! (<https://learn.microsoft.com/entra/agent-id/identity-platform/agent-owners-sponsors-managers>).

use census_model::{
    Band, Claim, ClaimSource, DirectoryOwner, Evidence, GroupId, Identity, IdentityKind, Index, Owned,
    Relation, Text,
};

use crate::{owner_name, people::Parties};

/// Claims of owners and sponsors in the directory.
pub(crate) struct DirectorySource<'a> {
    index: &'a Index<'a>,
    parties: &'a Parties<'a>,
}

/// Somebody whom the directory names.
struct Named<'a> {
    relation: Relation,
    /// What they are called; `None`: it is a program, which answers for nothing.
    name: Option<Text>,
    evidence: Evidence,
    record: &'a DirectoryOwner,
}

impl<'a> DirectorySource<'a> {
    pub(crate) fn new(index: &'a Index<'a>, parties: &'a Parties<'a>) -> Self {
        Self { index, parties }
    }

    /// What the directory claims about an identity beside what others do. A sponsor is its business owner, and an owner
    /// its steward. Where neither a sponsor nor another claim of this band or a better one names a business owner, the
    /// first owner who is still here stands for that: owners beside each other are of one mind, so it is no conflict.
    pub(crate) fn claims(&self, identity: &Identity, others: &[Claim]) -> Vec<Claim> {
        let all = self.index.directory_owners(&Owned::Identity(identity.id.clone()));
        if all.is_empty() {
            return Vec::new();
        }
        let mut named: Vec<Named<'_>> = all.iter().map(|record| self.named(record)).collect();
        named.sort_by(|a, b| {
            let gone = |one: &Named<'_>| one.name.as_ref().is_some_and(|name| self.left(name));
            gone(a).cmp(&gone(b)).then_with(|| a.name.cmp(&b.name)).then_with(|| a.record.cmp(b.record))
        });
        let owned = |claim: &Claim| claim.business_owner.is_some() && claim.band() <= Band::II;
        let sponsored = named.iter().any(|one| one.relation == Relation::Sponsor && one.name.is_some());
        let mut vacant = !sponsored && !others.iter().any(owned);
        let claim = |one: Named<'_>| {
            let (business_owner, technical_steward) = match (one.relation, one.name) {
                (Relation::Sponsor, name) => (name, None),
                (Relation::Owner, None) => (None, None),
                (Relation::Owner, name) => (name.clone().filter(|_| std::mem::take(&mut vacant)), name),
            };
            Claim {
                source: ClaimSource::DirectoryOwner,
                business_owner,
                technical_steward,
                evidence: vec![one.evidence],
            }
        };
        named.into_iter().map(claim).collect()
    }

    fn left(&self, name: &Text) -> bool {
        self.parties.departure(name).is_some()
    }

    fn named(&self, record: &'a DirectoryOwner) -> Named<'a> {
        let relation = match record.relation {
            Relation::Owner => "owner",
            Relation::Sponsor => "sponsor",
        };
        let label = format!("{relation} of the {}", record.object);
        let id = record.who.as_str();
        let native = id.strip_prefix("azure:").unwrap_or(id);
        let (name, value) = match (self.index.identity(&record.who), self.index.group(&GroupId::new(id))) {
            (Some(who), _) if who.person.is_some() => (name_of(who), who.native_id.to_string()),
            (Some(who), _) => {
                (None, format!("{} `{}`, which is a program and no person", who.kind, who.name))
            }
            (None, Some(group)) => (owner_name::named(&group.name), format!("group {}", group.native_id)),
            (None, None) => (owner_name::named(native), native.to_owned()),
        };
        Named {
            relation: record.relation,
            name,
            evidence: Evidence::new(label, value).from_source(SOURCE),
            record,
        }
    }
}

const SOURCE: &str = "Entra ID";

/// What a user is called: the mail address, else the login, else the object id.
fn name_of(user: &Identity) -> Option<Text> {
    let person = user.person.as_ref().filter(|_| user.kind == IdentityKind::EntraUser)?;
    let names = person.mail.iter().chain(&person.login).chain([&user.native_id]);
    names.into_iter().find_map(|name| owner_name::named(name))
}
