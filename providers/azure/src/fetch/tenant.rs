//! A tenant that is being read: what arrived for each document, and what did not.

use std::collections::BTreeMap;

use census_model::{Gap, GapReason, Provider, ScopeId, Text};
use census_provider_api::{Batch, DeclaredRead, Progress};

use crate::documents::Collection;
use crate::{
    client::{Api, Call, Failure, Item, Listed},
    options::AzureOptions,
};

/// What arrived for a document.
#[derive(Default)]
struct Gathered {
    items: Vec<Item>,
    /// Whether at least one read of it succeeded.
    read: bool,
    /// Whether at least one did not, or not to its end.
    incomplete: bool,
}

/// A tenant that is being read.
pub(super) struct Tenant<'a> {
    /// The client.
    pub(super) api: Api,
    /// Its id.
    pub(super) id: &'a str,
    /// What was chosen.
    pub(super) options: &'a AzureOptions,
    progress: &'a dyn Progress,
    gathered: BTreeMap<Collection, Gathered>,
    gaps: Vec<Gap>,
    again: bool,
}

impl<'a> Tenant<'a> {
    /// A tenant of which nothing is known.
    pub(super) fn new(api: Api, id: &'a str, options: &'a AzureOptions, progress: &'a dyn Progress) -> Self {
        Self { api, id, options, progress, gathered: BTreeMap::new(), gaps: Vec::new(), again: false }
    }

    /// Says what is being read.
    pub(super) fn step(&self, what: &str) {
        self.progress.step(&format!("azure {}: {what}", self.id));
    }

    /// Adds what was read for a document.
    pub(super) fn add(&mut self, collection: Collection, items: Vec<Item>) {
        let gathered = self.gathered.entry(collection).or_default();
        gathered.read = true;
        gathered.items.extend(items);
    }

    /// What was read for a document so far.
    pub(super) fn items(&self, collection: Collection) -> &[Item] {
        self.gathered.get(&collection).map_or(&[], |gathered| gathered.items.as_slice())
    }

    /// What is asked for each of some things is there when they are known, though none of them may have any; and it is
    /// no more complete than they are.
    pub(super) fn derived(&mut self, collection: Collection, from: &[Collection]) {
        let known = |one: &Collection| self.gathered.get(one).is_some_and(|gathered| gathered.read);
        let incomplete = |one: &Collection| self.gathered.get(one).is_none_or(|gathered| gathered.incomplete);
        let (known, incomplete) = (from.iter().all(known), from.iter().any(incomplete));
        if known {
            let new = Gathered { read: true, ..Gathered::default() };
            self.gathered.entry(collection).or_insert(new).incomplete |= incomplete;
        }
    }

    /// Takes the result of a read that is about the things that `affects` names, or about the whole tenant.
    pub(super) fn settle(
        &mut self,
        collection: Collection,
        call: &Call,
        result: Result<Listed, Failure>,
        affects: &[Text],
    ) {
        let failure = match result {
            Ok(listed) => {
                self.add(collection, listed.items);
                listed.cut
            }
            Err(failure) => Some(failure),
        };
        if let Some(failure) = failure {
            self.gathered.entry(collection).or_default().incomplete = true;
            self.gap(&call.read, failure, affects.to_vec());
        }
    }

    /// Notes reads of single things that failed: one gap for each reason, naming all the things.
    pub(super) fn failed(
        &mut self,
        collection: Collection,
        read: &DeclaredRead,
        failures: Vec<(Text, Failure)>,
    ) {
        if failures.is_empty() {
            return;
        }
        self.gathered.entry(collection).or_default().incomplete = true;
        let mut by_reason: BTreeMap<GapReason, (Failure, Vec<Text>)> = BTreeMap::new();
        for (affected, failure) in failures {
            by_reason.entry(failure.reason).or_insert_with(|| (failure, Vec::new())).1.push(affected);
        }
        for (mut failure, affects) in by_reason.into_values() {
            if affects.len() > 1 {
                failure.detail.push_str(&format!(" (and {} more)", affects.len() - 1));
            }
            self.gap(read, failure, affects);
        }
    }

