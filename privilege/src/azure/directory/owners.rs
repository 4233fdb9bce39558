//! What owners may do with what they own.
//!
//! <https://learn.microsoft.com/entra/fundamentals/users-default-permissions#object-ownership>

use census_model::{DirectoryObject, DirectoryOwner, Identity, IdentityKind, Owned, Relation, UserType, Via};

use super::{
    inquiry::Inquiry,
    language::{Fit, Operation, fit},
    lines::Found,
    protected::By,
    target::{Entity, Target},
    weighed::Weighed,
};
use crate::{azure::activation::active, truth::Truth};

/// What owners of an application may do.
const APPLICATION: [&str; 9] = [
    "microsoft.directory/applications/audience/update",
    "microsoft.directory/applications/authentication/update",
    "microsoft.directory/applications/basic/update",
    "microsoft.directory/applications/credentials/update",
    "microsoft.directory/applications/delete",
    "microsoft.directory/applications/owners/update",
    "microsoft.directory/applications/permissions/update",
    "microsoft.directory/applications/policies/update",
    "microsoft.directory/applications/restore",
];

/// What owners of a service principal may do to it.
const SERVICE_PRINCIPAL: [&str; 14] = [
    "microsoft.directory/servicePrincipals/appRoleAssignedTo/update",
    "microsoft.directory/servicePrincipals/appRoleAssignments/update",
    "microsoft.directory/servicePrincipals/audience/update",
    "microsoft.directory/servicePrincipals/authentication/update",
    "microsoft.directory/servicePrincipals/basic/update",
    "microsoft.directory/servicePrincipals/credentials/update",
    "microsoft.directory/servicePrincipals/delete",
    "microsoft.directory/servicePrincipals/owners/update",
    "microsoft.directory/servicePrincipals/permissions/update",
    "microsoft.directory/servicePrincipals/policies/update",
    "microsoft.directory/servicePrincipals/synchronization/standard/read",
    "microsoft.directory/servicePrincipals/synchronizationCredentials/manage",
    "microsoft.directory/servicePrincipals/synchronizationJobs/manage",
    "microsoft.directory/servicePrincipals/synchronizationSchema/manage",
];

/// What owners of a group may do.
const GROUP: [&str; 7] = [
    "microsoft.directory/groups/appRoleAssignments/update",
    "microsoft.directory/groups/basic/update",
    "microsoft.directory/groups/delete",
    "microsoft.directory/groups/members/update",
    "microsoft.directory/groups/owners/update",
    "microsoft.directory/groups/restore",
    "microsoft.directory/groups/settings/update",
];

/// What owning an object gives, in the language of roles.
pub(super) fn given(object: DirectoryObject) -> &'static [&'static str] {
    match object {
        DirectoryObject::Application => &APPLICATION,
        DirectoryObject::ServicePrincipal => &SERVICE_PRINCIPAL,
        DirectoryObject::Group => &GROUP,
    }
}

impl<'e> Inquiry<'_, 'e> {
    /// The ownerships of the target's object that an operation is done to, by an identity.
    fn ownerships(&self, operation: &Operation, identity: &Identity) -> Vec<&'e DirectoryOwner> {
        let (of, object) = match (self.target, Entity::of(operation)) {
            (Target::Identity(target), Entity::Applications) => {
                (Owned::Identity(target.id.clone()), DirectoryObject::Application)
            }
            (Target::Identity(target), Entity::ServicePrincipals) => {
                (Owned::Identity(target.id.clone()), DirectoryObject::ServicePrincipal)
            }
            (Target::Group(group), Entity::Groups) => {
                (Owned::Group(group.id.clone()), DirectoryObject::Group)
            }
            _ => return Vec::new(),
        };
        let owners = self.access.index().directory_owners(&of).iter().copied();
        owners
            .filter(|one| one.object == object && one.relation == Relation::Owner && one.who == identity.id)
            .collect()
    }

    /// Whether an identity owns what an operation is done to.
    pub(super) fn owns(&self, operation: &Operation, identity: &Identity) -> Truth {
        let all = self.ownerships(operation, identity).into_iter();
        Truth::any(all.map(|one| active(&one.activation, identity, self.now())))
    }

    /// Adds what owning the target gives.
    pub(super) fn owned(&self, operation: &Operation, identity: &Identity, found: &mut Found<'e>) {
        for one in self.ownerships(operation, identity) {
            // Groups to which roles can be assigned have owners like others: that is how their members are delegated.
            let asked = match operation.entity() {
                "groupsassignabletoroles" => operation.of_entity("groups"),
                _ => operation.clone(),
            };
            let entry = given(one.object)
                .iter()
                .find(|entry| fit(entry, &asked).is_some_and(|Fit { truth, .. }| truth == Truth::Yes));
            let Some(entry) = entry else { continue };
            let mut weighed = Weighed::new();
            let active = active(&one.activation, identity, self.now());
            weighed.and(active, ["activation".to_owned()], "the ownership is switched on".to_owned());
            self.owner(identity, &mut weighed);
            if let Target::Group(group) = self.target
                && group.membership_rule.is_some()
                && asked.action() == "members/update"
            {
                weighed.and(Truth::No, [], "no rule made its members".to_owned());
            }
            self.protection(operation, By::Ownership, &mut weighed);
            let of = self.target.object_id(Entity::of(operation)).unwrap_or_default();
            let via = Via::Ownership { of: of.into(), object: one.object };
            let attached_to = census_model::Attachment::Identity(identity.id.clone());
            found.lines.push(weighed.line(
                attached_to,
                via,
                entry,
                &format!("on the {} that it owns", one.object),
            ));
        }
    }

    /// Who may change what it owns: member users, as far as is told.
    pub(super) fn owner(&self, identity: &Identity, weighed: &mut Weighed) {
        let user_type = identity.person.as_ref().map_or(UserType::Unknown, |person| person.user_type);
        match (identity.kind, user_type) {
            (IdentityKind::EntraUser, UserType::Guest) => {
                let words = "a guest may change what it owns, which is not told".to_owned();
                weighed.and(Truth::Maybe, ["owner who is a guest".to_owned()], words);
            }
            (IdentityKind::EntraUser, _) => {}
            // Microsoft asks for `Application.ReadWrite.OwnedBy` and its like beside ownership.
            // <https://learn.microsoft.com/graph/api/application-addpassword#permissions>
            _ => {
                let words =
                    "a program may change what it owns without a permission, which is not told".to_owned();
                weighed.and(Truth::Maybe, ["owner that is a program".to_owned()], words);
            }
        }
    }
}
