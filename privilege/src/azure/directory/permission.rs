//! Who holds a permission of an application: an app role by itself, or a scope for its users.
//!
//! <https://learn.microsoft.com/entra/identity-platform/permissions-consent-overview>

use census_model::{Identity, IdentityKind, Index, Provider, ScopeId, Via};

use super::{
    QuestionError, inquiry::Inquiry, lines::Found, protected::GRAPH, question, target, weighed::Weighed,
};
use crate::truth::Truth;

/// The application that a permission is one of.
pub(super) enum Api<'e> {
    /// The service principal of it.
    Known(&'e Identity),
    /// Microsoft Graph, whose service principal was not read.
    Unread,
}

impl<'e> Api<'e> {
    pub(super) fn find(
        index: &Index<'e>,
        tenant: &ScopeId,
        api: &question::Api,
    ) -> Result<Self, QuestionError> {
        let here = |one: &&Identity| {
            one.provider == Provider::Azure
                && !matches!(one.kind, IdentityKind::EntraUser | IdentityKind::EntraApplication)
                && target::tenant_of(index, &one.scope) == Some(tenant)
        };
        let all = || index.estate().identities.iter().filter(here);
        let app_id = |one: &Identity| one.application.as_ref().map(|application| application.app_id.clone());
        let question::Api::Named(name) = api else {
            let found = all().find(|one| app_id(one).as_deref() == Some(GRAPH));
            return Ok(found.map_or(Self::Unread, Self::Known));
        };
        let same = |text: &str| text.eq_ignore_ascii_case(name);
        let by_id: Vec<&Identity> =
            all().filter(|one| same(&one.native_id) || app_id(one).is_some_and(|id| same(&id))).collect();
        let found = if by_id.is_empty() {
            all().filter(|one| same(&one.name) || one.aliases.iter().any(|alias| same(alias))).collect()
        } else {
            by_id
        };
        match found.as_slice() {
            [] => Err(QuestionError::Api(name.to_string())),
            [one] => Ok(Self::Known(one)),
            several => Err(QuestionError::Ambiguous(name.to_string(), several.len())),
        }
    }
}

impl<'e> Inquiry<'_, 'e> {
    /// Adds the grants that give a permission.
    pub(super) fn permission_lines(
        &self,
        api: &Api<'_>,
        value: &str,
        identity: &Identity,
        found: &mut Found<'e>,
    ) {
        for (grant, way) in self.grants(identity) {
            let (Via::AppRole { resource, .. } | Via::DelegatedPermission { resource, .. }) = &grant.via
            else {
                continue;
            };
            let of_api = match api {
                Api::Known(known) => known.id == *resource,
                Api::Unread => self.is_graph(resource),
            };
            if !of_api || way == Truth::No {
                continue;
            }
            let text = grant.policy.as_ref().and_then(|id| self.access.index().estate().policies.get(id));
            let Some(text) = text else {
                found.unread.push(grant);
                continue;
            };
            let mut values = text.text.split_whitespace();
            let Some(given) = values.find(|given| given.eq_ignore_ascii_case(value)) else { continue };
            let mut weighed = Weighed::new();
            weighed.and(way, ["activation".to_owned()], "the membership is switched on".to_owned());
            self.given(grant, identity, &mut weighed);
            let place = match api {
                Api::Known(known) => format!("at {}", known.name),
                Api::Unread => "at Microsoft Graph".to_owned(),
            };
            found.lines.push(weighed.line(grant.attached_to.clone(), grant.via.clone(), given, &place));
        }
    }
}