    /// Notes that a read failed.
    pub(super) fn gap(&mut self, read: &DeclaredRead, failure: Failure, affects: Vec<Text>) {
        self.again |= failure.may_pass();
        let scope = Some(tenant_scope(self.id));
        self.gaps.push(Gap::new(
            Provider::Azure,
            scope,
            read.name(),
            failure.reason,
            failure.detail,
            affects,
        ));
    }

    /// The documents and gaps. `folder` is the tenant's id where the scan is of several; only then can `--resume` tell
    /// what belongs to a tenant, and leave one alone of which nothing failed that may succeed the next time.
    pub(super) fn finish(self, folder: Option<&str>) -> Batch {
        let mut batch = Batch { gaps: self.gaps, ..Batch::default() };
        for (collection, gathered) in self.gathered {
            // What could not be read at all is absent, and has a gap.
            if !gathered.read {
                continue;
            }
            let items = in_order(gathered.items);
            if let Ok(path) = collection.path(folder) {
                batch.file(path, document(&items), items.len(), !gathered.incomplete);
            }
        }
        batch.done = folder.filter(|_| !self.again).map(str::to_owned);
        batch
    }
}

/// By id, each once: a list at one scope repeats what another one holds. Resource Manager compares ids without case;
/// Microsoft Graph does not, and gives assignments ids that differ in nothing else.
fn in_order(items: Vec<Item>) -> Vec<Item> {
    let key = |id: &str| if id.starts_with('/') { id.to_ascii_lowercase() } else { id.to_owned() };
    let mut keyed: Vec<(String, Item)> = items.into_iter().map(|item| (key(&item.id), item)).collect();
    keyed.sort_by(|(a, x), (b, y)| (a, &x.json).cmp(&(b, &y.json)));
    keyed.dedup_by(|(a, _), (b, _)| a == b);
    keyed.into_iter().map(|(_, item)| item).collect()
}

/// `{"value":[…]}`, one item a line.
fn document(items: &[Item]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(items.iter().map(|item| item.json.len() + 2).sum::<usize>() + 16);
    bytes.extend_from_slice(b"{\"value\":[");
    for (at, item) in items.iter().enumerate() {
        bytes.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        bytes.extend_from_slice(item.json.as_bytes());
    }
    bytes.extend_from_slice(b"\n]}\n");
    bytes
}

/// An item that holds what belongs to a parent, in the form of the API's own `$expand`.
pub(super) fn related(parent: &str, relationship: &str, children: Vec<Item>) -> Item {
    let id = serde_json::Value::from(parent);
    let children: Vec<String> =
        in_order(children).into_iter().map(|child| child.json.into_string()).collect();
    Item {
        id: parent.into(),
        json: format!(r#"{{"id":{id},"{relationship}":[{}]}}"#, children.join(",")).into(),
    }
}

/// The scope of a tenant.
pub(super) fn tenant_scope(tenant: &str) -> ScopeId {
    ScopeId::new(format!("azure:tenant/{tenant}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, json: &str) -> Item {
        Item { id: id.into(), json: json.into() }
    }

    #[test]
    fn documents_are_in_order_and_hold_each_thing_once() {
        let items = vec![item("/B", "2"), item("/a", "1"), item("/b", "2"), item("/A", "1")];
        let text = String::from_utf8(document(&in_order(items))).unwrap();
        assert_eq!(text, "{\"value\":[\n1,\n2\n]}\n");
        assert_eq!(document(&[]), b"{\"value\":[\n]}\n");
        let owners = related("a\"b", "owners", vec![item("2", r#"{"id":"2"}"#), item("1", r#"{"id":"1"}"#)]);
        assert_eq!(&*owners.json, r#"{"id":"a\"b","owners":[{"id":"1"},{"id":"2"}]}"#);
    }

    #[test]
    fn ids_are_compared_as_their_api_does() {
        let ids = |ids: &[&str]| -> Vec<String> {
            let items = in_order(ids.iter().map(|id| item(id, id)).collect());
            items.into_iter().map(|item| item.id.into()).collect()
        };
        assert_eq!(ids(&["aBc", "abc", "aBc"]), ["aBc", "abc"]);
        assert_eq!(ids(&["/subscriptions/A", "/subscriptions/a"]), ["/subscriptions/A"]);
    }
}
