//! What is asked, and what the resource in it is.

use census_model::{AccessModel, Estate, Index, Scope, ScopeId, ScopeKind, Vault, VaultKind};

use super::Access;
use crate::azure::{conditions::Attribute, data_actions, key_vault, place};

/// On which side of a service an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plane {
    /// Managing resources: `actions` of a role.
    Control,
    /// Using what is in them: `dataActions` of a role.
    Data,
}

/// Whether an action, in lower case, is known to be one of the data plane.
pub(super) fn is_data_action(action: &str) -> bool {
    key_vault::is_data_action(action) || data_actions::is_listed(action)
}

/// A question about the principals of a tenant.
#[derive(Clone, Debug)]
pub struct Question {
    /// In lower case.
    pub(super) action: Box<str>,
    /// As it was asked, where it was.
    pub(super) plane: Option<Plane>,
    pub(super) resource: Box<str>,
    pub(super) context: Vec<(Attribute, Vec<String>)>,
}

/// Why a question cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// Not `Namespace/type/operation`.
    #[error(
        "`{0}` is not an action: it takes a provider, a type and an operation, as in `Microsoft.Storage/storageAccounts/listKeys/action`"
    )]
    Action(String),
    /// An operation of the directory.
    #[error("`{0}` is an operation of the directory, which has no planes")]
    Directory(String),
    /// An action that roles of Azure do not give.
    #[error("`{action}` is given by the roles of {service} itself, which are not read")]
    Elsewhere {
        /// The action.
        action: String,
        /// The service.
        service: &'static str,
    },
    /// Nothing that is known.
    #[error(
        "`{0}` is none of the tenant's subscriptions, management groups and vaults, and no id in one of its subscriptions"
    )]
    Resource(String),
    /// Several things, as of several tenants.
    #[error("`{0}` means {1} things")]
    Ambiguous(String, usize),
    /// An action on what a vault holds, and no vault.
    #[error("`{action}` is asked of a vault or of what it holds, and `{resource}` is neither")]
    NoVault {
        /// The action.
        action: String,
        /// The resource.
        resource: String,
    },
    /// An action that access policies do not know.
    #[error("`{0}` is no action that an access policy of a vault speaks of")]
    Policies(String),
    /// Not `@Source[name]`.
    #[error(
        "`{0}` is not an attribute: it takes a source and a name, as in `@Request[Microsoft.Authorization/roleAssignments:PrincipalType]`"
    )]
    Attribute(String),
}

impl Question {
    /// May somebody do `action` to `resource`? `data:` or `control:` before the action says on which plane; without it
    /// that is known of some services, and told by the roles that name the action.
    ///
    /// The resource is an id of Azure Resource Manager, the id or name of a subscription, management group or vault, or
    /// the address of what a vault holds.
    ///
    /// # Errors
    /// When the action is none, one of the directory, or one that roles of Azure do not give.
    pub fn new(action: &str, resource: &str) -> Result<Self, QuestionError> {
        let planes = [("data:", Plane::Data), ("control:", Plane::Control)];
        let (plane, name) = planes
            .into_iter()
            .find_map(|(prefix, plane)| Some((Some(plane), action.strip_prefix(prefix)?)))
            .unwrap_or((None, action));
        let is_segment = |one: &str| {
            !one.is_empty()
                && one.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'$'))
        };
        if name.split('/').count() < 3 || !name.split('/').all(is_segment) {
            return Err(QuestionError::Action(action.to_owned()));
        }
        let lower = name.to_ascii_lowercase();
        if lower.starts_with("microsoft.directory/") {
            return Err(QuestionError::Directory(action.to_owned()));
        }
        if let Some(service) = data_actions::decided_elsewhere(&lower) {
            return Err(QuestionError::Elsewhere { action: action.to_owned(), service });
        }
        Ok(Self { action: lower.into(), plane, resource: resource.into(), context: Vec::new() })
    }

    /// The same of an operation that is known to be none of the directory, on a plane. The resource is said when it is
    /// asked.
    pub(in crate::azure) fn of_operation(action: &str, plane: Plane) -> Self {
        let action = action.to_ascii_lowercase().into();
        Self { action, plane: Some(plane), resource: Box::default(), context: Vec::new() }
    }

    /// The action, in lower case.
    pub(in crate::azure) fn action(&self) -> &str {
        &self.action
    }

    /// The plane that was named.
    pub(in crate::azure) fn plane_asked(&self) -> Option<Plane> {
        self.plane
    }

    /// Says that the request carries an attribute with these values.
    ///
    /// # Errors
    /// When the attribute is none.
    pub fn with(&mut self, attribute: &str, values: Vec<String>) -> Result<(), QuestionError> {
        let parsed =
            Attribute::parse(attribute).ok_or_else(|| QuestionError::Attribute(attribute.to_owned()))?;
        match self.context.iter_mut().find(|(known, _)| known.is(&parsed)) {
            Some((_, known)) => known.extend(values),
            None => self.context.push((parsed, values)),
        }
        Ok(())
    }
}

