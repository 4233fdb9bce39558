//! The table of documents: where each lies, and the reads that fill it.

use census_provider_api::{DocPath, PathError};

/// The folder that holds the documents of several tenants, each in a folder that is called as the tenant's id.
pub const TENANTS_FOLDER: &str = "tenants";

macro_rules! collections {
    ($($(#[$doc:meta])* $name:ident $file:literal [$($read:literal),+];)+) => {
        /// A document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Collection {
            $($(#[$doc])* $name,)+
        }

        impl Collection {
            /// Every document.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Where it lies in the folder of its tenant.
            pub fn file(self) -> &'static str {
                match self { $(Self::$name => $file,)+ }
            }

            /// The reads that fill it, as gaps name them: by their permission, and by their part of it where others take the
            /// same. The first stands for all of them.
            pub fn reads(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($read),+],)+ }
            }
        }
    };
}

collections! {
    /// The tenant itself: one organization.
    Tenant "tenant.json" ["Organization.Read.All"];
    /// Service principals of every kind.
    ServicePrincipals "graph/servicePrincipals.json" ["Application.Read.All"];
    /// Applications that are registered in the tenant.
    Applications "graph/applications.json" ["Application.Read.All"];
    /// Deleted applications that can be restored.
    DeletedApplications "graph/deletedApplications.json" ["Application.Read.All/deletedItems"];
    /// Deleted service principals that can be restored.
    DeletedServicePrincipals "graph/deletedServicePrincipals.json" ["Application.Read.All/deletedItems"];
    /// Federated credentials of applications.
    ApplicationFederation "graph/federatedIdentityCredentials.json"
        ["Application.Read.All/federatedIdentityCredentials"];
    /// Owners of service principals, applications and groups.
    Owners "graph/owners.json" ["Application.Read.All/owners", "GroupMember.Read.All/owners"];
    /// Sponsors of agent identities.
    Sponsors "graph/sponsors.json" ["Application.Read.All/sponsors"];
    /// App roles that service principals and groups hold.
    AppRoleAssignments "graph/appRoleAssignments.json"
        ["Application.Read.All/appRoleAssignments", "Directory.Read.All/appRoleAssignments"];
    /// Delegated permissions that were consented to.
    DelegatedGrants "graph/oauth2PermissionGrants.json" ["Directory.Read.All/oauth2PermissionGrants"];
    /// Directory roles.
    DirectoryRoles "graph/roleDefinitions.json" ["RoleManagement.Read.Directory"];
    /// Who holds directory roles.
    DirectoryAssignments "graph/roleAssignments.json" ["RoleManagement.Read.Directory"];
    /// Until when directory roles are held.
    DirectoryAssignmentInstances "graph/roleAssignmentScheduleInstances.json" ["RoleManagement.Read.Directory"];
    /// Who may switch on directory roles.
    DirectoryEligibilityInstances "graph/roleEligibilityScheduleInstances.json" ["RoleManagement.Read.Directory"];
    /// Groups that hold, own or contain something of interest.
    Groups "graph/groups.json" ["GroupMember.Read.All"];
    /// Who is in them.
    GroupMembers "graph/groupMembers.json" ["GroupMember.Read.All"];
    /// Until when somebody is in a group.
    GroupAssignmentInstances "graph/groupAssignmentScheduleInstances.json"
        ["PrivilegedAssignmentSchedule.Read.AzureADGroup"];
    /// Who may switch on a membership.
    GroupEligibilityInstances "graph/groupEligibilityScheduleInstances.json"
        ["PrivilegedEligibilitySchedule.Read.AzureADGroup"];
    /// Users that own or hold something.
    Users "graph/users.json" ["User.Read.All"];
    /// When service principals last signed in.
    SignIns "graph/servicePrincipalSignInActivities.json" ["AuditLog.Read.All"];
    /// What every user may do.
    AuthorizationPolicy "graph/authorizationPolicy.json" ["Policy.Read.All"];
    /// Which credentials applications may have.
    AppManagementPolicy "graph/defaultAppManagementPolicy.json" ["Policy.Read.All"];
    /// To what users and administrators may consent.
    ConsentPolicies "graph/permissionGrantPolicies.json" ["Policy.Read.PermissionGrant"];
    /// Subscriptions.
    Subscriptions "arm/subscriptions.json" ["Microsoft.Resources/subscriptions/read"];
    /// Management groups.
    ManagementGroups "arm/managementGroups.json" ["Microsoft.Management/managementGroups/read"];
    /// What lies below the root management group, each with its parent.
    Descendants "arm/descendants.json" ["Microsoft.Management/managementGroups/descendants/read"];
    /// Resource groups.
    ResourceGroups "arm/resourceGroups.json" ["Microsoft.Resources/subscriptions/resourceGroups/read"];
    /// Resources, with the identities that they run as.
    Resources "arm/resources.json" ["Microsoft.Resources/subscriptions/resources/read"];
    /// Roles of Azure Resource Manager.
    AzureRoles "arm/roleDefinitions.json" ["Microsoft.Authorization/roleDefinitions/read"];
    /// Who holds them.
    AzureAssignments "arm/roleAssignments.json" ["Microsoft.Authorization/roleAssignments/read"];
    /// Until when they are held.
    AzureAssignmentInstances "arm/roleAssignmentScheduleInstances.json"
        ["Microsoft.Authorization/roleAssignmentScheduleInstances/read"];
    /// Who may switch them on.
    AzureEligibilityInstances "arm/roleEligibilityScheduleInstances.json"
        ["Microsoft.Authorization/roleEligibilityScheduleInstances/read"];
    /// What is denied.
    DenyAssignments "arm/denyAssignments.json" ["Microsoft.Authorization/denyAssignments/read"];
    /// Managed identities that are resources of their own.
    UserAssignedIdentities "arm/userAssignedIdentities.json"
        ["Microsoft.ManagedIdentity/userAssignedIdentities/read"];
    /// Their federated credentials.
    ManagedIdentityFederation "arm/federatedIdentityCredentials.json"
        ["Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read"];
    /// Key vaults.
    Vaults "arm/vaults.json" ["Microsoft.KeyVault/vaults/read"];
    /// Deleted key vaults that can be recovered.
    DeletedVaults "arm/deletedVaults.json" ["Microsoft.KeyVault/deletedVaults/read"];
    /// Managed HSMs.
    ManagedHsms "arm/managedHsms.json" ["Microsoft.KeyVault/managedHSMs/read"];
    /// Deleted managed HSMs that can be recovered.
    DeletedManagedHsms "arm/deletedManagedHsms.json" ["Microsoft.KeyVault/deletedManagedHsms/read"];
    /// Keys, secrets and certificates, by their properties.
    VaultObjects "arm/vaultObjects.json" [
        "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        "Microsoft.KeyVault/vaults/keys/read",
        "Microsoft.KeyVault/vaults/certificates/read",
        "Microsoft.KeyVault/managedHsm/keys/read/action"];
    /// How vaults renew keys by themselves.
    KeyRotationPolicies "arm/keyRotationPolicies.json" ["Microsoft.KeyVault/vaults/keyrotationpolicies/read"];
    /// Who holds the roles that a managed HSM keeps itself.
    HsmAssignments "arm/managedHsmRoleAssignments.json"
        ["Microsoft.KeyVault/managedHsm/roleAssignments/read/action"];
    /// The roles that a managed HSM keeps itself.
    HsmRoles "arm/managedHsmRoleDefinitions.json" ["Microsoft.KeyVault/managedHsm/roleDefinitions/read/action"];
}

