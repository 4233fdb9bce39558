//! Single objects of the directory.

use serde::Deserialize;

use super::{Call, members};
use crate::{
    faults,
    http::{Answer, Reply},
    json::{Object, quote},
    tenant::Item,
};

/// The kinds of objects that documents hold, with their types.
const KINDS: [(&str, &str); 4] = [
    ("servicePrincipals", "#microsoft.graph.servicePrincipal"),
    ("applications", "#microsoft.graph.application"),
    ("groups", "#microsoft.graph.group"),
    ("users", "#microsoft.graph.user"),
];

/// The most ids that `getByIds` takes.
const MOST: usize = 1000;

/// `GET /{kind}/{id}`
pub(super) fn get(call: &Call<'_>, kind: &str, id: &str) -> Reply {
    if kind == "directoryObjects" {
        let item = any(call, id).ok_or_else(|| call.missing(id))?;
        return call.entity("directoryObjects", &item);
    }
    let item = find(call, kind, id).ok_or_else(|| call.missing(id))?;
    call.entity(kind, item.text())
}

fn find<'a>(call: &Call<'a>, kind: &str, id: &str) -> Option<&'a Item> {
    call.tenant.collection(&format!("graph/{kind}")).by_id(id)
}

/// Whether an object that others are asked of exists.
pub(super) fn check(call: &Call<'_>, kind: &str, id: &str) -> Result<(), Box<Answer>> {
    find(call, kind, id).map(|_| ()).ok_or_else(|| call.missing(id))
}

/// `GET /{kind}(appId='…')` and what lies below it.
pub(super) fn by_key(call: &Call<'_>, keyed: &str, rest: &[&str]) -> Reply {
    let parse = || {
        let (kind, key) = keyed.strip_suffix(')')?.split_once('(')?;
        let (name, value) = key.split_once('=')?;
        let value = value.strip_prefix('\'')?.strip_suffix('\'')?;
        (["servicePrincipals", "applications"].contains(&kind) && name == "appId").then_some((kind, value))
    };
    let (kind, app_id) = parse().ok_or_else(|| faults::not_found(call.request))?;
    let items = &call.tenant.collection(&format!("graph/{kind}")).items;
    let found = items.iter().find(|item| {
        let said = item.object().and_then(|object| object.text("appId"));
        said.is_some_and(|said| said.eq_ignore_ascii_case(app_id))
    });
    let item = found.ok_or_else(|| call.missing(app_id))?;
    match rest {
        [] => call.entity(kind, item.text()),
        rest => members::answer(call, kind, &item.id, rest),
    }
}

/// An object of any kind, with its type.
fn any(call: &Call<'_>, id: &str) -> Option<String> {
    KINDS.iter().find_map(|(kind, name)| {
        let mut object = find(call, kind, id)?.object()?;
        if object.get("@odata.type").is_none() {
            object.set("@odata.type", quote(name));
        }
        Some(object.to_json())
    })
}

#[derive(Deserialize)]
struct Ids {
    ids: Vec<String>,
    #[serde(default)]
    types: Vec<String>,
}

/// `POST /directoryObjects/getByIds`, which reads although it is a POST: `az` names principals by it.
pub(super) fn by_ids(call: &Call<'_>) -> Reply {
    let asked: Ids =
        serde_json::from_slice(&call.request.body).map_err(|error| call.bad(&error.to_string()))?;
    if asked.ids.is_empty() || asked.ids.len() > MOST {
        return Err(call.bad("Invalid number of ids; must be between 1 and 1000."));
    }
    let found: Vec<String> = asked.ids.iter().filter_map(|id| any(call, id)).collect();
    let is_wanted = |text: &&str| {
        let kind = Object::parse(text).and_then(|object| object.text("@odata.type")).unwrap_or_default();
        let kind = kind.to_ascii_lowercase();
        asked.types.is_empty()
            || asked.types.iter().any(|wanted| {
                let wanted = wanted.to_ascii_lowercase();
                wanted == "directoryobject" || kind.ends_with(&format!(".{wanted}"))
            })
    };
    call.list(
        "directoryObjects",
        "directoryObjects",
        found.iter().map(String::as_str).filter(is_wanted).collect(),
    )
}