/// What a question is about.
#[derive(Clone, Debug)]
pub(super) struct Target<'e> {
    /// Its id in the form in which ids are compared.
    pub(super) id: String,
    /// Its scope and those above, innermost first.
    pub(super) chain: Vec<ScopeId>,
    /// The vault that it is or lies in.
    pub(super) vault: Option<&'e Vault>,
    /// What it is in the vault: `/keys/<name>`, in lower case.
    pub(super) object: Option<String>,
}

impl<'e> Target<'e> {
    /// Finds what a question names.
    pub(super) fn find(index: &Index<'e>, named: &str) -> Result<Self, QuestionError> {
        let estate = index.estate();
        let unknown = || QuestionError::Resource(named.to_owned());
        let lower = named.to_ascii_lowercase();
        if let Some(rest) = lower.strip_prefix("https://") {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let answers = |vault: &&Vault| {
                vault.uri.as_deref().is_some_and(|uri| uri.eq_ignore_ascii_case(&format!("https://{host}")))
            };
            let vault = estate.vaults.iter().find(answers).ok_or_else(unknown)?;
            let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            let object = match parts.as_slice() {
                [] => None,
                // A version has no permissions of its own.
                [kind @ ("keys" | "secrets" | "certificates" | "storage"), name]
                | [kind @ ("keys" | "secrets" | "certificates"), name, _] => Some(format!("/{kind}/{name}")),
                _ => return Err(unknown()),
            };
            return Ok(Self::in_vault(index, vault, object));
        }
        if named.starts_with('/') {
            return Self::one(Self::of_id(index, &place::normal(named)), named);
        }
        let mut found: Vec<Self> = Vec::new();
        for kind in [ScopeKind::Subscription, ScopeKind::ManagementGroup, ScopeKind::Tenant] {
            let scopes = place::called(estate, kind, named);
            found.extend(scopes.into_iter().map(|scope| Self {
                id: String::new(),
                chain: ids(index, &scope.id),
                vault: None,
                object: None,
            }));
        }
        let vaults = estate.vaults.iter().filter(|vault| vault.name.eq_ignore_ascii_case(named));
        found.extend(vaults.map(|vault| Self::in_vault(index, vault, None)));
        // The root management group is called as the tenant, and lies in it.
        if let ([lower, upper], true) =
            (found.as_slice(), place::called(estate, ScopeKind::Tenant, named).len() == 1)
            && lower.chain.contains(upper.chain.first().ok_or_else(unknown)?)
        {
            found.truncate(1);
        }
        Self::one(found, named)
    }

    /// The only thing that was meant.
    fn one(mut found: Vec<Self>, named: &str) -> Result<Self, QuestionError> {
        match (found.pop(), found.len()) {
            (Some(one), 0) => Ok(one),
            (Some(_), others) => Err(QuestionError::Ambiguous(named.to_owned(), others + 1)),
            (None, _) => Err(QuestionError::Resource(named.to_owned())),
        }
    }

