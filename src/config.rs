//! `census.toml`: everything that flags can say, and thresholds that they cannot.

use std::path::{Path, PathBuf};

use census_owners::{OwnersConfig, SourcesConfig};
use census_provider_aws::AwsOptions;
use census_provider_azure::AzureOptions;
use census_rules::{Declared, Thresholds};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{files, people::PeopleConfig, problem::Problem};

/// The file that is looked for where census is started.
pub(crate) const FILE_NAME: &str = "census.toml";

/// The largest configuration that is read, in bytes.
const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// The configuration. Every key may be left out; flags override it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "census.toml")]
pub(crate) struct Config {
    /// What a scan reads and writes.
    pub(crate) scan: ScanConfig,
    /// Registries of owners.
    pub(crate) registry: RegistryConfig,
    /// What other programs keep about owners.
    pub(crate) sources: SourcesConfig,
    /// How owners are found apart from registries.
    pub(crate) owners: OwnersConfig,
    /// What is told of people.
    pub(crate) people: PeopleConfig,
    /// What registrations have to say, and what their classes and patterns allow.
    pub(crate) declared: Declared,
    /// Limits of the rules.
    pub(crate) thresholds: Thresholds,
    /// What is kept between runs.
    pub(crate) state: StateConfig,
    /// Amazon Web Services.
    pub(crate) aws: AwsOptions,
    /// Microsoft Azure and Entra ID.
    pub(crate) azure: AzureOptions,
    /// The file that this was read from; none: these are the defaults.
    #[serde(skip)]
    pub(crate) file: Option<PathBuf>,
}

/// What a scan reads and writes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ScanConfig {
    /// The clouds that `census scan` and `census collect` read when none is named: `aws`, `azure`.
    pub(crate) providers: Vec<String>,
    /// Formats to write: `table`, `json`, `csv`, `privilege`, `vaults`.
    pub(crate) formats: Vec<String>,
    /// Exit with 10 when there is a finding of this severity or worse: `info`, `low`, `medium`, `high`, `critical`.
    #[schemars(with = "Option<String>")]
    pub(crate) fail_on: Option<census_model::Severity>,
}

/// Registries of owners.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RegistryConfig {
    /// Files, YAML or CSV, relative to the configuration file.
    pub(crate) files: Vec<PathBuf>,
    /// The attestation log, relative to the configuration file. One that is not there yet is empty.
    pub(crate) attestations: Option<PathBuf>,
    /// Whose keys sign attestations: a file in OpenSSH's `allowed_signers` format, relative to the configuration file.
    pub(crate) allowed_signers: Option<PathBuf>,
}

/// What is kept between runs.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StateConfig {
    /// The folder in which `scan` and `collect` leave the last estate. Default: census in your state directory.
    pub(crate) dir: Option<PathBuf>,
}

/// Keys that choose credentials or a place to write. A `census.toml` that merely lies where census is started (a
/// repository that somebody cloned) may not set them; one that is named with `--config`, or your own, may. There is
/// no key for an endpoint at all.
const TRUSTED_ONLY: &[(&str, &str)] = &[
    ("aws", "profile"),
    ("aws", "role_name"),
    ("aws", "external_id"),
    ("azure", "tenants"),
    ("azure", "credentials"),
    ("azure", "client_id"),
    ("azure", "certificate_path"),
    ("azure", "cloud"),
    ("state", "dir"),
    ("people", "secret_file"),
];

impl Config {
    /// Reads the named file, else `census.toml` here, else the user's own, else the defaults.
    pub(crate) fn load(named: Option<&Path>) -> Result<Self, Problem> {
        if let Some(path) = named {
            return Self::read(path, &[]);
        }
        let here = Path::new(FILE_NAME);
        if here.exists() {
            return Self::read(here, TRUSTED_ONLY);
        }
        match user_file() {
            Some(path) if path.exists() => Self::read(&path, &[]),
            _ => Ok(Self::default()),
        }
    }

    /// Reads the configuration of an earlier run again, for what it says about owners and rules. Nothing is called
    /// or kept on its account.
    pub(crate) fn recall(path: &Path) -> Result<Self, Problem> {
        let config = Self::read(path, &[])?;
        Ok(Self {
            aws: AwsOptions::default(),
            azure: AzureOptions::default(),
            state: StateConfig::default(),
            ..config
        })
    }

