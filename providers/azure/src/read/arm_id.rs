//! Ids of Azure Resource Manager. They compare without case, and each names what it lies in.

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level<'i> {
    /// The root of the tenant.
    Root,
    /// A management group, by name.
    ManagementGroup(&'i str),
    /// A subscription, by its GUID.
    Subscription(&'i str),
    /// A resource group, by name.
    ResourceGroup(&'i str),
    /// Anything else: a resource, by name.
    Resource(&'i str),
}

/// An id in the one form in which ids are compared: in lower case, with one slash before and none behind.
pub(super) fn normal(id: &str) -> String {
    format!("/{}", id.trim().trim_matches('/').to_ascii_lowercase())
}

fn segments(id: &str) -> Vec<&str> {
    id.split('/').filter(|part| !part.is_empty()).collect()
}

/// What a normal id names.
pub(super) fn level(id: &str) -> Level<'_> {
    match segments(id).as_slice() {
        [] => Level::Root,
        ["providers", "microsoft.management", "managementgroups", name] => Level::ManagementGroup(name),
        ["subscriptions", id] => Level::Subscription(id),
        ["subscriptions", _, "resourcegroups", name] => Level::ResourceGroup(name),
        [.., name] => Level::Resource(name),
    }
}

/// What a normal id of a resource group or resource lies in; above a subscription or management group the id tells
/// nothing.
pub(super) fn parent(id: &str) -> String {
    let parts = segments(id);
    let shorter = parts.get(..parts.len().saturating_sub(2)).unwrap_or_default();
    let shorter = match shorter {
        // What is left of `…/providers/<namespace>/<type>/<name>`.
        [above @ .., "providers", _] => above,
        shorter => shorter,
    };
    format!("/{}", shorter.join("/"))
}

/// The resource group of a normal id, or the subscription where it lies in none.
pub(super) fn home(id: &str) -> String {
    let parts = segments(id);
    let depth = match parts.as_slice() {
        ["subscriptions", _, "resourcegroups", _, ..] => 4,
        ["subscriptions", _, ..] => 2,
        _ => 0,
    };
    format!("/{}", parts.get(..depth).unwrap_or_default().join("/"))
}

/// The type of the resource that a normal id names: `microsoft.compute/virtualmachines`.
pub(super) fn resource_type(id: &str) -> Option<String> {
    let parts = segments(id);
    let provider = parts.iter().rposition(|part| *part == "providers")?;
    let (namespace, rest) = parts.get(provider + 1..)?.split_first()?;
    let types: Vec<&str> = rest.iter().step_by(2).copied().collect();
    (!types.is_empty()).then(|| format!("{namespace}/{}", types.join("/")))
}

/// The last part of an id: its name.
pub(super) fn name(id: &str) -> &str {
    id.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_what_they_lie_in() {
        let vault = normal("/subscriptions/S/resourceGroups/RG/providers/Microsoft.KeyVault/vaults/V/");
        assert_eq!(level(&vault), Level::Resource("v"));
        assert_eq!(parent(&format!("{vault}/secrets/s")), vault);
        assert_eq!(parent(&format!("{vault}/providers/microsoft.insights/x/y")), vault);
        assert_eq!(parent(&vault), "/subscriptions/s/resourcegroups/rg");
        assert_eq!(parent("/subscriptions/s/resourcegroups/rg"), "/subscriptions/s");
        assert_eq!(parent("/subscriptions/s/providers/microsoft.x/t/n"), "/subscriptions/s");
        assert_eq!(parent("/providers/microsoft.x/t/n"), "/");
        assert_eq!(home(&format!("{vault}/secrets/s")), "/subscriptions/s/resourcegroups/rg");
        assert_eq!(home("/subscriptions/s/providers/microsoft.x/t/n"), "/subscriptions/s");
        assert_eq!(
            resource_type(&format!("{vault}/secrets/s")).as_deref(),
            Some("microsoft.keyvault/vaults/secrets")
        );
        for (id, expected) in [
            ("/", Level::Root),
            ("", Level::Root),
            ("/providers/Microsoft.Management/managementGroups/MG", Level::ManagementGroup("mg")),
            ("/subscriptions/S", Level::Subscription("s")),
            ("/subscriptions/S/resourcegroups/RG", Level::ResourceGroup("rg")),
            ("nonsense", Level::Resource("nonsense")),
        ] {
            assert_eq!(level(&normal(id)), expected, "{id}");
        }
    }
}
