//! Terraform: the identities of a state file, joined with the owners of the code that made them.
//!
//! States hold secrets in plain text. Of a resource no more is read than the ids of users and roles; everything else is
//! skipped by the parser and never kept.

use std::path::PathBuf;

use census_model::{ClaimSource, Evidence, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Codeowners;
use crate::{
    records::Statement,
    registry::{Place, Problems, RegistryError},
};

/// The largest state file that is read, in bytes.
pub const MAX_STATE_BYTES: u64 = 512 << 20;

/// The version of state files that is read. <https://github.com/hashicorp/terraform/blob/main/internal/states/statefile/version4.go>
const VERSION: u64 = 4;

/// A state file, and where in the repository its configuration lies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TerraformState {
    /// The state file (format version 4), relative to the configuration file. Only ids of users and roles are read.
    pub state: PathBuf,
    /// The folder of the repository that holds the configuration: `infra/payments`. Default: its top.
    #[serde(default)]
    pub folder: String,
}

/// What a state says.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) statements: Vec<Statement>,
    /// How many resources are no identities.
    pub(crate) left_out: usize,
}

#[derive(Deserialize)]
struct State {
    version: u64,
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(default)]
    module: Option<Text>,
    mode: Text,
    #[serde(rename = "type")]
    kind: Text,
    name: Text,
    #[serde(default)]
    instances: Vec<Instance>,
}

#[derive(Deserialize)]
struct Instance {
    /// What is set of a resource that is to be destroyed.
    #[serde(default)]
    deposed: Option<Text>,
    #[serde(default)]
    attributes: Option<Ids>,
}

/// The attributes that are read, and no others.
#[derive(Deserialize)]
struct Ids {
    #[serde(default, deserialize_with = "text_or_nothing")]
    arn: Option<Text>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    unique_id: Option<Text>,
}

/// Other types of resources may have anything under the same name.
fn text_or_nothing<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Text>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Value {
        Text(Text),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Value::deserialize(deserializer)? {
        Value::Text(text) => Some(text),
        Value::Other(_) => None,
    })
}

impl TerraformState {
    /// Reads the identities, and who owns them.
    pub(crate) fn read(
        &self,
        name: &str,
        bytes: &[u8],
        codeowners: &Codeowners,
    ) -> Result<Found, RegistryError> {
        let mut problems = Problems::new(name);
        let state: State = match serde_json::from_slice(bytes) {
            Ok(state) => state,
            Err(error) => {
                // The parser's text may quote a value, and a value may be a secret.
                let place = Place { line: error.line() as u64, column: error.column() as u64 };
                problems
                    .at(place, "not a Terraform state: a value is missing or of another kind than expected");
                return Err(problems.into_error());
            }
        };
        if state.version != VERSION {
            problems.file(format!(
                "state format version {} is not supported, expected {VERSION}; any Terraform since 0.12 writes it",
                state.version
            ));
            return Err(problems.into_error());
        }
        let folder = self.folder.trim_matches('/');
        let path = if folder.is_empty() { "main.tf".to_owned() } else { format!("{folder}/main.tf") };
        let owner = codeowners.owner_of(&path);
        let mut found = Found { statements: Vec::new(), left_out: 0 };
        for resource in &state.resources {
            let instances = resource.identities();
            let Some((owner, code)) = owner.as_ref().filter(|_| !instances.is_empty()) else {
                found.left_out += 1;
                continue;
            };
            let address = Evidence::new("terraform resource", resource.address()).from_source(name);
            found.statements.extend(instances.into_iter().map(|ids| Statement {
                ids: ids.arn.iter().chain(&ids.unique_id).cloned().collect(),
                immutable_id: ids.unique_id.clone(),
                source: ClaimSource::InfrastructureCode,
                owner: owner.clone(),
                evidence: vec![address.clone(), code.clone()],
            }));
        }
        Ok(found)
    }
}

impl Resource {
    /// Its instances, where it is a user or role that this configuration made.
    fn identities(&self) -> Vec<&Ids> {
        let identity = &*self.mode == "managed" && matches!(&*self.kind, "aws_iam_role" | "aws_iam_user");
        let instances = self.instances.iter().filter(|instance| identity && instance.deposed.is_none());
        let ids = instances.filter_map(|instance| instance.attributes.as_ref());
        ids.filter(|ids| ids.arn.is_some() || ids.unique_id.is_some()).collect()
    }

    fn address(&self) -> String {
        let module = self.module.as_ref().map(|module| format!("{module}.")).unwrap_or_default();
        format!("{module}{}.{}", self.kind, self.name)
    }
}
