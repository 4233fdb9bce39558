//! `workloads.json`: what runs in an account, and as which role.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{Item, Str};

/// A resource that runs as a role or lies on the way to one. These fields and no others are kept: an environment, user
/// data or a definition may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload<'a> {
    /// What it is: `lambda_function`, `ec2_instance`, … Any other word is kept as it is.
    #[serde(rename = "type", borrow)]
    pub kind: Str<'a>,
    /// Its ARN.
    pub arn: Str<'a>,
    /// Its name; the last part of the ARN where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Str<'a>>,
    /// The ARN of the role that it runs as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<Str<'a>>,
    /// The ARN of the instance profile whose role it, or the instances it starts, run as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_profile_arn: Option<Str<'a>>,
    /// Of a stack set: the ARN of the role that assumes the execution role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administration_role_arn: Option<Str<'a>>,
    /// Of a stack set: the name that the execution role has in every account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_role_name: Option<Str<'a>>,
    /// The launch template that an Auto Scaling group starts instances from: its ARN, id or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_template: Option<Str<'a>>,
    /// The ECS cluster that it lies in: its ARN or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Str<'a>>,
    /// Of a DynamoDB table: the ARN of its stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_arn: Option<Str<'a>>,
    /// Whether it runs, in the service's own word: `running`, `InService`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Str<'a>>,
    /// The same, of services that call it so. What `state` says goes before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Str<'a>>,
    /// Tags.
    #[serde(default)]
    pub tags: Tags<'a>,
}

impl Item for Workload<'_> {
    const KEY: &'static str = "Workloads";
}

/// Tags, either as `{"key": "value"}` or as `[{"Key": "key", "Value": "value"}]`, as one API or the other returns them.
/// `null` is none. Of two with one key the smaller value stays, whatever their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tags<'a>(BTreeMap<Str<'a>, Str<'a>>);

impl Tags<'_> {
    /// Each key with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// A tag in a list. ECS writes its fields in lower case.
#[derive(Deserialize)]
struct Tag<'a> {
    #[serde(rename = "Key", alias = "key", borrow)]
    key: Str<'a>,
    #[serde(rename = "Value", alias = "value", default)]
    value: Option<Str<'a>>,
}

impl<'a> Extend<(Str<'a>, Str<'a>)> for Tags<'a> {
    fn extend<I: IntoIterator<Item = (Str<'a>, Str<'a>)>>(&mut self, tags: I) {
        for (key, value) in tags {
            match self.0.get_mut(&key) {
                Some(known) if *known <= value => {}
                _ => drop(self.0.insert(key, value)),
            }
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Tags<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Tags<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tags as an object, or as a list of `Key` and `Value`")
            }

            fn visit_unit<E>(self) -> Result<Tags<'de>, E> {
                Ok(Tags::default())
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Tags<'de>, A::Error> {
                let mut tags = Tags::default();
                while let Some(Tag { key, value }) = seq.next_element()? {
                    tags.extend([(key, value.unwrap_or_else(|| Str::from("")))]);
                }
                Ok(tags)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Tags<'de>, A::Error> {
                let mut tags = Tags::default();
                while let Some(tag) = map.next_entry()? {
                    tags.extend([tag]);
                }
                Ok(tags)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
