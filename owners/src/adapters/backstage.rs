//! Backstage: descriptor files (`catalog-info.yaml`) of software, teams and people.
//!
//! <https://backstage.io/docs/features/software-catalog/descriptor-format>: several YAML documents a file. An owner is
//! a reference `[<kind>:][<namespace>/]<name>`, by default to a group in the namespace of the entity.

use std::{collections::BTreeMap, path::PathBuf};

use census_model::{ClaimSource, Evidence, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use crate::{
    owner_name,
    people::{Employment, Group, Person},
    records::{RepositoryOwner, Statement},
    registry::{Location, Place, Problems, RegistryError, decode, yaml_message},
};

/// What Backstage sets on an entity that nothing refers to any more; the value is `true`.
/// <https://backstage.io/docs/features/software-catalog/life-of-an-entity#orphaning>
const ORPHAN: &str = "backstage.io/orphan";

/// The repository of an entity: `owner/name`.
/// <https://backstage.io/docs/features/software-catalog/well-known-annotations#githubcomproject-slug>
const PROJECT: &str = "github.com/project-slug";

/// A team at GitHub: `org/team`.
const TEAM: &str = "github.com/team-slug";

/// A login at GitHub.
const LOGIN: &str = "github.com/user-login";

/// A catalogue of Backstage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BackstageConfig {
    /// Descriptor files, relative to the configuration file. A folder stands for every `catalog-info.yaml` below it.
    pub files: Vec<PathBuf>,
    /// Annotations that hold the ARN or unique id of an identity; several with `,` between them.
    pub annotations: Vec<String>,
}

impl Default for BackstageConfig {
    fn default() -> Self {
        Self { files: Vec::new(), annotations: vec!["amazonaws.com/arn".into()] }
    }
}

/// What a file says.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    pub(crate) statements: Vec<Statement>,
    pub(crate) repositories: Vec<(String, RepositoryOwner)>,
    pub(crate) people: Vec<Person>,
    pub(crate) groups: Vec<Group>,
    /// How many entities are neither people nor teams and name no identity.
    pub(crate) left_out: usize,
}

#[derive(Deserialize)]
struct Entity {
    kind: String,
    metadata: Metadata,
    #[serde(default)]
    spec: Option<Spec>,
}

#[derive(Deserialize)]
struct Metadata {
    name: Spanned<String>,
    #[serde(default)]
    namespace: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    annotations: Option<BTreeMap<String, Spanned<Option<String>>>>,
}

/// The fields that are read, and no others.
#[derive(Default, Deserialize)]
struct Spec {
    #[serde(default)]
    owner: Option<String>,
    #[serde(default)]
    profile: Option<Profile>,
}

#[derive(Default, Deserialize)]
struct Profile {
    #[serde(default, rename = "displayName")]
    display_name: Option<String>,
    #[serde(default)]
    email: Option<String>,
}

/// The value of an annotation.
#[derive(Clone, Copy)]
struct Annotation<'e> {
    text: &'e str,
    line: u64,
}

impl BackstageConfig {
    /// Reads a file.
    pub(crate) fn read(&self, name: &str, bytes: &[u8]) -> Result<Catalog, RegistryError> {
        let mut problems = Problems::new(name);
        let mut catalog = Catalog::default();
        let entities: Vec<Entity> = match decode(bytes, &mut problems)
            .map(|text| serde_saphyr::from_multiple_with_options(text, options()))
        {
            None => return Err(problems.into_error()),
            Some(Ok(entities)) => entities,
            Some(Err(error)) => {
                let what = format!("not entities of Backstage: {}", yaml_message(&error));
                match error.location() {
                    Some(at) => problems.at(Place { line: at.line(), column: at.column() }, what),
                    None => problems.file(what),
                }
                return Err(problems.into_error());
            }
        };
        for entity in &entities {
            match entity.kind.to_lowercase().as_str() {
                "user" => catalog.people.push(entity.person(name)),
                "group" => catalog.groups.push(entity.group(name)),
                _ => self.software(entity, name, &mut catalog),
            }
        }
        Ok(catalog)
    }

