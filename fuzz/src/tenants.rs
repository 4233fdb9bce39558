//! Documents of a tenant: reading them is total, gives the same whatever the order, and forgets nobody.
//!
//! An input is an object of documents by their place: `{"graph/users.json": {"value": […]}}`.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{Estate, EstateBuilder, GapReason};
use census_provider_api::{DocPath, Manifest, MemoryStore, Provider as _, ReadError};
use census_provider_azure::AzureProvider;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// The tenant of which inputs are that name none.
const TENANT: &str = "b41d1e00-0000-4000-8000-000000000001";

pub(crate) fn run(text: &str) {
    let Ok(Value::Object(documents)) = serde_json::from_str::<Value>(text) else { return };
    // A person's documents may be refused, and a refusal says where and what.
    if let Err(ReadError::Document { document, place, problem }) = read(&documents, None) {
        assert!(!place.is_empty() && !problem.is_empty(), "{document}: {place}: {problem}");
    }
    let Ok(estate) = read(&documents, Some(Manifest::new(Timestamp::UNIX_EPOCH))) else { return };
    let bytes = serde_json::to_vec(&estate).unwrap_or_default();
    let back =
        Estate::from_json(&bytes).unwrap_or_else(|error| panic!("the estate does not read back: {error}"));
    assert!(back == estate, "the estate reads back as another");
    let turned = read(&reversed(&documents), Some(Manifest::new(Timestamp::UNIX_EPOCH)));
    let turned =
        turned.unwrap_or_else(|error| panic!("what is read in one order is refused in another: {error}"));
    assert!(turned == estate, "the order of the items shows");
    for one in &estate.identities {
        assert!(
            estate.scopes.contains_key(&one.scope),
            "{} lives in {}, which is nowhere",
            one.id,
            one.scope
        );
    }
    for scope in estate.scopes.values().filter_map(|one| one.parent.as_ref()) {
        assert!(estate.scopes.contains_key(scope), "{scope} is above something and nowhere itself");
    }
    nobody_is_lost(&documents, &estate);
}

/// Whoever has an id is an identity, or a gap tells that the item made no sense.
fn nobody_is_lost(documents: &Map<String, Value>, estate: &Estate) {
    let there: BTreeSet<&str> = estate.identities.iter().map(|one| &*one.native_id).collect();
    let invalid = estate.gaps.iter().filter(|gap| gap.reason == GapReason::Invalid);
    let unread: BTreeSet<&str> = invalid.clone().flat_map(|gap| &gap.affects).map(|one| &**one).collect();
    let everything = invalid.clone().any(|gap| gap.affects.is_empty());
    for name in ["graph/servicePrincipals.json", "graph/users.json", "graph/deletedServicePrincipals.json"] {
        let items = documents.get(name).and_then(|document| document.get("value")).and_then(Value::as_array);
        for id in items.into_iter().flatten().filter_map(|item| item.get("id").and_then(Value::as_str)) {
            let id = id.to_ascii_lowercase();
            let known = there.contains(id.as_str()) || unread.contains(id.as_str()) || everything;
            assert!(known, "{id} of {name} is neither an identity nor in a gap");
        }
    }
}

fn reversed(documents: &Map<String, Value>) -> Map<String, Value> {
    let mut turned = documents.clone();
    for document in turned.values_mut() {
        let list = if document.is_array() { Some(document) } else { document.get_mut("value") };
        if let Some(Value::Array(items)) = list {
            items.reverse();
        }
    }
    turned
}

fn read(documents: &Map<String, Value>, manifest: Option<Manifest>) -> Result<Estate, ReadError> {
    let mut files: BTreeMap<DocPath, Vec<u8>> = BTreeMap::new();
    let mut put = |name: &str, text: String| {
        if let Ok(path) = DocPath::new(name.to_owned()) {
            files.insert(path, text.into_bytes());
        }
    };
    put("tenant.json", format!(r#"[{{"id":"{TENANT}"}}]"#));
    for (name, document) in documents {
        put(name, document.to_string());
    }
    let mut estate = EstateBuilder::new();
    AzureProvider::default().read(&MemoryStore::new(files, manifest), &mut estate)?;
    let now = Timestamp::UNIX_EPOCH;
    Ok(estate.finish(now, now, now))
}
