//! What is granted beside what was used, over the estate.

use std::collections::BTreeMap;

use census_model::{Identity, OwnerStatus, PrivilegeUse, UseCounts};

use crate::view::View;

/// The numbers of some identities. What is granted to somebody whose usage is not known counts as untold.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) identities: usize,
    /// Those of whom anything is known.
    pub(crate) with_usage: usize,
    /// Granted services of each, added up.
    pub(crate) services: UseCounts,
    /// Granted actions that weigh of each, added up.
    pub(crate) weighty: UseCounts,
}

impl Totals {
    fn add(&mut self, of: &PrivilegeUse) {
        self.identities += 1;
        self.with_usage += usize::from(of.window.is_some());
        self.services.extend(of.services);
        self.weighty.extend(of.weighty);
    }
}

/// Who answers for identities: the same person, or nobody for the same reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answers<'v> {
    Owner(&'v str),
    Nobody(OwnerStatus),
}

impl<'v> Answers<'v> {
    fn of(view: &View<'v>, identity: &Identity) -> Self {
        match view.owner(&identity.id).and_then(|record| record.business_owner.as_deref()) {
            Some(owner) => Self::Owner(owner),
            None => Self::Nobody(view.owner_status(&identity.id)),
        }
    }
}

/// The numbers of all identities; none where they were not computed.
pub(crate) fn totals(view: &View<'_>) -> Option<Totals> {
    let mut all = Totals::default();
    view.identities.iter().filter_map(|one| view.privilege_use(&one.id)).for_each(|of| all.add(of));
    (all.identities > 0).then_some(all)
}

/// The same by owner.
pub(crate) fn by_owner<'v>(view: &View<'v>) -> BTreeMap<Answers<'v>, Totals> {
    let mut owners: BTreeMap<Answers<'v>, Totals> = BTreeMap::new();
    for identity in &view.identities {
        if let Some(of) = view.privilege_use(&identity.id) {
            owners.entry(Answers::of(view, identity)).or_default().add(of);
        }
    }
    owners
}

/// All of it in a line.
pub(crate) fn words(all: &Totals) -> String {
    if all.with_usage == 0 {
        return format!(
            "what {} identities use is not known, so that nothing is called unused",
            all.identities
        );
    }
    format!(
        "known of {} of {} identities: {} of their granted services used, {} not; of actions that weigh {} used, {} not",
        all.with_usage,
        all.identities,
        all.services.used,
        all.services.unused,
        all.weighty.used,
        all.weighty.unused
    )
}