    /// A scope of the estate, and whether that is a single resource.
    pub(super) fn at(access: &Access<'e>, scope: &ScopeId) -> Option<(Self, bool)> {
        let scope = access.index.estate().scopes.get(scope)?;
        let is_resource = scope.kind == ScopeKind::Resource;
        let id = match scope.kind {
            ScopeKind::ResourceGroup | ScopeKind::Resource => place::normal(&scope.native_id),
            _ => String::new(),
        };
        if id.is_empty() {
            return Some((
                Self { id, chain: ids(access.index, &scope.id), vault: None, object: None },
                false,
            ));
        }
        let within = || place::within_subscription(&id).into_iter();
        let mut ids = within().filter_map(|scope| scope.as_str().strip_prefix("azure:").map(str::to_owned));
        let vault = ids.find_map(|id| access.vaults.get(&id).copied()).filter(|_| is_resource);
        let object = vault.and_then(|vault| id.strip_prefix(place::normal(&vault.native_id).as_str()));
        let object = object.filter(|rest| !rest.is_empty()).map(str::to_owned);
        Some((Self { chain: chain(access.index, &id), vault, object, id }, is_resource))
    }

    pub(super) fn in_vault(index: &Index<'e>, vault: &'e Vault, object: Option<String>) -> Self {
        let id = format!("{}{}", place::normal(&vault.native_id), object.as_deref().unwrap_or_default());
        let chain = chain(index, &id);
        Self { id, chain, vault: Some(vault), object }
    }

    /// A resource that is no vault, by its id.
    pub(super) fn of_resource(index: &Index<'e>, id: &str) -> Self {
        let id = place::normal(id);
        Self { chain: chain(index, &id), id, vault: None, object: None }
    }

    /// What has an id. Tenants may have management groups of the same name, and each has a root of its own.
    fn of_id(index: &Index<'e>, id: &str) -> Vec<Self> {
        let estate = index.estate();
        let scopes: Vec<&Scope> = if let Some(name) = place::management_group(id) {
            place::called(estate, ScopeKind::ManagementGroup, name)
        } else if id == "/" {
            estate.scopes.values().filter(|scope| scope.kind == ScopeKind::Tenant).collect()
        } else {
            return Self::in_subscription(index, id).into_iter().collect();
        };
        let of_scope = |scope: &Scope| Self {
            id: id.to_owned(),
            chain: ids(index, &scope.id),
            vault: None,
            object: None,
        };
        scopes.into_iter().map(of_scope).collect()
    }

    fn in_subscription(index: &Index<'e>, id: &str) -> Option<Self> {
        let estate = index.estate();
        let subscription = ScopeId::new(format!("azure:subscription/{}", place::subscription(id)?));
        if !estate.scopes.contains_key(&subscription) || !place::is_well_formed(id) {
            return None;
        }
        let holds = |vault: &&Vault| {
            let vault = place::normal(&vault.native_id);
            id.strip_prefix(vault.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let vault = estate.vaults.iter().find(holds);
        let object = vault.and_then(|vault| id.strip_prefix(place::normal(&vault.native_id).as_str()));
        let object = object.filter(|rest| !rest.is_empty()).map(str::to_owned);
        Some(Self { id: id.to_owned(), chain: chain(index, id), vault, object })
    }

    /// Whether it is, or lies in, what has the id of a vault.
    pub(super) fn is_of_vaults(&self) -> bool {
        place::types(&self.id).is_some_and(|(namespace, types)| {
            namespace == "microsoft.keyvault"
                && types.first().is_some_and(|(kind, _)| matches!(*kind, "vaults" | "managedhsms"))
        })
    }

    /// Who decides about what the vault holds.
    pub(super) fn access(&self) -> Option<AccessModel> {
        let vault = self.vault?;
        match vault.kind {
            VaultKind::AzureManagedHsm => Some(AccessModel::LocalRoles),
            VaultKind::AzureKeyVault => vault.access,
        }
    }
}

/// A scope and those above.
pub(super) fn ids(index: &Index<'_>, scope: &ScopeId) -> Vec<ScopeId> {
    index.ancestors(scope).into_iter().map(|scope| scope.id.clone()).collect()
}

/// The scopes of something in a subscription, and those above.
pub(super) fn chain(index: &Index<'_>, id: &str) -> Vec<ScopeId> {
    let mut chain = place::within_subscription(id);
    let above = chain.last().map(|subscription| ids(index, subscription)).unwrap_or_default();
    chain.extend(above.into_iter().skip(1));
    chain
}

/// The tenant that a scope lies in.
pub(super) fn tenant<'e>(estate: &'e Estate, chain: &[ScopeId]) -> Option<&'e ScopeId> {
    let scope = estate.scopes.get(chain.last()?)?;
    (scope.kind == ScopeKind::Tenant).then_some(&scope.id)
}
