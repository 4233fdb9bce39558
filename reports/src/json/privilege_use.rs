//! What is granted beside what was used, in numbers.

use census_model as model;
use schemars::JsonSchema;
use serde::Serialize;

use super::scalars::{Instant, OwnerStatus};
use crate::{
    privilege_use::{self, Answers, Totals},
    view::View,
};

/// What one identity is granted by `Allow` statements of its policies and of its groups', before denials and limits,
/// beside what it was seen to use.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct PrivilegeUse {
    /// The time that the sources of usage look back on; null where there is none, and all is untold.
    window: Option<Window>,
    services: Counts,
    /// Actions that weigh: which those are is in docs/usage.md.
    weighty: Counts,
}

/// From the first instant that is told of to the last.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Window {
    from: Instant,
    to: Instant,
}

/// Granted things, by what is known of their use. What no source tells is untold and never unused.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Counts {
    granted: usize,
    used: usize,
    unused: usize,
    untold: usize,
}

/// The same over the estate.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct PrivilegeTotals<'v> {
    /// Identities that may hold permissions by policies.
    identities: usize,
    /// Those of whom any usage is known.
    with_usage: usize,
    /// Services of each, added up.
    services: Counts,
    /// Actions that weigh of each, added up.
    weighty: Counts,
    /// By who owns them, those without an owner last.
    owners: Vec<OfOwner<'v>>,
}

/// What the identities of one owner are granted.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct OfOwner<'v> {
    /// Null where no business owner is known.
    business_owner: Option<&'v str>,
    /// Why not, where none is known.
    status: Option<OwnerStatus>,
    identities: usize,
    with_usage: usize,
    services: Counts,
    weighty: Counts,
}

pub(crate) fn of_identity(of: &model::PrivilegeUse) -> PrivilegeUse {
    PrivilegeUse {
        window: of.window.map(|(from, to)| Window { from: Instant(from), to: Instant(to) }),
        services: counts(of.services),
        weighty: counts(of.weighty),
    }
}

pub(crate) fn totals<'v>(view: &View<'v>) -> Option<PrivilegeTotals<'v>> {
    let Totals { identities, with_usage, services, weighty } = privilege_use::totals(view)?;
    let owners = privilege_use::by_owner(view).into_iter().map(of_owner).collect();
    Some(PrivilegeTotals {
        identities,
        with_usage,
        services: counts(services),
        weighty: counts(weighty),
        owners,
    })
}

fn of_owner((answers, of): (Answers<'_>, Totals)) -> OfOwner<'_> {
    let (business_owner, status) = match answers {
        Answers::Owner(owner) => (Some(owner), None),
        Answers::Nobody(status) => (None, Some(status.into())),
    };
    OfOwner {
        business_owner,
        status,
        identities: of.identities,
        with_usage: of.with_usage,
        services: counts(of.services),
        weighty: counts(of.weighty),
    }
}

fn counts(counts: model::UseCounts) -> Counts {
    Counts { granted: counts.granted(), used: counts.used, unused: counts.unused, untold: counts.untold }
}
