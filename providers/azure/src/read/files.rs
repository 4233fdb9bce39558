//! The documents of one tenant, typed.

use census_provider_api::ReadError;
use jiff::Timestamp;

use super::load::Loader;
use crate::documents::{Collection as C, arm, directory, graph, roles, value::at, vaults};

macro_rules! files {
    ($($field:ident: $item:ty = $collection:ident by $id:expr;)+) => {
        /// Every list, by id, each item once.
        pub(super) struct Files<'b> {
            $(pub(super) $field: Vec<$item>,)+
        }

        impl<'b> Files<'b> {
            /// Reads every document.
            ///
            /// # Errors
            /// When one is no list of JSON and a person put it there.
            pub(super) fn load(loader: &mut Loader<'b>) -> Result<Self, ReadError> {
                // What consent policies hold is not asked; that they are there is.
                loader.items::<graph::Reference<'b>>(C::ConsentPolicies, |one| one.id.lower())?;
                Ok(Self { $($field: loader.items::<$item>(C::$collection, $id)?,)+ })
            }
        }
    };
}

files! {
    tenant: graph::Organization<'b> = Tenant by |one| one.id.lower();
    service_principals: graph::ServicePrincipal<'b> = ServicePrincipals by |one| one.id.lower();
    applications: graph::Application<'b> = Applications by |one| one.id.lower();
    deleted_applications: graph::Application<'b> = DeletedApplications by |one| one.id.lower();
    deleted_service_principals: graph::ServicePrincipal<'b> = DeletedServicePrincipals by |one| one.id.lower();
    application_federation: graph::Federation<'b> = ApplicationFederation by |one| one.id.lower();
    owners: graph::Owners<'b> = Owners by |one| one.id.lower();
    sponsors: graph::Sponsors<'b> = Sponsors by |one| one.id.lower();
    app_role_assignments: graph::AppRoleAssignment<'b> = AppRoleAssignments by |one| one.id.as_str().to_owned();
    delegated_grants: graph::DelegatedGrant<'b> = DelegatedGrants by |one| one.id.as_str().to_owned();
    directory_roles: roles::DirectoryRole<'b> = DirectoryRoles by |one| one.id.lower();
    directory_assignments: roles::DirectoryAssignment<'b> = DirectoryAssignments by |one| one.id.as_str().to_owned();
    directory_active: roles::DirectoryInstance<'b> = DirectoryAssignmentInstances by |one| one.id.as_str().to_owned();
    directory_eligible: roles::DirectoryInstance<'b> = DirectoryEligibilityInstances by |one| one.id.as_str().to_owned();
    groups: directory::Group<'b> = Groups by |one| one.id.lower();
    group_members: graph::Members<'b> = GroupMembers by |one| one.id.lower();
    group_active: directory::GroupInstance<'b> = GroupAssignmentInstances by |one| one.id.as_str().to_owned();
    group_eligible: directory::GroupInstance<'b> = GroupEligibilityInstances by |one| one.id.as_str().to_owned();
    users: directory::User<'b> = Users by |one| one.id.lower();
    sign_ins: graph::SignInActivity = SignIns by |one| one.app_id.to_ascii_lowercase();
    authorization_policy: directory::AuthorizationPolicy<'b> = AuthorizationPolicy by |_| String::new();
    app_management_policy: directory::AppManagementPolicy<'b> = AppManagementPolicy by |_| String::new();
    subscriptions: arm::Subscription<'b> = Subscriptions by |one| one.subscription_id.lower();
    management_groups: arm::Branch<'b> = ManagementGroups by |one| one.id.lower();
    descendants: arm::Branch<'b> = Descendants by |one| one.id.lower();
    resource_groups: arm::ResourceGroup<'b> = ResourceGroups by |one| one.id.lower();
    resources: arm::Resource<'b> = Resources by |one| one.id.lower();
    azure_roles: roles::Object<'b, roles::AzureRole<'b>> = AzureRoles by |one| one.id.lower();
    azure_assignments: roles::Object<'b, roles::AzureAssignment<'b>> = AzureAssignments by |one| one.id.lower();
    azure_active: roles::Object<'b, roles::AzureInstance<'b>> = AzureAssignmentInstances by |one| one.id.lower();
    azure_eligible: roles::Object<'b, roles::AzureInstance<'b>> = AzureEligibilityInstances by |one| one.id.lower();
    deny_assignments: roles::Object<'b, roles::DenyAssignment<'b>> = DenyAssignments by |one| one.id.lower();
    user_assigned: arm::UserAssignedIdentity<'b> = UserAssignedIdentities by |one| one.id.lower();
    managed_federation: arm::FederatedCredential<'b> = ManagedIdentityFederation by |one| one.id.lower();
    vaults: vaults::Vault<'b> = Vaults by |one| one.id.lower();
    deleted_vaults: vaults::DeletedVault<'b> = DeletedVaults by |one| one.id.lower();
    hsms: vaults::Vault<'b> = ManagedHsms by |one| one.id.lower();
    deleted_hsms: vaults::DeletedVault<'b> = DeletedManagedHsms by |one| one.id.lower();
    vault_objects: vaults::VaultObject<'b> = VaultObjects by |one| one.id.lower();
    key_rotations: vaults::KeyRotation<'b> = KeyRotationPolicies by |one| one.id.lower();
    hsm_assignments: roles::HsmAssignments<'b> = HsmAssignments by |one| one.id.lower();
    hsm_roles: roles::HsmRoles<'b> = HsmRoles by |one| one.id.lower();
}

impl Files<'_> {
    /// The newest instant in the files at which something happened: no file is older. The clock of plain exports.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        let principals = self.service_principals.iter().chain(&self.deleted_service_principals);
        let applications = self.applications.iter().chain(&self.deleted_applications);
        let principals = principals.flat_map(|one| [one.created_date_time, one.deleted_date_time]);
        let applications = applications.flat_map(|one| [one.created_date_time, one.deleted_date_time]);
        let users = self.users.iter().flat_map(|one| [one.created_date_time, one.deleted_date_time]);
        let groups = self.groups.iter().map(|one| one.created_date_time);
        let sign_ins = self.sign_ins.iter().map(|one| one.last());
        let objects = self.vault_objects.iter().filter_map(|one| one.attributes);
        let objects = objects.flat_map(|one| [one.created, one.updated]);
        let deleted =
            self.deleted_vaults.iter().chain(&self.deleted_hsms).map(|one| one.properties.deletion_date);
        let graph = principals.chain(applications).chain(users).chain(groups).chain(sign_ins);
        graph.chain(objects).chain(deleted).filter_map(at).max()
    }
}

impl graph::SignInActivity {
    /// The last sign-in of any kind: as a client or as the resource that a client signed in for.
    pub(super) fn last(&self) -> Option<crate::documents::value::Time> {
        let all = [
            self.last_sign_in_activity,
            self.delegated_client_sign_in_activity,
            self.delegated_resource_sign_in_activity,
            self.application_authentication_client_sign_in_activity,
            self.application_authentication_resource_sign_in_activity,
        ];
        all.into_iter().flatten().filter_map(|one| one.last_sign_in_date_time).max()
    }
}
