//! What of Azure and Entra was not read, by the names that gaps give the reads.

use std::collections::HashMap;

use census_model::{Gap, Identity, Provider, ScopeId, ScopeKind};

use crate::View;

/// Service principals, applications and their credentials.
pub(crate) const APPLICATIONS: &[&str] = &["Application.Read.All"];

/// Who owns them, beside [`APPLICATIONS`].
pub(crate) const OWNER_READS: &[&str] = &["Application.Read.All/owners"];

/// Sponsors of agents, beside [`APPLICATIONS`].
pub(crate) const SPONSORS: &[&str] = &["Application.Read.All/sponsors"];

/// Service principals and applications that were deleted and can be restored.
pub(crate) const DELETED: &[&str] = &["Application.Read.All/deletedItems"];

/// Users.
pub(crate) const USERS: &[&str] = &["User.Read.All"];

/// Groups and who is in them.
pub(crate) const GROUPS: &[&str] = &["GroupMember.Read.All"];

/// The settings by which a vault renews keys by itself.
pub(crate) const ROTATION: &[&str] = &["Microsoft.KeyVault/vaults/keyrotationpolicies/read"];

/// The gaps of some reads of Azure, by what they are about. Built once a rule: gaps can be as many as identities.
pub(crate) struct Unread<'a> {
    /// About all of a scope; without one, about everything.
    whole: Vec<&'a Gap>,
    /// About what is named.
    single: HashMap<&'a str, Vec<&'a Gap>>,
}

impl<'a> Unread<'a> {
    /// The gaps of these reads.
    pub(crate) fn of(view: &View<'a>, reads: &[&[&str]]) -> Self {
        let asked = |gap: &&Gap| {
            gap.provider == Provider::Azure && reads.iter().any(|names| names.contains(&&*gap.read))
        };
        let (mut whole, mut single) = (Vec::new(), HashMap::<_, Vec<_>>::new());
        for gap in view.estate().gaps.iter().filter(asked) {
            if gap.affects.is_empty() {
                whole.push(gap);
            }
            for one in &gap.affects {
                single.entry(&**one).or_default().push(gap);
            }
        }
        Self { whole, single }
    }

    /// Those that leave something open about an identity, by any of its names.
    pub(crate) fn about(&self, view: &View<'a>, identity: &Identity) -> Vec<&'a Gap> {
        let names = [identity.id.as_str(), &identity.native_id];
        let names = names.into_iter().chain(identity.aliases.iter().map(|alias| &**alias));
        self.named(view, &identity.scope, names)
    }

    /// Those that leave something open about what lives in a scope and has these names.
    pub(crate) fn named<'n>(
        &self,
        view: &View<'a>,
        scope: &ScopeId,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Vec<&'a Gap> {
        if self.whole.is_empty() && self.single.is_empty() {
            return Vec::new();
        }
        let above = view.index.ancestors(scope);
        let within = |at: &ScopeId| at == scope || above.iter().any(|one| one.id == *at);
        // Where the tenant above is not known, it may be any.
        let adrift = !above.iter().any(|one| one.kind == ScopeKind::Tenant);
        let covers = |gap: &&&'a Gap| adrift || gap.scope.as_ref().is_none_or(within);
        let mut found: Vec<&'a Gap> = self.whole.iter().filter(covers).copied().collect();
        let scopes = above.iter().map(|one| one.id.as_str()).chain([scope.as_str()]);
        for gaps in names.into_iter().filter_map(|name| self.single.get(name)) {
            found.extend(gaps);
        }
        for gaps in scopes.filter_map(|name| self.single.get(name)) {
            found.extend(gaps);
        }
        found.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        found.dedup_by(|a, b| a.id == b.id);
        found
    }
}