    /// What an entity says of identities and of its repository.
    fn software(&self, entity: &Entity, file: &str, catalog: &mut Catalog) {
        let owner = entity
            .spec
            .as_ref()
            .and_then(|spec| spec.owner.as_deref())
            .filter(|owner| owner_name::named(owner).is_some());
        let Some(owner) = owner.map(|owner| reference(owner, entity.namespace())) else {
            catalog.left_out += 1;
            return;
        };
        let owner: Text = owner.into();
        let orphan = entity.annotation(ORPHAN).is_some_and(|value| value.text == "true");
        let source = if orphan { ClaimSource::OrphanCatalogRecord } else { ClaimSource::CatalogRecord };
        let called = |place: Annotation<'_>| {
            let location = Location { file: file.into(), line: place.line };
            Evidence::new("catalogue entity", entity.reference()).from_source(location.to_string())
        };
        let mut found = false;
        for key in &self.annotations {
            let Some(value) = entity.annotation(key) else { continue };
            let ids = value.text.split(',').map(str::trim).filter(|id| !id.is_empty());
            let ids: Vec<Text> = ids.map(Text::from).collect();
            let entity = called(value);
            let beside = |label: &str, text: &str| Evidence {
                source: entity.source.clone(),
                ..Evidence::new(label, text)
            };
            let mut evidence = vec![entity.clone(), beside("named by annotation", key)];
            evidence.extend(orphan.then(|| beside("orphan by annotation", ORPHAN)));
            catalog.statements.push(Statement {
                ids,
                immutable_id: None,
                source,
                owner: owner.clone(),
                evidence,
            });
            found = true;
        }
        if let Some(project) = entity.annotation(PROJECT).filter(|_| !orphan) {
            let by = RepositoryOwner { owner, evidence: vec![called(project)] };
            catalog.repositories.push((project.text.trim().to_lowercase(), by));
            found = true;
        }
        catalog.left_out += usize::from(!found);
    }
}

impl Entity {
    fn namespace(&self) -> &str {
        self.metadata.namespace.as_deref().unwrap_or("default")
    }

    fn annotation(&self, key: &str) -> Option<Annotation<'_>> {
        let value = self.metadata.annotations.as_ref()?.get(key)?;
        Some(Annotation { text: value.value.as_deref()?, line: value.referenced.line() })
    }

    fn profile(&self) -> (Option<&str>, Option<&str>) {
        let profile = self.spec.as_ref().and_then(|spec| spec.profile.as_ref());
        let email = profile.and_then(|profile| profile.email.as_deref());
        (
            email.filter(|email| !email.trim().is_empty()),
            profile.and_then(|profile| profile.display_name.as_deref()),
        )
    }

    /// `<kind>:<namespace>/<name>`; case does not count.
    fn reference(&self) -> String {
        format!("{}:{}/{}", self.kind, self.namespace(), self.metadata.name.value).to_lowercase()
    }

    fn location(&self, file: &str) -> Location {
        Location { file: file.into(), line: self.metadata.name.referenced.line() }
    }

    fn person(&self, file: &str) -> Person {
        let (email, display_name) = self.profile();
        let label = email.map_or_else(|| self.reference(), str::to_owned);
        let login = self.annotation(LOGIN).map(|login| format!("@{}", login.text));
        let names = [Some(label.clone()), Some(self.reference()), display_name.map(str::to_owned), login];
        Person {
            label: label.into(),
            names: names.into_iter().flatten().collect(),
            employment: Employment::Unknown,
            manager: None,
            team: None,
            location: self.location(file).to_string().into(),
        }
    }

    fn group(&self, file: &str) -> Group {
        let (email, display_name) = self.profile();
        let name = self.metadata.name.value.clone();
        let label = email.map_or_else(|| self.reference(), str::to_owned);
        let team = self.annotation(TEAM).map(|team| format!("@{}", team.text));
        // The name alone means the group of the default namespace.
        let bare = (self.namespace() == "default").then_some(name);
        let names = [
            Some(label.clone()),
            Some(self.reference()),
            display_name.map(str::to_owned),
            self.metadata.title.clone(),
            team,
            bare,
        ];
        Group {
            label: label.into(),
            names: names.into_iter().flatten().collect(),
            location: self.location(file),
        }
    }
}

/// A reference to an owner in full, as people write it in a registry too.
fn reference(owner: &str, namespace: &str) -> String {
    let (kind, rest) = owner.trim().split_once(':').unwrap_or(("group", owner.trim()));
    let (namespace, name) = rest.split_once('/').unwrap_or((namespace, rest));
    format!("{kind}:{namespace}/{name}").to_lowercase()
}

/// Limits far above any honest catalogue, and far below what an alias bomb needs.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 64,
            max_events: 16_000_000,
            max_nodes: 8_000_000,
            max_documents: 200_000,
            max_aliases: 10_000,
            max_anchors: 10_000,
            max_merge_keys: 10_000,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 200_000,
            max_replay_stack_depth: 8,
        },
        with_snippet: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_completed_with_defaults() {
        for (owner, namespace, full) in [
            ("payments", "default", "group:default/payments"),
            ("Payments", "default", "group:default/payments"),
            ("user:ada", "default", "user:default/ada"),
            ("payments", "shop", "group:shop/payments"),
            ("finance/payments", "shop", "group:finance/payments"),
            ("group:finance/payments", "shop", "group:finance/payments"),
        ] {
            assert_eq!(reference(owner, namespace), full, "{owner} in {namespace}");
        }
    }
}