impl Collection {
    /// The document that lies at a place in its tenant's folder.
    pub fn at(file: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.file() == file)
    }

    /// The read that names its gaps.
    pub fn read(self) -> &'static str {
        self.reads().first().copied().unwrap_or_default()
    }

    /// Where it lies: at the top of the folder, or in the folder of a tenant.
    ///
    /// # Errors
    /// When the tenant's id cannot be a folder's name.
    pub fn path(self, tenant: Option<&str>) -> Result<DocPath, PathError> {
        match tenant {
            None => DocPath::new(self.file()),
            Some(tenant) => DocPath::new(format!("{TENANTS_FOLDER}/{tenant}/{}", self.file())),
        }
    }
}

/// Whether a text is a GUID: 32 hexadecimal digits in five groups.
pub fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_has_a_place_of_its_own_and_a_permission() {
        for one in Collection::ALL {
            assert_eq!(Collection::at(one.file()), Some(*one));
            assert!(one.path(None).is_ok() && !one.read().is_empty(), "{one:?}");
        }
    }

    #[test]
    fn guids_are_told_from_names() {
        assert!(is_guid("F8CDEF31-a31e-4b4a-93e4-5f571e91255a"));
        for other in ["", "f8cdef31a31e4b4a93e45f571e91255a", "f8cdef31-a31e-4b4a-93e4-5f571e91255g", "----"]
        {
            assert!(!is_guid(other), "{other}");
        }
    }
}
