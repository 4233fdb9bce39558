//! People, as far as they own or hold something.

use census_model::{EstateBuilder, GapId, GapReason, IdentityKind, NatureKind, Person, Text, UserType};

use super::{files::Files, holders::is_of_type, identities, sign_ins::SignIns, tenant::Tenant};
use crate::documents::{Collection, directory::User, value::at};

/// Adds users.
pub(super) fn read(tenant: &Tenant, files: &Files<'_>, sign_ins: &SignIns, estate: &mut EstateBuilder) {
    let open = untold(tenant, files, estate);
    for one in &files.users {
        let kind = IdentityKind::EntraUser;
        let mut identity = identities::bare(&one.id, kind, &tenant.scope, sign_ins.of_others());
        let names = one.user_principal_name.iter().chain(&one.mail).map(|name| name.as_str().to_owned());
        identity.aliases = identities::aliases(names, &identity.native_id);
        let shown = one.display_name.as_deref().or(one.user_principal_name.as_deref());
        identity.name = shown.unwrap_or(&identity.native_id).into();
        identity.created = at(one.created_date_time);
        identity.disabled = one.account_enabled == Some(false);
        identity.deleted = at(one.deleted_date_time);
        if is_of_type(one.odata_type.as_ref(), "agentUser") {
            // A user that an agent identity signs in as: <https://learn.microsoft.com/graph/api/resources/agentuser>.
            identity.nature.kind = NatureKind::Machine;
            identity.nature.reasons = vec!["agent user".into()];
        } else {
            identity.person = Some(person(one, open.as_ref()));
        }
        estate.identity(identity);
    }
}

/// The gap about the users of whom no document tells whether they are enabled: `az ad user list` leaves that away, and so
/// does Microsoft Graph where it is not selected.
fn untold(tenant: &Tenant, files: &Files<'_>, estate: &mut EstateBuilder) -> Option<GapId> {
    let untold = files.users.iter().filter(|one| one.account_enabled.is_none());
    let ids: Vec<String> = untold.map(|one| one.id.lower()).collect();
    let detail = "`accountEnabled` of these users is not in the documents; export it with `$select`";
    (!ids.is_empty()).then(|| tenant.note(Collection::Users, GapReason::NotProvided, detail, ids, estate))
}

fn person(one: &User<'_>, open: Option<&GapId>) -> Person {
    let user_type = match one.user_type.as_deref() {
        Some(kind) if kind.eq_ignore_ascii_case("Member") => UserType::Member,
        Some(kind) if kind.eq_ignore_ascii_case("Guest") => UserType::Guest,
        _ => UserType::Unknown,
    };
    Person {
        login: one.user_principal_name.as_deref().map(Text::from),
        mail: one.mail.as_deref().map(Text::from),
        user_type,
        leaves: at(one.employee_leave_date_time),
        open: open.filter(|_| one.account_enabled.is_none()).cloned(),
    }
}
