//! What is sent and what is kept, written down for the test that compares it with AWS's own models of the services.

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde_json::{Map, Value, json};

use super::{super::regions, COLLECTIONS, kept};
use crate::client::{Call, Http, Protocol};

/// The names of the fields that a type has, nested like the type; of a list those of its items.
pub(in crate::fetch) fn fields<T: DeserializeOwned>() -> Value {
    let mut found = Value::Null;
    T::deserialize(Tracer(&mut found)).unwrap_or_else(|error| panic!("cannot be traced: {error}"));
    found
}

/// Gives a type whatever it asks for, and notes what that was.
struct Tracer<'t>(&'t mut Value);

type Error = serde_json::Error;

macro_rules! leaves {
    ($($method:ident => $visit:ident($value:expr)),+ $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            *self.0 = Value::String(stringify!($method).trim_start_matches("deserialize_").to_owned());
            visitor.$visit($value)
        }
    )+};
}

impl<'de> Deserializer<'de> for Tracer<'_> {
    type Error = Error;

    leaves! {
        deserialize_bool => visit_bool(true),
        deserialize_i64 => visit_i64(1),
        deserialize_u64 => visit_u64(1),
        deserialize_f64 => visit_f64(1.0),
        deserialize_str => visit_str("x"),
        deserialize_string => visit_str("x"),
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut item = Value::Null;
        let value = visitor.visit_seq(One(Some(&mut item)))?;
        *self.0 = json!([item]);
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut found = Map::new();
        let value = visitor.visit_map(Fields { rest: fields.iter(), next: "", found: &mut found })?;
        // A list of an XML answer: its one field is the name of its items, in one dialect or the other.
        *self.0 = match found.remove("item") {
            Some(items) if fields.contains(&"member") => items,
            Some(other) => json!({"item": other}),
            None => Value::Object(found),
        };
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut found = Map::new();
        let value = visitor.visit_map(Fields { rest: ["key"].iter(), next: "", found: &mut found })?;
        *self.0 = Value::Object(found);
        Ok(value)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("asks for anything"))
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u128 f32 char bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct enum identifier ignored_any
    }
}

struct One<'t>(Option<&'t mut Value>);

impl<'de> de::SeqAccess<'de> for One<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.0.take().map(|item| seed.deserialize(Tracer(item))).transpose()
    }
}

struct Fields<'t> {
    rest: std::slice::Iter<'static, &'static str>,
    next: &'static str,
    found: &'t mut Map<String, Value>,
}

impl<'de> de::MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        // The other words are for the field `item`.
        let Some(name) = self.rest.by_ref().find(|name| !matches!(**name, "member" | "Bucket")) else {
            return Ok(None);
        };
        self.next = name;
        seed.deserialize((*name).into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let mut found = Value::Null;
        let value = seed.deserialize(Tracer(&mut found))?;
        self.found.insert(self.next.to_owned(), found);
        Ok(value)
    }
}

pub(in crate::fetch) fn described(call: &Call, kept: &Value) -> Value {
    let service = call.service;
    let (protocol, version, target) = match service.protocol {
        Protocol::Json { content_type, target } => (content_type, "", target),
        Protocol::RestJson => ("rest-json", "", ""),
        Protocol::RestXml => ("rest-xml", "", ""),
        Protocol::Query { version } => ("query", version, ""),
        Protocol::Ec2Query { version } => ("ec2", version, ""),
    };
    let (method, path) = match call.http {
        Http::Named => ("POST", "/"),
        Http::Get(path) | Http::GetPayload { path, .. } => ("GET", path),
        Http::GetOfAccount(path) => ("GET of an account", path),
        Http::Post(path) => ("POST", path),
        Http::PostQuery(path) => ("POST with a query", path),
    };
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let probe: Value = serde_json::from_str(call.probe).unwrap();
    json!({
        "operation": call.read.operation,
        "permissions": call.read.permissions,
        "service": {"name": service.name, "id": service.id, "host": service.host, "signing": service.signing},
        "protocol": protocol,
        "version": version,
        "target": target,
        "method": method,
        "path": path,
        "probe": probe,
        "kept": kept,
    })
}

/// `tests/e2e/contract.py` compares this file with the models.
#[test]
fn what_is_sent_and_kept_is_written_down() {
    let mut calls = kept();
    calls.push((&regions::DESCRIBE_REGIONS, fields::<regions::Described>()));
    let calls: Vec<Value> = calls.iter().map(|(call, kept)| described(call, kept)).collect();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("calls", serde_json::to_string_pretty(&calls).unwrap());
    });
}

#[test]
fn every_declaration_stands_with_its_own_service() {
    for (call, kept) in kept() {
        assert_eq!(call.read.service, call.service.name, "{}", call.read.operation);
        assert!(call.read.permissions[0].starts_with(&format!("{}:", call.service.name)));
        assert!(kept.as_object().is_some_and(|fields| !fields.is_empty()), "{}", call.read.operation);
    }
    let services: Vec<&str> = COLLECTIONS.iter().map(|collection| collection.service.id).collect();
    assert!(services.is_sorted_by(|a, b| a != b), "a service twice: {services:?}");
}
