//! Of an item only the fields that a call lists are kept; whatever else arrives is dropped before it is held.

use serde_json::{Map, Value};

/// The item with the listed fields alone. Fields that are `null` are as good as absent and go too, but for those that
/// an API uses as a third answer: they are listed with a `?` behind.
pub(super) fn kept(item: Value, fields: &[&str]) -> Value {
    match item {
        Value::Object(object) => Value::Object(object_kept(object, fields)),
        // A field within holds what it should not; it goes.
        Value::Array(items) => Value::Array(items.into_iter().map(|item| kept(item, fields)).collect()),
        _ => Value::Null,
    }
}

fn object_kept(object: Map<String, Value>, fields: &[&str]) -> Map<String, Value> {
    let mut out = Map::new();
    for (name, value) in object {
        let mut whole = false;
        let mut nullable = false;
        let mut below = Vec::new();
        for field in fields {
            let (head, rest) = match field.split_once('/') {
                Some((head, rest)) => (head, Some(rest)),
                None => (*field, None),
            };
            let plain = head.trim_end_matches('?');
            if plain != name && plain != "*" {
                continue;
            }
            nullable |= head.ends_with('?');
            match rest {
                Some(rest) => below.push(rest),
                None => whole = true,
            }
        }
        if value.is_null() {
            if nullable {
                out.insert(name, Value::Null);
            }
        } else if whole {
            out.insert(name, value);
        } else if !below.is_empty() {
            match kept(value, &below) {
                Value::Null => {}
                value => {
                    out.insert(name, value);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_listed_fields_are_kept() {
        let item = json!({
            "id": "1", "secret": "x", "n": null, "t": null,
            "creds": [{"keyId": "a", "hint": "abc", "secretText": "x"}, "odd", null],
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/id/a": {"principalId": "p", "x": 1}}},
            "tags": {"a": "b"},
            "flat": "a text where an object should be",
        });
        let fields = [
            "id",
            "n",
            "t?",
            "creds/keyId",
            "identity/type",
            "identity/userAssignedIdentities/*/principalId",
            "tags",
            "flat/a",
        ];
        assert_eq!(
            kept(item, &fields),
            json!({
                "id": "1", "t": null,
                "creds": [{"keyId": "a"}, null, null],
                "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/id/a": {"principalId": "p"}}},
                "tags": {"a": "b"},
            })
        );
        assert_eq!(kept(json!("text"), &fields), Value::Null);
    }
}
