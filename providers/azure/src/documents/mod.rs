//! The documents of this provider: which files there are, what each holds, and the permission whose absence leaves it
//! empty.
//!
//! The types follow what the APIs return. Only fields that are named here are ever looked at, so that whatever else a file
//! holds, secrets included, cannot enter the estate.

pub(crate) mod arm;
pub(crate) mod collection;
pub(crate) mod directory;
pub(crate) mod graph;
pub(crate) mod list;
pub(crate) mod roles;
pub(crate) mod value;
pub(crate) mod vaults;

use census_provider_api::DocPath;

pub use collection::{Collection, TENANTS_FOLDER, is_guid};

/// Whether a path is one of this provider's documents, and if so of which tenant (`None`: of the one tenant whose files
/// lie at the top) and which collection.
pub fn place_of(path: &DocPath) -> Option<(Option<&str>, Collection)> {
    let path = path.as_str();
    let (tenant, rest) = match path.strip_prefix(TENANTS_FOLDER).and_then(|rest| rest.strip_prefix('/')) {
        Some(below) => {
            let (tenant, rest) = below.split_once('/')?;
            (Some(tenant).filter(|id| is_guid(id))?.into(), rest)
        }
        None => (None, path),
    };
    Some((tenant, Collection::at(rest)?))
}

/// Whether a path is one of this provider's documents.
pub fn owns(path: &DocPath) -> bool {
    place_of(path).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(path: &str) -> bool {
        DocPath::new(path).is_ok_and(|path| owns(&path))
    }

    #[test]
    fn files_of_one_tenant_and_of_several_are_owned_and_no_others() {
        let tenant = "tenants/10000000-0000-4000-8000-000000000001";
        for own in ["tenant.json", "graph/servicePrincipals.json", "arm/vaultObjects.json"] {
            assert!(owned(own), "{own}");
            assert!(owned(&format!("{tenant}/{own}")), "{own}");
        }
        for other in [
            "organization.json",
            "servicePrincipals.json",
            "arm/servicePrincipals.json",
            "graph/serviceprincipals.json",
            "graph/more/users.json",
            "tenants/graph/users.json",
            "tenants/x/graph/users.json",
            "accounts/111122223333/access-keys.json",
        ] {
            assert!(!owned(other), "{other}");
        }
    }
}
