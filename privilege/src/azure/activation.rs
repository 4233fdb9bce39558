//! From when until when something counts for somebody.

use census_model::{Activation, Identity, IdentityKind};
use jiff::Timestamp;

use crate::truth::Truth;

/// Whether something counts at an instant. A role or membership that is eligible is switched on by a person: neither
/// applications nor managed identities can.
/// <https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-roles>
pub(super) fn active(activation: &Activation, identity: &Identity, now: Timestamp) -> Truth {
    match activation {
        Activation::Eligible(bounds) if bounds.contain(now) && identity.kind == IdentityKind::EntraUser => {
            Truth::Maybe
        }
        other => other.is_active(now).into(),
    }
}
