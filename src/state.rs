//! The last estate: what commands look at when they are not told where to look.

use std::path::{Path, PathBuf};

use census_model::Estate;
use census_provider_api::{save::write_private, store::read_bounded};

use crate::problem::Problem;

/// The largest estate file that is read, in bytes.
const MAX_ESTATE_BYTES: u64 = 4 << 30;

const LAST_ESTATE: &str = "last-estate.json";

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

/// Keeps an estate for the commands that follow. Replaced as a whole, mode 0600.
pub(crate) fn keep_last(configured: Option<&Path>, estate: &Estate) -> Result<(), Problem> {
    save(&dir(configured)?.join(LAST_ESTATE), estate)
}

/// The last estate.
pub(crate) fn last(configured: Option<&Path>) -> Result<Estate, Problem> {
    let path = dir(configured)?.join(LAST_ESTATE);
    if !path.exists() {
        return Err(Problem::usage("there is no last estate to look at")
            .help("run `census scan` first, or name one with --estate FILE or --from DIR"));
    }
    load(&path)
}

/// Reads an estate file.
pub(crate) fn load(path: &Path) -> Result<Estate, Problem> {
    let bytes = read_bounded(path, MAX_ESTATE_BYTES).map_err(Problem::failed)?;
    Estate::from_json(&bytes).map_err(|e| {
        Problem::failed(format!("`{}`: {e}", path.display()))
            .help("estate files are what `census collect` writes")
    })
}

/// Writes an estate file.
pub(crate) fn save(path: &Path, estate: &Estate) -> Result<(), Problem> {
    let mut bytes = serde_json::to_vec(estate).map_err(Problem::failed)?;
    bytes.push(b'\n');
    write_private(path, &bytes).map_err(Problem::failed)
}
