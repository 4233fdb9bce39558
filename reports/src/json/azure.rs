//! The shape of what only Azure and Entra have in `census.report/1`: applications, people, directory owners, vaults.

use std::collections::BTreeMap;

use census_model as model;
use schemars::JsonSchema;
use serde::Serialize;

use super::scalars::{
    AccessModel, Audience, DirectoryObject, InstanceLock, Instant, Relation, UserType, VaultKind,
    VaultObjectKind,
};
use crate::view::View;

/// The application that a service principal is the local instance of.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Application<'v> {
    /// The client id, the same in every tenant.
    pub(crate) app_id: &'v str,
    /// The application's object id, where it is registered in this tenant.
    pub(crate) object_id: Option<&'v str>,
    /// The tenant that registered it.
    pub(crate) owner_tenant: Option<&'v str>,
    pub(crate) audience: Option<Audience>,
    pub(crate) verified_publisher: Option<&'v str>,
    pub(crate) instance_lock: Option<InstanceLock>,
}

/// What the directory says of a person.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Person<'v> {
    /// The name to sign in with.
    pub(crate) login: Option<&'v str>,
    pub(crate) mail: Option<&'v str>,
    pub(crate) user_type: UserType,
    /// When the person leaves or left.
    pub(crate) leaves: Option<Instant>,
}

/// Somebody whom the directory names.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct DirectoryOwner<'v> {
    pub(crate) relation: Relation,
    /// Of which object.
    pub(crate) of: DirectoryObject,
    /// Id of the user or service principal.
    pub(crate) who: &'v str,
    /// Its name, where it was read.
    pub(crate) name: Option<&'v str>,
}

/// From when until when something counts, and whether somebody has to switch it on.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) enum Activation {
    /// It counts within the bounds.
    Active { from: Option<Instant>, until: Option<Instant> },
    /// It counts once somebody switches it on, which they may do within the bounds.
    Eligible { from: Option<Instant>, until: Option<Instant> },
}

/// A vault, and what it holds.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Vault<'v> {
    pub(crate) id: &'v str,
    /// What the cloud calls it.
    pub(crate) native_id: &'v str,
    pub(crate) kind: VaultKind,
    pub(crate) name: &'v str,
    pub(crate) uri: Option<&'v str>,
    /// Id of the scope it lives in.
    pub(crate) scope: &'v str,
    pub(crate) created: Option<Instant>,
    /// Set where it is deleted and can still be recovered.
    pub(crate) deleted: Option<Deletion>,
    /// Who decides about access to what it holds.
    pub(crate) access: Option<AccessModel>,
    pub(crate) purge_protection: Option<bool>,
    pub(crate) soft_delete: Option<bool>,
    /// From where it can be reached.
    pub(crate) exposure: Option<Exposure>,
    /// Whether services that Microsoft trusts get past the network rules.
    pub(crate) lets_trusted_services_in: bool,
    pub(crate) enabled_for_template_deployment: bool,
    pub(crate) tags: &'v BTreeMap<Box<str>, Box<str>>,
    /// Keys, secrets and certificates, by id; properties only.
    pub(crate) objects: Vec<VaultObject<'v>>,
}

/// When a vault was deleted.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Deletion {
    pub(crate) at: Option<Instant>,
    /// Until when it can be recovered.
    pub(crate) purged: Option<Instant>,
}

/// From where a vault can be reached.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "from", rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) enum Exposure {
    /// Every network.
    Public,
    /// So many address ranges and virtual networks.
    Selected { addresses: usize, networks: usize },
    /// Private endpoints only.
    Private,
}

/// A key, secret or certificate, never its value.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct VaultObject<'v> {
    pub(crate) id: &'v str,
    pub(crate) kind: VaultObjectKind,
    pub(crate) name: &'v str,
    pub(crate) enabled: bool,
    pub(crate) created: Option<Instant>,
    pub(crate) updated: Option<Instant>,
    pub(crate) not_before: Option<Instant>,
    pub(crate) expires: Option<Instant>,
    /// Whether it stands behind a certificate of the same name.
    pub(crate) of_certificate: bool,
    /// The SHA-1 of a certificate's newest version, as upper-case hexadecimal digits.
    pub(crate) thumbprint: Option<&'v str>,
    pub(crate) rotation: Option<Rotation<'v>>,
}

