//! Puts canaries into items.

use serde_json::{Map, Value, value::RawValue};

use super::Canary;

pub(super) fn put(item: &RawValue, canaries: &[&Canary]) -> serde_json::Result<Box<RawValue>> {
    let mut value: Value = serde_json::from_str(item.get())?;
    for canary in canaries {
        let path: Vec<_> = canary.at.split('.').collect();
        put_at(&mut value, &path, &canary.value);
    }
    serde_json::value::to_raw_value(&value)
}

fn put_at(target: &mut Value, path: &[&str], value: &Value) {
    match path {
        [] => *target = value.clone(),
        ["*", rest @ ..] => {
            for item in target.as_array_mut().into_iter().flatten() {
                put_at(item, rest, value);
            }
        }
        [name, rest @ ..] => {
            let is_list = rest.first() == Some(&"*");
            if target.is_null() {
                *target = Value::Object(Map::new());
            }
            if let Some(object) = target.as_object_mut()
                && (object.contains_key(*name) || !is_list)
            {
                put_at(object.entry(*name).or_insert(Value::Null), rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_sits_in_every_item_of_a_list() {
        let item = RawValue::from_string(r#"{"keys":[{"a":1},{}]}"#.to_owned()).unwrap();
        let canary = |at: &str| Canary { document: String::new(), at: at.to_owned(), value: "C".into() };
        let (list, deep, none) = (canary("keys.*.hint"), canary("properties.env.x"), canary("others.*.hint"));
        let text = put(&item, &[&list, &deep, &none]).unwrap();
        assert_eq!(
            text.get(),
            r#"{"keys":[{"a":1,"hint":"C"},{"hint":"C"}],"properties":{"env":{"x":"C"}}}"#
        );
    }
}
