//! The table's lines.

use std::{collections::BTreeMap, sync::Arc};

use super::{AccessLevel, Action, ConditionKey, Keys, ResourceType, ResourceUse, Service, ValueType};

/// A line that is none of the table's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the catalogue's line `{0}` is not understood, run `cargo xtask catalogue`")]
pub(super) struct Malformed(pub(super) &'static str);

/// Reads the lines of a service; the first is without its letter.
pub(super) fn service(text: &'static str) -> Result<Service, Malformed> {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let (prefix, name) = first.split_once('\t').ok_or(Malformed(first))?;
    let mut reader = Reader::new(prefix, name);
    for line in lines {
        reader.line(line).ok_or(Malformed(line))?;
    }
    Ok(reader.service)
}

struct Reader {
    service: Service,
    lists: BTreeMap<&'static str, Keys>,
    no_keys: Keys,
}

impl Reader {
    fn new(prefix: &'static str, name: &'static str) -> Self {
        let service =
            Service { prefix, name, actions: Vec::new(), resource_types: Vec::new(), keys: Vec::new() };
        Self { service, lists: BTreeMap::new(), no_keys: Arc::new([]) }
    }

    fn line(&mut self, line: &'static str) -> Option<()> {
        let mut fields = line.split('\t');
        match fields.next()? {
            "K" => self.service.keys.push(condition_key(fields.next()?, fields.next()?)?),
            "L" => {
                let label = fields.next()?;
                self.lists.insert(label, words(fields.next()).collect());
            }
            "R" => self.service.resource_types.push(ResourceType {
                name: fields.next()?,
                arn: fields.next()?,
                condition_keys: self.keys(fields.next())?,
            }),
            "A" => {
                let name = fields.next()?;
                let (level, level_overridden) = level(fields.next()?)?;
                self.service.actions.push(Action {
                    name,
                    level,
                    level_overridden,
                    resources: Vec::new(),
                    condition_keys: self.keys(fields.next())?,
                    dependent: words(fields.next()).collect(),
                });
            }
            "U" => {
                let name = fields.next()?;
                let bare = name.strip_suffix('*');
                let resource = ResourceUse {
                    resource_type: bare.unwrap_or(name),
                    required: bare.is_some(),
                    condition_keys: self.keys(fields.next())?,
                    dependent: words(fields.next()).collect(),
                };
                self.service.actions.last_mut()?.resources.push(resource);
            }
            _ => return None,
        }
        // A field more would be something that this reader does not know.
        fields.next().is_none().then_some(())
    }

    /// The keys of a row: its own, or those of a list.
    fn keys(&self, field: Option<&'static str>) -> Option<Keys> {
        match field {
            None | Some("") => Some(Arc::clone(&self.no_keys)),
            Some(keys) => match keys.strip_prefix('@') {
                Some(label) => self.lists.get(label).cloned(),
                None => Some(words(Some(keys)).collect()),
            },
        }
    }
}

fn words(field: Option<&'static str>) -> impl Iterator<Item = &'static str> {
    field.unwrap_or_default().split_ascii_whitespace()
}

fn level(code: &str) -> Option<(AccessLevel, bool)> {
    let bare = code.strip_suffix('!');
    let level = match bare.unwrap_or(code) {
        "L" => AccessLevel::List,
        "R" => AccessLevel::Read,
        "T" => AccessLevel::Tagging,
        "W" => AccessLevel::Write,
        "P" => AccessLevel::PermissionsManagement,
        _ => return None,
    };
    Some((level, bare.is_some()))
}

fn condition_key(name: &'static str, value_type: &str) -> Option<ConditionKey> {
    let one = value_type.strip_prefix("ArrayOf");
    let value_type = match one.unwrap_or(value_type) {
        "ARN" => ValueType::Arn,
        "Bool" => ValueType::Bool,
        "Date" => ValueType::Date,
        "IPAddress" => ValueType::IpAddress,
        "Numeric" => ValueType::Numeric,
        "String" => ValueType::String,
        _ => return None,
    };
    Some(ConditionKey { name, value_type, multivalued: one.is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_none_of_the_table_are_named() {
        for line in [
            "X\ta",
            "",
            "K\tx:A",
            "K\tx:A\tText",
            "A\tGet",
            "A\tGet\tQ",
            "A\tGet\tR\t@none",
            "A\tGet\tR\t\tiam:PassRole\tmore",
            "U\tthing",
            "R\tthing",
        ] {
            let text: &'static str = format!("x\tAn X\n{line}\nA\tPut\tW").leak();
            assert_eq!(service(text).map_err(|error| error.0), Err(line), "{line}");
        }
        assert!(service("x").is_err());
    }
}
