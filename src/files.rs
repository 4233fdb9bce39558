//! Files that a person names: on the command line, or in a configuration.

use std::{fs::File, io::Write, path::Path};

use census_provider_api::{
    save::{write_private, write_private_with},
    store::read_bounded,
};

use crate::problem::Problem;

/// Reads a file of at most `limit` bytes. A link is followed: a person named it, or a tool keeps it (`latest.json`,
/// a mounted configuration). The error is in words; whose fault it is depends on who named the file.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let cannot = |why: &dyn std::fmt::Display| format!("cannot read `{}`: {why}", path.display());
    let target = path.canonicalize().map_err(|e| cannot(&e))?;
    if !target.is_file() {
        let what = if target.is_dir() { "it is a folder" } else { "it is not a regular file" };
        return Err(cannot(&what));
    }
    read_bounded(&target, limit).map_err(|e| e.to_string())
}

/// Opens a file of at most `limit` bytes, for what is read bit by bit.
pub(crate) fn open(path: &Path, limit: u64) -> Result<File, String> {
    let cannot = |why: &dyn std::fmt::Display| format!("cannot read `{}`: {why}", path.display());
    // A pipe would wait for somebody to write into it, so this comes before opening.
    let found = path.metadata().map_err(|e| cannot(&e))?;
    if !found.is_file() {
        return Err(cannot(if found.is_dir() { &"it is a folder" } else { &"it is not a regular file" }));
    }
    if found.len() > limit {
        return Err(cannot(&format!("it is larger than {limit} bytes")));
    }
    File::open(path).map_err(|e| cannot(&e))
}

/// Replaces a file as a whole, mode 0600.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    may_become_a_file(path)?;
    write_private(path, bytes).map_err(Problem::failed)
}

/// The same of what `write` writes.
pub(crate) fn write_with(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Problem> {
    may_become_a_file(path)?;
    write_private_with(path, write).map_err(Problem::failed)
}

/// Refuses what a file cannot or must not replace: a folder, a device, a pipe, something below a file.
pub(crate) fn may_become_a_file(path: &Path) -> Result<(), Problem> {
    let why = match path.metadata() {
        Ok(found) if found.is_file() => return Ok(()),
        Ok(found) if found.is_dir() => "it is a folder".to_owned(),
        Ok(_) => "it is not a regular file".to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => error.to_string(),
    };
    Err(Problem::usage(format!("cannot write `{}`: {why}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_are_read_and_replaced_and_links_are_followed() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        write(&file, b"12").unwrap();
        write(&file, b"123").unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(read(&link, 3).unwrap(), b"123");
        assert!(read(&link, 2).unwrap_err().contains("larger"));
        assert!(read(dir.path(), 3).unwrap_err().ends_with("it is a folder"));
        assert!(write(dir.path(), b"").unwrap_err().to_string().ends_with("it is a folder"));
        assert!(write(Path::new("/dev/null"), b"").unwrap_err().to_string().ends_with("not a regular file"));
        assert!(may_become_a_file(&file.join("below")).is_err());
        assert!(may_become_a_file(&dir.path().join("new/and/deep")).is_ok());
    }
}
