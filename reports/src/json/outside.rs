//! Who comes in from outside, in the JSON reports.

use census_model as model;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    reach::{self, Reach},
    scalars::OutsiderKind,
};
use crate::view::View;

/// Somebody outside of all that was scanned, whom trusts take by a token of its issuer: a repository, a workspace, a service
/// account of a cluster.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Outsider<'v> {
    #[serde(flatten)]
    who: Named<'v>,
    /// What that comes to.
    reach: Reach<'v>,
}

/// Who it is, and whom it becomes.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Named<'v> {
    /// What the steps of its paths name it by.
    id: String,
    /// The issuer as host and path.
    issuer: &'v str,
    /// What subjects of its tokens begin with, or are; with `*` or `?` it is everybody whom that names.
    subject: &'v str,
    kind: OutsiderKind,
    /// Whom it can become by itself.
    becomes: Vec<Entry<'v>>,
}

/// An identity that takes the tokens of somebody outside.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Entry<'v> {
    /// Native id of the identity.
    identity: &'v str,
    /// Which subjects the trust takes.
    subject: &'v str,
    /// Whether that depends on what is only known at run time.
    conditional: bool,
}

impl<'v> Named<'v> {
    pub(crate) fn of(view: &'v View<'v>, outside: &'v model::Outside) -> Self {
        let model::Outsider { issuer, subject, kind } = &outside.who;
        Self {
            id: outside.who.id().to_string(),
            issuer,
            subject,
            kind: (*kind).into(),
            becomes: outside.entries.iter().map(|one| entry(view, one)).collect(),
        }
    }
}

pub(crate) fn outsider<'v>(view: &'v View<'v>, outside: &'v model::Outside) -> Outsider<'v> {
    Outsider { who: Named::of(view, outside), reach: reach::reach(view, &outside.reach) }
}

fn entry<'v>(view: &'v View<'v>, entry: &'v model::Entry) -> Entry<'v> {
    Entry {
        identity: view.native_id(&entry.becomes),
        subject: &entry.subject,
        conditional: entry.conditional,
    }
}
