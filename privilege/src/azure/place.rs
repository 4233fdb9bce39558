//! Where something lies in Azure Resource Manager: ids compare without case, and each names what it lies in.

use census_model::{Estate, Scope, ScopeId, ScopeKind};

/// An id in the one form in which ids are compared: in lower case, with one slash before and none behind.
pub(super) fn normal(id: &str) -> String {
    format!("/{}", id.trim().trim_matches('/').to_ascii_lowercase())
}

fn segments(id: &str) -> Vec<&str> {
    id.split('/').filter(|part| !part.is_empty()).collect()
}

/// What a normal id of something in a subscription lies in; `None` of anything else.
fn parent(id: &str) -> Option<String> {
    let parts = segments(id);
    if parts.first() != Some(&"subscriptions") || parts.len() < 4 {
        return None;
    }
    let shorter = parts.get(..parts.len() - 2)?;
    let shorter = match shorter {
        // What is left of `…/providers/<namespace>/<type>/<name>`.
        [above @ .., "providers", _] => above,
        shorter => shorter,
    };
    Some(format!("/{}", shorter.join("/")))
}

/// The subscription of a normal id.
pub(super) fn subscription(id: &str) -> Option<&str> {
    id.strip_prefix("/subscriptions/")?.split('/').next().filter(|one| !one.is_empty())
}

/// The management group that a normal id is, by name.
pub(super) fn management_group(id: &str) -> Option<&str> {
    let name = id.strip_prefix("/providers/microsoft.management/managementgroups/")?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

/// Whether a normal id in a subscription has the form of one: pairs of kind and name, with `providers/<namespace>`
/// before those of resources.
pub(super) fn is_well_formed(id: &str) -> bool {
    let mut rest = segments(id).into_iter().peekable();
    let mut is_first = true;
    while let Some(kind) = rest.next() {
        if kind == "providers" && !is_first {
            // The namespace, then a type.
            if rest.next().is_none() || rest.peek().is_none() {
                return false;
            }
        } else if rest.next().is_none() {
            return false;
        }
        is_first = false;
    }
    true
}

/// The namespace of a resource with its types and names, from the outermost inwards.
pub(super) fn types(id: &str) -> Option<(String, Vec<(&str, &str)>)> {
    let parts = segments(id);
    let provider = parts.iter().rposition(|part| part.eq_ignore_ascii_case("providers"))?;
    let (namespace, rest) = parts.get(provider + 1..)?.split_first()?;
    let pairs = rest.chunks(2).filter_map(|pair| match pair {
        [kind, name] => Some((*kind, *name)),
        _ => None,
    });
    Some(((*namespace).to_owned(), pairs.collect()))
}

/// The scopes of a thing in a subscription up to the subscription, innermost first.
pub(super) fn within_subscription(id: &str) -> Vec<ScopeId> {
    let mut found = Vec::new();
    let mut next = Some(id.to_owned());
    while let Some(id) = next {
        next = parent(&id);
        found.push(match (segments(&id).as_slice(), subscription(&id)) {
            ([_, _], Some(subscription)) => ScopeId::new(format!("azure:subscription/{subscription}")),
            _ => ScopeId::new(format!("azure:{id}")),
        });
    }
    found
}

/// The scopes of this kind with a native id or name, in any case.
pub(super) fn called<'e>(estate: &'e Estate, kind: ScopeKind, name: &str) -> Vec<&'e Scope> {
    let of_kind = || estate.scopes.values().filter(|scope| scope.kind == kind);
    let by_id: Vec<_> = of_kind().filter(|scope| scope.native_id.eq_ignore_ascii_case(name)).collect();
    if !by_id.is_empty() {
        return by_id;
    }
    of_kind()
        .filter(|scope| scope.name.as_deref().is_some_and(|one| one.eq_ignore_ascii_case(name)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_subscription_leads_up_to_it() {
        let secret =
            normal("/subscriptions/S/resourceGroups/R/providers/Microsoft.KeyVault/vaults/V/secrets/x/");
        let scopes: Vec<String> =
            within_subscription(&secret).iter().map(|one| one.as_str().to_owned()).collect();
        assert_eq!(
            scopes,
            [
                "azure:/subscriptions/s/resourcegroups/r/providers/microsoft.keyvault/vaults/v/secrets/x",
                "azure:/subscriptions/s/resourcegroups/r/providers/microsoft.keyvault/vaults/v",
                "azure:/subscriptions/s/resourcegroups/r",
                "azure:subscription/s",
            ]
        );
        assert_eq!(within_subscription("/subscriptions/s").len(), 1);
    }

    #[test]
    fn half_an_id_is_none() {
        for (id, expected) in [
            ("/subscriptions/s", true),
            ("/subscriptions/s/resourcegroups/r", true),
            ("/subscriptions/s/providers/microsoft.x/t/n", true),
            ("/subscriptions/s/resourcegroups/r/providers/microsoft.x/t/n/u/m", true),
            ("/subscriptions/s/resourcegroups/r/providers/microsoft.x/t/n/providers/microsoft.y/u/m", true),
            ("/subscriptions/s/resourcegroups", false),
            ("/subscriptions/s/resourcegroups/r/providers/microsoft.x", false),
            ("/subscriptions/s/resourcegroups/r/providers/microsoft.x/t", false),
        ] {
            assert_eq!(is_well_formed(id), expected, "{id}");
        }
    }
}
