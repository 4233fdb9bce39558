//! A tenant of Entra ID and a subscription of Azure, as cases say them.

use census_fixtures::{self as fixtures, azure};
use census_model::{
    Attachment, Credential, GapReason, Grant, Group, GroupId, Identity, IdentityId, Policy, PolicyKind,
    ScopeId, SharedText, Vault, VaultObject, VaultObjectKind, Via,
};

use super::World;

impl World {
    /// Adds an identity of Azure, with the scopes that it lives in.
    pub(crate) fn azure(&mut self, identity: Identity) -> Identity {
        azure::tenant(&mut self.estate);
        self.add(identity)
    }

    /// Adds the service principal of an application that is registered here.
    pub(crate) fn app(&mut self, name: &str) -> Identity {
        self.azure(azure::service_principal(name))
    }

    /// Adds the service principal of another company's application.
    pub(crate) fn foreign_app(&mut self, name: &str) -> Identity {
        self.azure(azure::foreign_service_principal(name))
    }

    /// Adds a user.
    pub(crate) fn person(&mut self, login: &str) -> Identity {
        self.azure(azure::person(login))
    }

    /// Adds a client secret that works, changed as the case needs it.
    pub(crate) fn secret(&mut self, holder: &Identity, name: &str, change: impl Fn(&mut Credential)) {
        let mut secret = azure::client_secret(holder, name);
        change(&mut secret);
        self.estate.credential(secret);
    }

    /// Adds a client certificate that works, changed as the case needs it.
    pub(crate) fn certificate(
        &mut self,
        holder: &Identity,
        thumbprint: &str,
        change: impl Fn(&mut Credential),
    ) {
        let mut certificate = azure::client_certificate(holder, thumbprint);
        change(&mut certificate);
        self.estate.credential(certificate);
    }

    /// Makes somebody an owner of an application.
    pub(crate) fn directory_owner(&mut self, of: &Identity, who: &IdentityId) {
        self.estate.directory_owner(azure::owner(of, who));
    }

    /// Adds a key vault, changed as the case needs it.
    pub(crate) fn vault(&mut self, name: &str, change: impl Fn(&mut Vault)) -> Vault {
        azure::tenant(&mut self.estate);
        let mut vault = azure::vault(name);
        change(&mut vault);
        self.estate.vault(vault.clone());
        vault
    }

    /// Adds what a vault holds, changed as the case needs it.
    pub(crate) fn vault_object(
        &mut self,
        vault: &Vault,
        kind: VaultObjectKind,
        name: &str,
        change: impl Fn(&mut VaultObject),
    ) {
        let mut object = azure::vault_object(vault, kind, name);
        change(&mut object);
        self.estate.vault_object(object);
    }

    /// Adds a group of the tenant.
    pub(crate) fn entra_group(&mut self, name: &str) -> GroupId {
        self.dynamic_group(name, None)
    }

    /// Assigns a role of these permissions, given as JSON text, on a vault.
    pub(crate) fn azure_role(&mut self, to: &Identity, vault: &Vault, name: &str, permissions: &str) {
        let scope = ScopeId::new(format!("azure:{}", vault.native_id));
        self.azure_role_at(to, scope, name, permissions);
    }

    /// The same at a scope.
    pub(crate) fn azure_role_at(&mut self, to: &Identity, scope: ScopeId, name: &str, permissions: &str) {
        let policy = Some(self.estate.policy(Policy::new(PolicyKind::AzurePermissions, permissions)));
        self.estate.grant(Grant { policy, ..azure::role_assignment(&to.id, scope, name) });
    }

    /// Adds an access policy of these permissions, given as JSON text; with an application only together with it.
    pub(crate) fn access_policy(
        &mut self,
        to: &IdentityId,
        vault: &Vault,
        permissions: &str,
        application: Option<&str>,
    ) {
        let application = application.map(Into::into);
        self.policy_of(Attachment::Identity(to.clone()), vault, permissions, application);
    }

    /// The same for a group.
    pub(crate) fn group_policy(&mut self, to: &GroupId, vault: &Vault, permissions: &str) {
        self.policy_of(Attachment::Group(to.clone()), vault, permissions, None);
    }

    fn policy_of(
        &mut self,
        to: Attachment,
        vault: &Vault,
        permissions: &str,
        application: Option<SharedText>,
    ) {
        let policy = Some(self.estate.policy(Policy::new(PolicyKind::KeyVaultPermissions, permissions)));
        let via = Via::AccessPolicy { vault: vault.id.clone(), application, tenant: None };
        self.estate.grant(Grant { policy, ..azure::grant(to, via, vault.scope.clone()) });
    }

    /// Adds a group of the tenant into which a rule puts people.
    pub(crate) fn dynamic_group(&mut self, name: &str, rule: Option<&str>) -> GroupId {
        azure::tenant(&mut self.estate);
        let native_id = azure::object_id(name);
        let id = GroupId::new(format!("azure:{native_id}"));
        self.estate.group(Group {
            id: id.clone(),
            native_id: native_id.as_str().into(),
            immutable_id: Some(native_id.into()),
            name: name.into(),
            scope: azure::tenant_scope(),
            created: Some(fixtures::days_ago(500)),
            role_assignable: false,
            membership_rule: rule.map(Into::into),
            kept_elsewhere: false,
        });
        id
    }

    /// A read of the tenant is missing, about all of it or about what is named.
    pub(crate) fn azure_gap(&mut self, read: &str, reason: GapReason, about: &[&str]) {
        self.estate.gap(azure::unread(read, reason, about));
    }
}
