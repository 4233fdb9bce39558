//! The last estate: what commands look at when they are not told where to look.

use std::path::{Path, PathBuf};

use census_model::Estate;
use serde::{Deserialize, Serialize};

use crate::{
    config::Config,
    files,
    pipeline::Voice,
    problem::{Problem, note},
    registry::{Log, Named},
};

/// The largest estate file that is read, in bytes.
const MAX_ESTATE_BYTES: u64 = 4 << 30;

const LAST_ESTATE: &str = "last-estate.json";

/// By what a scan judged its estate. Whoever asks about the last scan wants the same owners and limits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JudgedBy {
    /// The configuration, if one was read.
    pub(crate) config: Option<PathBuf>,
    /// The registries.
    pub(crate) registries: Vec<PathBuf>,
    /// The attestation log, if one was named beside the configuration.
    #[serde(default)]
    pub(crate) attestations: Option<PathBuf>,
}

impl JudgedBy {
    /// These, as the commands that follow will find them from wherever they are started.
    pub(crate) fn new(config: &Config, named: Named<'_>) -> Self {
        // A path that is not UTF-8 cannot be written down; it has to be named again.
        let found = |path: &Path| std::path::absolute(path).ok().filter(|path| path.to_str().is_some());
        Self {
            config: config.file.as_deref().and_then(found),
            registries: named.registries.iter().filter_map(|path| found(path)).collect(),
            attestations: match named.log {
                Some(Log::Named(path)) => found(path),
                // What the configuration names is found by it again.
                Some(Log::Configured(_)) | None => None,
            },
        }
    }
}

/// The last estate, which is an estate file with one member more.
#[derive(Serialize)]
struct Kept<'a> {
    judged_by: &'a JudgedBy,
    #[serde(flatten)]
    estate: &'a Estate,
}

/// The folder for state: the configured one, `$XDG_STATE_HOME/census`, or `~/.local/state/census`.
pub(crate) fn dir(configured: Option<&Path>) -> Result<PathBuf, Problem> {
    if let Some(dir) = configured {
        return Ok(dir.to_owned());
    }
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .map(|base| base.join("census"))
        .ok_or_else(|| {
            Problem::failed(
                "no place to keep the last estate: neither XDG_STATE_HOME nor HOME is an absolute path",
            )
            .help("set `dir` in the `[state]` table of census.toml")
        })
}

/// Keeps an estate for the commands that follow. Replaced as a whole, mode 0600. That it cannot be kept takes
/// nothing from the scan itself, so it is a warning.
pub(crate) fn keep_last(config: &Config, estate: &Estate, judged_by: &JudgedBy, voice: Voice) {
    let kept = dir(config.state.dir.as_deref())
        .and_then(|dir| files::write(&dir.join(LAST_ESTATE), &to_line(&Kept { judged_by, estate })?));
    if let Err(problem) = kept
        && voice == Voice::Normal
    {
        note("warning", &format!("{problem}; `explain` and `owners` will not see this scan by themselves"));
    }
}

/// The last estate, and by what it was judged.
pub(crate) fn last(configured: Option<&Path>) -> Result<(Estate, JudgedBy), Problem> {
    #[derive(Deserialize)]
    struct Head {
        #[serde(default)]
        judged_by: JudgedBy,
    }
    let path = dir(configured)?.join(LAST_ESTATE);
    if !path.exists() {
        return Err(Problem::usage("there is no last estate to look at")
            .help("run `census scan` first, or name one with --estate FILE or --from DIR"));
    }
    let bytes = files::read(&path, MAX_ESTATE_BYTES).map_err(Problem::failed)?;
    let estate = parse(&path, &bytes)?;
    let head: Head = serde_json::from_slice(&bytes).map_err(|e| broken(&path, &e))?;
    Ok((estate, head.judged_by))
}

/// Reads an estate file.
pub(crate) fn load(path: &Path) -> Result<Estate, Problem> {
    parse(path, &files::read(path, MAX_ESTATE_BYTES).map_err(Problem::failed)?)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Estate, Problem> {
    Estate::from_json(bytes).map_err(|e| broken(path, &e))
}

fn broken(path: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem::failed(format!("`{}`: {error}", path.display()))
        .help("estate files are what `census collect` writes")
}

/// An estate file.
pub(crate) fn to_file(estate: &Estate) -> Result<Vec<u8>, Problem> {
    to_line(estate)
}

fn to_line(value: &impl Serialize) -> Result<Vec<u8>, Problem> {
    let mut bytes = serde_json::to_vec(value).map_err(Problem::failed)?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use census_fixtures::{account, finish, user};

    use super::*;

    fn config(dir: &Path) -> Config {
        let mut config = Config::default();
        config.state.dir = Some(dir.to_owned());
        config.file = Some("census.toml".into());
        config
    }

    #[test]
    fn the_last_estate_comes_back_with_what_judged_it_and_is_an_estate_file() {
        let dir = tempfile::tempdir().unwrap();
        let mut estate = account();
        estate.identity(user("deploy"));
        let estate = finish(estate);
        let config = config(dir.path());
        let named = Named {
            registries: &["owners.yaml".into()],
            log: Some(Log::Named(Path::new("log.jsonl"))),
            signers: None,
        };
        let judged_by = JudgedBy::new(&config, named);
        keep_last(&config, &estate, &judged_by, Voice::Quiet);
        assert_eq!(last(Some(dir.path())).unwrap(), (estate.clone(), judged_by.clone()));
        assert_eq!(load(&dir.path().join(LAST_ESTATE)).unwrap(), estate);
        let all = judged_by.config.iter().chain(&judged_by.registries).chain(&judged_by.attestations);
        assert_eq!(all.filter(|path| path.is_absolute()).count(), 3);
    }

    #[test]
    fn an_estate_of_collect_was_judged_by_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let estate = finish(account());
        files::write(&dir.path().join(LAST_ESTATE), &to_file(&estate).unwrap()).unwrap();
        assert_eq!(last(Some(dir.path())).unwrap(), (estate, JudgedBy::default()));
    }

    #[test]
    fn a_folder_that_cannot_be_written_takes_nothing_from_the_scan() {
        let file = tempfile::NamedTempFile::new().unwrap();
        keep_last(&config(file.path()), &finish(account()), &JudgedBy::default(), Voice::Quiet);
        assert!(last(Some(file.path())).is_err());
    }
}
