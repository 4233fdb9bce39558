//! What a scan knows of a request.

use super::Inquiry;
use crate::azure::{
    conditions::{Attribute, Facts, Source},
    place,
};

impl Facts for Inquiry<'_, '_> {
    fn action(&self) -> &str {
        &self.question.action
    }

    fn values(&self, attribute: &Attribute) -> Option<Vec<String>> {
        if let Some((_, values)) = self.question.context.iter().find(|(known, _)| known.is(attribute)) {
            return Some(values.clone());
        }
        match attribute.source {
            // A scan looks at the present.
            Source::Environment if attribute.path.eq_ignore_ascii_case("UtcNow") => {
                Some(vec![self.access.index.estate().as_of.to_string()])
            }
            Source::Resource => self.name_in_target(&attribute.path).map(|name| vec![name]),
            _ => None,
        }
    }
}

impl Inquiry<'_, '_> {
    /// The name that the target's id gives to something of a type: `Microsoft.Storage/storageAccounts:name`. Ids are kept
    /// in lower case, so that only names that have no other are known: those of storage accounts and containers.
    /// <https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftstorage>
    fn name_in_target(&self, path: &str) -> Option<String> {
        let wanted = path.to_ascii_lowercase();
        let kind = wanted.strip_suffix(":name")?;
        let kind = kind.strip_prefix("microsoft.storage/")?;
        let (namespace, types) = place::types(&self.target.id)?;
        if namespace != "microsoft.storage"
            || !matches!(kind, "storageaccounts" | "storageaccounts/blobservices/containers")
        {
            return None;
        }
        let depth = kind.split('/').count();
        let of_kind = types.get(..depth)?;
        let is_it = of_kind.iter().map(|(kind, _)| *kind).eq(kind.split('/'));
        is_it.then(|| of_kind.last().map(|(_, name)| (*name).to_owned())).flatten()
    }
}
