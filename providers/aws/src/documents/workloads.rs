//! `workloads.json`: what runs in an account, and as which role.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

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
    /// The ARN of the role that it runs as, or of each.
    #[serde(default, skip_serializing_if = "Several::is_empty")]
    pub role_arn: Several<'a>,
    /// The name of the role, from services that do not say its path.
    #[serde(default, skip_serializing_if = "Several::is_empty")]
    pub role_name: Several<'a>,
    /// The ARN of the instance profile whose role it, or the instances it starts, run as.
    #[serde(default, skip_serializing_if = "Several::is_empty")]
    pub instance_profile_arn: Several<'a>,
    /// The name of the instance profile, from services that do not say its path.
    #[serde(default, skip_serializing_if = "Several::is_empty")]
    pub instance_profile_name: Several<'a>,
    /// The ARN of a role with which the service itself acts for it: it pulls images or writes logs. The workload does not
    /// get its credentials.
    #[serde(default, skip_serializing_if = "Several::is_empty")]
    pub execution_role_arn: Several<'a>,
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
    /// Of an ECS container instance: the id of the EC2 instance that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Str<'a>>,
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
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags<'a>,
}

impl Item for Workload<'_> {
    const KEY: &'static str = "Workloads";
}

impl Workload<'static> {
    /// An entry that says no more than what it is.
    pub fn new(kind: &'static str, arn: String) -> Self {
        Self {
            kind: kind.into(),
            arn: arn.into(),
            name: None,
            role_arn: Several::default(),
            role_name: Several::default(),
            instance_profile_arn: Several::default(),
            instance_profile_name: Several::default(),
            execution_role_arn: Several::default(),
            administration_role_arn: None,
            execution_role_name: None,
            launch_template: None,
            cluster: None,
            instance: None,
            stream_arn: None,
            state: None,
            status: None,
            tags: Tags::default(),
        }
    }
}

/// One text or several: `"a"` or `["a", "b"]`. `null` and empty texts are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Several<'a>(Vec<Str<'a>>);

impl<'a> Several<'a> {
    /// Adds one, if it is not there already.
    pub fn push(&mut self, text: Str<'a>) {
        if !text.is_empty() && !self.0.contains(&text) {
            self.0.push(text);
        }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Str::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Several<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            all => all.serialize(serializer),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Several<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Several<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_unit<E>(self) -> Result<Several<'de>, E> {
                Ok(Several::default())
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Several<'de>, E> {
                let mut several = Several::default();
                several.push(text.into());
                Ok(several)
            }

            fn visit_str<E>(self, text: &str) -> Result<Several<'de>, E> {
                let mut several = Several::default();
                several.push(text.to_owned().into());
                Ok(several)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Several<'de>, A::Error> {
                let mut several = Several::default();
                while let Some(text) = seq.next_element::<Option<Str<'de>>>()? {
                    text.into_iter().for_each(|text| several.push(text));
                }
                // The order of a list is no news.
                several.0.sort_unstable();
                Ok(several)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Tags, either as `{"key": "value"}` or as `[{"Key": "key", "Value": "value"}]`, as one API or the other returns them.
/// `null` is none. Of two with one key the smaller value stays, whatever their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tags<'a>(BTreeMap<Str<'a>, Str<'a>>);

impl Tags<'_> {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

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
