//! SAML issuers, as the fetch writes them and as `aws iam get-saml-provider` prints them.

use serde::{Deserialize, Deserializer, Serialize};

use super::{Item, Str, Tag, Time, authorization::nullable};

/// A registered SAML issuer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SamlProvider<'a> {
    /// ARN.
    #[serde(borrow)]
    pub arn: Str<'a>,
    /// The entity id that its metadata names, where that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<Str<'a>>,
    /// The metadata instead, of which nothing else is kept.
    #[serde(rename = "SAMLMetadataDocument", default, skip_serializing)]
    pub metadata: SamlMetadata,
    /// When it was registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_date: Option<Time>,
    /// When its metadata ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Time>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag<'a>>,
}

impl Item for SamlProvider<'_> {
    const KEY: &'static str = "SAMLProviderList";
}

impl SamlProvider<'_> {
    /// The entity id, wherever the item has it.
    pub fn entity_id(&self) -> Option<&str> {
        self.entity_id.as_deref().or(self.metadata.entity_id.as_deref())
    }
}

/// What is kept of SAML metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SamlMetadata {
    /// Who vouches: `entityID`, if it is there.
    pub entity_id: Option<String>,
}

impl SamlMetadata {
    /// Takes the first attribute `entityID`. The document is otherwise not looked at.
    pub fn of(document: &str) -> Self {
        Self { entity_id: entity_id(document) }
    }
}

impl<'de> Deserialize<'de> for SamlMetadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Option::<Str<'de>>::deserialize(deserializer)?;
        Ok(document.map(|document| Self::of(&document)).unwrap_or_default())
    }
}

fn entity_id(document: &str) -> Option<String> {
    let (_, rest) = document.split_once("entityID=")?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (id, _) = rest.get(1..)?.split_once(quote)?;
    // 1,024 characters is the most that SAML 2.0 allows.
    (id.chars().count() <= 1024).then(|| id.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entity_id_is_found() {
        for (document, expected) in [
            (
                r#"<EntityDescriptor entityID="https://idp.example.com/a?b=1&amp;c=2">"#,
                Some("https://idp.example.com/a?b=1&c=2"),
            ),
            ("<md:EntityDescriptor entityID='urn:x' y='z'>", Some("urn:x")),
            ("<EntityDescriptor>", None),
            ("entityID=", None),
            ("entityID=\"é", None),
        ] {
            assert_eq!(SamlMetadata::of(document).entity_id.as_deref(), expected, "{document}");
        }
    }
}