    fn read(path: &Path, refused: &[(&str, &str)]) -> Result<Self, Problem> {
        let shown = path.display();
        let bytes = files::read(path, MAX_CONFIG_BYTES).map_err(Problem::usage)?;
        let text = String::from_utf8(bytes).map_err(|_| Problem::usage(format!("`{shown}` is not UTF-8")))?;
        let wrong = |e: toml::de::Error| {
            Problem::usage(format!("`{shown}`: {}", e.to_string().trim_end()))
                .help("every key is shown in examples/brindlemoor/census.toml; its schema is docs/schemas/config.schema.json")
        };
        let table: toml::Table = toml::from_str(&text).map_err(wrong)?;
        for (section, key) in refused {
            if table.get(*section).and_then(|t| t.get(key)).is_some() {
                return Err(Problem::usage(format!(
                    "`{shown}` in the working directory sets `{section}.{key}`, which a file that was not named may not"
                ))
                .help(format!("if you trust this file, name it: --config {FILE_NAME}")));
            }
        }
        let mut config: Self = toml::from_str(&text).map_err(wrong)?;
        let base = path.parent().unwrap_or_else(|| Path::new(""));
        if let Some(log) = &config.registry.attestations
            && !refused.is_empty()
            && !stays_inside(base, log)
        {
            return Err(Problem::usage(format!(
                "`{shown}` in the working directory sets `registry.attestations` to `{}`, outside its own folder, which a \
                 file that was not named may not",
                log.display()
            ))
            .help(format!("if you trust this file, name it: --config {FILE_NAME}")));
        }
        let registry = &mut config.registry;
        let single = registry.attestations.iter_mut().chain(&mut registry.allowed_signers);
        for file in registry.files.iter_mut().chain(single) {
            *file = base.join(&file);
        }
        config.people.secret_file = config.people.secret_file.map(|file| base.join(file));
        config.sources.start_at(base);
        config.file = Some(path.to_owned());
        Ok(config)
    }
}

/// Whether a path that is written to leads to a place below a folder, whatever links are on the way.
fn stays_inside(base: &Path, path: &Path) -> bool {
    let plain = |part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir);
    let base = if base.as_os_str().is_empty() { Path::new(".") } else { base };
    // A folder that is not there leads nowhere.
    let folder = |path: &Path| path.canonicalize().ok();
    let inside = || {
        let parent = base.join(path).parent().and_then(folder);
        parent.is_none_or(|parent| folder(base).is_some_and(|base| parent.starts_with(base)))
    };
    path.components().all(plain) && inside()
}

fn user_file() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_CONFIG_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".config")))
        .map(|base| base.join("census/config.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, refused: &[(&str, &str)]) -> Result<Config, Problem> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        std::fs::write(&path, text).unwrap();
        Config::read(&path, refused)
    }

    /// The example with its commented keys switched on.
    fn annotated() -> String {
        let text = std::fs::read_to_string("examples/brindlemoor/census.toml").unwrap();
        let is_key = |rest: &str| {
            rest.starts_with('[')
                || rest
                    .split_once(" = ")
                    .is_some_and(|(key, _)| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        };
        let line = |line: &str| match line.strip_prefix("# ") {
            Some(rest) if is_key(rest) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        };
        text.lines().map(line).collect()
    }

    /// The paths of all keys that a schema knows, with `/` because keys may hold dots; a list of tables counts by its items' keys.
    fn keys(root: &serde_json::Value, schema: &serde_json::Value, prefix: &str, found: &mut Vec<String>) {
        if let Some(name) = schema["$ref"].as_str() {
            return keys(root, &root["$defs"][name.trim_start_matches("#/$defs/")], prefix, found);
        }
        if schema["items"]["$ref"].is_string() {
            return keys(root, &schema["items"], prefix, found);
        }
        match schema["properties"].as_object() {
            Some(properties) => {
                properties.iter().for_each(|(key, one)| keys(root, one, &format!("{prefix}/{key}"), found));
            }
            None => found.push(prefix.to_owned()),
        }
    }

    #[test]
    fn the_annotated_example_shows_every_key_and_is_valid() {
        let text = annotated();
        read(&text, &[]).unwrap();
        let table: toml::Value = toml::from_str(&text).unwrap();
        let schema = serde_json::to_value(schemars::schema_for!(Config)).unwrap();
        let mut all = Vec::new();
        keys(&schema, &schema, "", &mut all);
        assert!(all.len() > 25, "{all:?}");
        for path in all {
            let mut at = Some(&table);
            for key in path.split('/').filter(|key| !key.is_empty()) {
                at = at.and_then(|value| {
                    value.get(key).or_else(|| value.get(0).and_then(|first| first.get(key)))
                });
            }
            assert!(at.is_some(), "examples/brindlemoor/census.toml does not show `{path}`");
        }
    }

    #[test]
    fn unknown_keys_are_refused() {
        let error = read("[scan]\nfail-on = \"high\"\n", &[]).unwrap_err().to_string();
        assert!(error.contains("fail-on"), "{error}");
    }

    #[test]
    fn a_file_that_was_not_named_may_not_choose_where_to_write() {
        for (path, allowed) in
            [("log.jsonl", true), ("./a/log.jsonl", true), ("../log.jsonl", false), ("/tmp/log.jsonl", false)]
        {
            let text = format!("[registry]\nattestations = \"{path}\"\n");
            assert!(read(&text, &[]).is_ok());
            assert_eq!(read(&text, TRUSTED_ONLY).is_ok(), allowed, "{path}");
        }
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/tmp", dir.path().join("link")).unwrap();
        assert!(!stays_inside(dir.path(), Path::new("link/log.jsonl")));
    }

    #[test]
    fn a_file_that_was_not_named_may_not_choose_credentials() {
        let text = "[aws]\nprofile = \"admin\"\n";
        assert!(read(text, &[]).is_ok());
        let error = read(text, TRUSTED_ONLY).unwrap_err().to_string();
        assert!(error.contains("`aws.profile`"), "{error}");
    }
}
