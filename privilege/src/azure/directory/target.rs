//! What an operation of the directory is done to.

use census_model::{Group, Identity, IdentityKind, Index, Provider, Scope, ScopeId, ScopeKind};

use super::{QuestionError, language::Operation};
use crate::azure::place;

/// What an operation is done to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'e> {
    /// The tenant: its settings, something new, or all objects of a kind.
    Tenant,
    /// An object that nothing protects and nobody owns, and whose name no role knows.
    Ordinary,
    /// An application, a service principal or a user.
    Identity(&'e Identity),
    /// A group.
    Group(&'e Group),
}

/// What a kind of thing is called in operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entity {
    Users,
    Groups,
    Applications,
    ServicePrincipals,
    /// Something of which there is one in a tenant, or that is not read.
    Other,
}

impl Entity {
    pub(super) fn of(operation: &Operation) -> Self {
        match operation.entity() {
            "users" => Self::Users,
            "groups" | "groupsassignabletoroles" => Self::Groups,
            "applications" => Self::Applications,
            "serviceprincipals" => Self::ServicePrincipals,
            _ => Self::Other,
        }
    }

    /// What such an operation is done to, in words.
    fn words(self) -> &'static str {
        match self {
            Self::Users => "a user or the tenant",
            Self::Groups => "a group or the tenant",
            Self::Applications => "an application that is registered in the tenant, or to the tenant",
            Self::ServicePrincipals => "a service principal or the tenant",
            Self::Other => "the tenant",
        }
    }

    /// Whether an identity is such a thing.
    fn is(self, identity: &Identity) -> bool {
        let registered =
            || identity.application.as_ref().is_some_and(|application| application.native_id.is_some());
        match self {
            Self::Users => identity.kind == IdentityKind::EntraUser,
            Self::Applications => registered(),
            Self::ServicePrincipals => {
                !matches!(identity.kind, IdentityKind::EntraUser | IdentityKind::EntraApplication)
            }
            Self::Groups | Self::Other => false,
        }
    }

    /// The kinds of things that administrative units have as members.
    /// <https://learn.microsoft.com/entra/identity/role-based-access-control/administrative-units>
    pub(super) fn is_in_units(self) -> bool {
        matches!(self, Self::Users | Self::Groups)
    }
}

/// The tenant of this name or id, and whether one is meant at all.
pub(super) fn tenant<'e>(index: &Index<'e>, named: &str) -> Result<Option<&'e Scope>, QuestionError> {
    let estate = index.estate();
    let found: Vec<&Scope> = if named == "/" {
        estate.scopes.values().filter(|scope| scope.kind == ScopeKind::Tenant).collect()
    } else {
        place::called(estate, ScopeKind::Tenant, named)
    };
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        several => Err(QuestionError::Ambiguous(named.to_owned(), several.len())),
    }
}

/// Finds what a question about an operation names, and the tenant that it is in.
pub(super) fn find<'e>(
    index: &Index<'e>,
    named: &str,
    operation: &Operation,
) -> Result<(&'e ScopeId, Target<'e>), QuestionError> {
    let entity = Entity::of(operation);
    if let Some(scope) = tenant(index, named)? {
        return Ok((&scope.id, Target::Tenant));
    }
    let all = objects(index, named);
    if all.is_empty() {
        return Err(QuestionError::Resource(named.to_owned()));
    }
    let fits = |target: &&Target<'e>| match target {
        Target::Identity(identity) => entity.is(identity),
        Target::Group(_) => entity == Entity::Groups,
        Target::Tenant | Target::Ordinary => false,
    };
    // Nothing new has a name yet.
    let fitting: Vec<&Target<'e>> = all.iter().filter(fits).filter(|_| !operation.is_creation()).collect();
    match fitting.as_slice() {
        [] => Err(QuestionError::NotOf {
            operation: operation.as_str().to_owned(),
            resource: named.to_owned(),
            of: if operation.is_creation() { Entity::Other.words() } else { entity.words() },
        }),
        [target] => {
            let scope = match target {
                Target::Identity(identity) => &identity.scope,
                Target::Group(group) => &group.scope,
                Target::Tenant | Target::Ordinary => return Err(QuestionError::Resource(named.to_owned())),
            };
            let tenant = tenant_of(index, scope).ok_or_else(|| QuestionError::Resource(named.to_owned()))?;
            Ok((tenant, **target))
        }
        several => Err(QuestionError::Ambiguous(named.to_owned(), several.len())),
    }
}

/// The tenant that a scope is, or lies in.
pub(super) fn tenant_of<'e>(index: &Index<'e>, scope: &ScopeId) -> Option<&'e ScopeId> {
    let above = index.ancestors(scope);
    above.into_iter().find(|scope| scope.kind == ScopeKind::Tenant).map(|scope| &scope.id)
}

/// Everything of the directory that is called so: by id if anything is, else by a name, in any case.
fn objects<'e>(index: &Index<'e>, named: &str) -> Vec<Target<'e>> {
    let same = |text: &str| text.eq_ignore_ascii_case(named);
    let identities =
        || index.estate().identities.iter().filter(|identity| identity.provider == Provider::Azure);
    let groups = || index.estate().groups.iter().filter(|group| group.id.as_str().starts_with("azure:"));
    let mut found: Vec<Target<'e>> = identities()
        .filter(|one| same(&one.native_id) || same(one.id.as_str()))
        .map(Target::Identity)
        .collect();
    found.extend(groups().filter(|one| same(&one.native_id) || same(one.id.as_str())).map(Target::Group));
    if found.is_empty() {
        let is_called = |one: &&Identity| {
            let login = one.person.as_ref().and_then(|person| person.login.as_deref());
            same(&one.name) || one.aliases.iter().any(|alias| same(alias)) || login.is_some_and(same)
        };
        found.extend(identities().filter(is_called).map(Target::Identity));
        found.extend(groups().filter(|one| same(&one.name)).map(Target::Group));
    }
    found
}

impl<'e> Target<'e> {
    /// The object ids by which owners and assignments name it, for an operation on this kind of thing.
    pub(super) fn object_id(&self, entity: Entity) -> Option<&'e str> {
        match (self, entity) {
            (Self::Identity(identity), Entity::Applications) => {
                identity.application.as_ref()?.native_id.as_deref()
            }
            (Self::Identity(identity), _) => Some(&identity.native_id),
            (Self::Group(group), _) => Some(&group.native_id),
            (Self::Tenant | Self::Ordinary, _) => None,
        }
    }
}
