//! The attestation log on disk: people keep it in version control, and census only ever appends to it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    path::Path,
};

use census_owners::MAX_REGISTRY_BYTES;

use crate::{files, problem::Problem};

/// Reads a log as a whole, not while somebody appends to it.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut file = files::open(path, MAX_REGISTRY_BYTES)?;
    // Where a file system has no locks, a line that is read in part is found by its missing end.
    let locked = file.lock_shared();
    let read = locked.or_else(unsupported).and_then(|()| content(&mut file));
    read.map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}

/// Appends whole lines. `lines` makes them of what the log holds, which nobody else changes meanwhile; nothing is written
/// where it makes none or fails. The lines are on the disk when this returns.
pub(crate) fn append(
    path: &Path,
    lines: impl FnOnce(&[u8]) -> Result<String, Problem>,
) -> Result<(), Problem> {
    let cannot = |error: &dyn std::fmt::Display| {
        Problem::failed(format!("cannot append to `{}`: {error}", path.display()))
    };
    let (mut file, begun) = open(path).map_err(|error| cannot(&error))?;
    let held = file.lock().and_then(|()| is_the_file(&file, path)).and_then(|()| content(&mut file));
    let held = held.map_err(|error| cannot(&error))?;
    if held.len() as u64 > MAX_REGISTRY_BYTES {
        return Err(cannot(&"it is too large to be read again, begin a new one"));
    }
    let lines = lines(&held)?;
    if lines.is_empty() {
        return Ok(());
    }
    write_whole(&mut file, lines.as_bytes(), held.len() as u64).map_err(|error| cannot(&error))?;
    file.sync_all().map_err(|error| cannot(&error))?;
    if begun {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new(".")));
        folder.and_then(|folder| folder.sync_all()).map_err(|error| cannot(&error))?;
    }
    Ok(())
}

/// The log, and whether this began it. A link, a device or a pipe is no log.
fn open(path: &Path) -> io::Result<(File, bool)> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    match path.symlink_metadata() {
        Ok(found) if found.is_file() => Ok((options.open(path)?, false)),
        Ok(found) => Err(io::Error::other(if found.is_dir() {
            "it is a folder"
        } else if found.is_symlink() {
            "it is a link, name the file that it leads to"
        } else {
            "it is not a regular file"
        })),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            match options.clone().create_new(true).open(path) {
                Ok(file) => Ok((file, true)),
                // Somebody else began it just now.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok((options.open(path)?, false)),
                Err(error) => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

/// Whether what was opened is still what is called so, and not what a link leads to or what a checkout replaced.
fn is_the_file(file: &File, path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (opened, named) = (file.metadata()?, fs::symlink_metadata(path)?);
        if (opened.dev(), opened.ino()) != (named.dev(), named.ino()) {
            return Err(io::Error::other("it was replaced just now, try again"));
        }
    }
    Ok(())
}

fn content(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than may be there tells that it is too large.
    file.take(MAX_REGISTRY_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// One call, so that readers see all lines or none; what a full disk took in part is taken back.
fn write_whole(file: &mut File, bytes: &[u8], before: u64) -> io::Result<()> {
    let written = file.write(bytes)?;
    if written == bytes.len() {
        return Ok(());
    }
    file.set_len(before)?;
    Err(io::Error::new(ErrorKind::StorageFull, "only a part could be written, and was taken back"))
}

fn unsupported(error: io::Error) -> io::Result<()> {
    if error.kind() == ErrorKind::Unsupported { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    fn add(path: &Path, lines: &str) -> Result<(), Problem> {
        append(path, |_| Ok(lines.to_owned()))
    }

    #[test]
    fn a_log_is_begun_for_its_owner_alone_and_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.jsonl");
        add(&path, "one\n").unwrap();
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
        append(&path, |held| {
            assert_eq!(held, b"one\n");
            Ok("two\nthree\n".to_owned())
        })
        .unwrap();
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o664);
        assert_eq!(read(&path).unwrap(), b"one\ntwo\nthree\n");
        assert!(append(&path, |_| Err(Problem::failed("no"))).is_err());
        add(&path, "").unwrap();
        assert_eq!(read(&path).unwrap(), b"one\ntwo\nthree\n");
    }

    #[test]
    fn links_folders_and_devices_are_no_logs() {
        let dir = tempfile::tempdir().unwrap();
        let (target, link) = (dir.path().join("target"), dir.path().join("link"));
        for (what, path) in [("dangling", &link), ("whole", &link)] {
            let _ = std::os::unix::fs::symlink(&target, &link);
            assert!(add(path, "x\n").unwrap_err().to_string().contains("it is a link"), "{what}");
            assert_eq!(fs::read(&target).unwrap_or_default(), b"");
            fs::write(&target, "").unwrap();
        }
        assert!(add(dir.path(), "x\n").unwrap_err().to_string().contains("it is a folder"));
        assert!(add(Path::new("/dev/null"), "x\n").unwrap_err().to_string().contains("regular file"));
        assert!(add(&dir.path().join("no/such/folder"), "x\n").is_err());
    }

    #[test]
    fn those_who_append_side_by_side_lose_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.jsonl");
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let path = &path;
                scope.spawn(move || (0..20).for_each(|n| add(path, &format!("{writer}:{n}\n")).unwrap()));
            }
        });
        let text = String::from_utf8(read(&path).unwrap()).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), 160);
    }
}