/// How a vault renews an object by itself.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "mode", rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) enum Rotation<'v> {
    /// An ISO 8601 duration.
    Automatic {
        after: &'v str,
    },
    Manual,
}

pub(crate) fn application(of: &model::Application) -> Application<'_> {
    Application {
        app_id: &of.app_id,
        object_id: of.native_id.as_deref(),
        owner_tenant: of.owner_tenant.as_deref(),
        audience: of.audience.map(Into::into),
        verified_publisher: of.verified_publisher.as_deref(),
        instance_lock: of.instance_lock.map(Into::into),
    }
}

pub(crate) fn person(of: &model::Person) -> Person<'_> {
    Person {
        login: of.login.as_deref(),
        mail: of.mail.as_deref(),
        user_type: of.user_type.into(),
        leaves: of.leaves.map(Instant),
    }
}

pub(crate) fn directory_owners<'v>(
    view: &'v View<'v>,
    identity: &model::Identity,
) -> Vec<DirectoryOwner<'v>> {
    let owners = view.index.directory_owners(&model::Owned::Identity(identity.id.clone())).iter();
    let owner = |owner: &&'v model::DirectoryOwner| DirectoryOwner {
        relation: owner.relation.into(),
        of: owner.object.into(),
        who: owner.who.as_str(),
        name: view.index.identity(&owner.who).map(|who| &*who.name),
    };
    owners.map(owner).collect()
}

/// Nothing for what counts without an end.
pub(crate) fn activation(of: &model::Activation) -> Option<Activation> {
    match of {
        model::Activation::Standing => None,
        model::Activation::Active(bounds) => {
            Some(Activation::Active { from: bounds.from.map(Instant), until: bounds.until.map(Instant) })
        }
        model::Activation::Eligible(bounds) => {
            Some(Activation::Eligible { from: bounds.from.map(Instant), until: bounds.until.map(Instant) })
        }
    }
}

pub(crate) fn vault<'v>(view: &'v View<'v>, of: &'v model::Vault) -> Vault<'v> {
    Vault {
        id: of.id.as_str(),
        native_id: &of.native_id,
        kind: of.kind.into(),
        name: &of.name,
        uri: of.uri.as_deref(),
        scope: of.scope.as_str(),
        created: of.created.map(Instant),
        deleted: of
            .deleted
            .as_ref()
            .map(|gone| Deletion { at: gone.at.map(Instant), purged: gone.purged.map(Instant) }),
        access: of.access.map(Into::into),
        purge_protection: of.purge_protection,
        soft_delete: of.soft_delete,
        exposure: of.exposure.as_ref().map(exposure),
        lets_trusted_services_in: of.lets_trusted_services_in,
        enabled_for_template_deployment: of.enabled_for_template_deployment,
        tags: &of.tags,
        objects: view.index.vault_objects(&of.id).iter().map(|object| vault_object(object)).collect(),
    }
}

fn exposure(of: &model::Exposure) -> Exposure {
    match *of {
        model::Exposure::Public => Exposure::Public,
        model::Exposure::Selected { addresses, networks } => Exposure::Selected { addresses, networks },
        model::Exposure::Private => Exposure::Private,
    }
}

fn vault_object(of: &model::VaultObject) -> VaultObject<'_> {
    VaultObject {
        id: of.id.as_str(),
        kind: of.kind.into(),
        name: &of.name,
        enabled: of.enabled,
        created: of.created.map(Instant),
        updated: of.updated.map(Instant),
        not_before: of.not_before.map(Instant),
        expires: of.expires.map(Instant),
        of_certificate: of.of_certificate,
        thumbprint: of.thumbprint.as_deref(),
        rotation: of.rotation.as_ref().map(|rotation| match rotation {
            model::Rotation::Automatic(after) => Rotation::Automatic { after },
            model::Rotation::Manual => Rotation::Manual,
        }),
    }
}
