//! Folders of documents, as they are found and as somebody left them.

use census_model::{Gap, GapReason, Provider, ScopeId};

use super::*;
use crate::save::{Batch, Collector};

fn path(text: &str) -> DocPath {
    DocPath::new(text).unwrap()
}

fn gap(account: &str, read: &str) -> Gap {
    let scope = ScopeId::new(format!("aws:account/{account}"));
    Gap::new(Provider::Aws, Some(scope), read, GapReason::Denied, "detail", Vec::new())
}

fn gaps(collector: &Collector) -> Vec<String> {
    let mut reads: Vec<String> = collector.gaps().iter().map(|gap| gap.read.to_string()).collect();
    reads.sort_unstable();
    reads
}

#[test]
fn a_folder_is_listed_and_read_without_a_manifest() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("accounts/111122223333")).unwrap();
    fs::write(dir.path().join("accounts/111122223333/access-keys.json"), "[]").unwrap();
    fs::write(dir.path().join("read me.txt"), "not a document name").unwrap();
    let store = DirStore::open(dir.path()).unwrap();
    assert_eq!(
        store.paths().iter().map(DocPath::as_str).collect::<Vec<_>>(),
        ["accounts/111122223333/access-keys.json"]
    );
    assert_eq!(store.get(&path("accounts/111122223333/access-keys.json")).unwrap().unwrap().as_ref(), b"[]");
    assert!(store.get(&path("accounts/111122223333/absent.json")).unwrap().is_none());
    assert!(store.manifest().is_none());
}

#[cfg(unix)]
#[test]
fn links_are_refused_whether_to_files_or_folders() {
    for target in ["/etc/hostname", "/etc"] {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(target, dir.path().join("organization.json")).unwrap();
        let error = DirStore::open(dir.path()).unwrap_err().to_string();
        assert!(error.contains("symbolic link"), "{error}");
    }
}

#[test]
fn more_than_a_document_may_hold_is_refused_before_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let file = fs::File::create(dir.path().join("organization.json")).unwrap();
    file.set_len(MAX_DOCUMENT_BYTES + 1).unwrap();
    let error = DirStore::open(dir.path()).unwrap().get(&path("organization.json")).unwrap_err().to_string();
    assert!(error.contains("larger than"), "{error}");
}

#[test]
fn what_was_saved_reads_back_and_edited_evidence_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("raw");
    let collector = Collector::saving(&folder, jiff::Timestamp::UNIX_EPOCH).unwrap();
    let mut batch = Batch { done: Some("111122223333".to_owned()), ..Batch::default() };
    batch.file(path("accounts/111122223333/access-keys.json"), b"[]".to_vec(), 0, true);
    collector.commit(batch).unwrap();
    let memory = collector.finish(jiff::Timestamp::UNIX_EPOCH).unwrap();
    let disk = DirStore::open(&folder).unwrap();
    assert_eq!(memory.manifest(), disk.manifest());
    assert_eq!(memory.paths(), disk.paths());

    let file = folder.join("accounts/111122223333/access-keys.json");
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777,
        0o600
    );
    fs::write(&file, "[ ]").unwrap();
    let error = disk.get(&path("accounts/111122223333/access-keys.json")).unwrap_err().to_string();
    assert!(error.contains("has changed"), "{error}");
    fs::remove_file(&file).unwrap();
    let error = DirStore::open(&folder).unwrap_err().to_string();
    assert!(error.contains("access-keys.json` is missing"), "{error}");
}

#[test]
fn the_manifest_of_a_long_scan_lags_behind_and_is_whole_in_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::saving(dir.path(), jiff::Timestamp::UNIX_EPOCH).unwrap();
    let on_disk = || read_manifest(&dir.path().join(MANIFEST_FILE)).unwrap().scopes_done.len();
    let account = |number: usize| {
        let mut batch = Batch { done: Some(format!("{number:012}")), ..Batch::default() };
        for file in 0..8 {
            batch.file(path(&format!("accounts/{number:012}/{file}.json")), b"[]".to_vec(), 0, true);
        }
        collector.commit(batch).unwrap();
    };
    (0..64).for_each(account);
    assert_eq!(on_disk(), 64, "a small one is written each time");
    (64..99).for_each(account);
    assert_eq!(on_disk(), 98, "a larger one with every second batch");
    let memory = collector.finish(jiff::Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(on_disk(), 99);
    assert_eq!(DirStore::open(dir.path()).unwrap().paths(), memory.paths());
}

#[test]
fn a_resumed_scan_keeps_what_was_done_and_its_clock() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::from_second(99).unwrap());
    let collector = Collector::saving(dir.path(), first).unwrap();
    let mut done = Batch { done: Some("111122223333".to_owned()), ..Batch::default() };
    done.file(path("accounts/111122223333/access-keys.json"), b"[]".to_vec(), 0, true);
    done.gaps = vec![gap("111122223333", "x:Get"), gap("111122223333", "b:List")];
    collector.commit(done).unwrap();
    let mut broken = Batch::default();
    broken.file(path("accounts/444455556666/access-keys.json"), b"[]".to_vec(), 0, true);
    broken.gaps = vec![gap("444455556666", "x:Get")];
    collector.commit(broken).unwrap();
    drop(collector);

    let resumed = Collector::resuming(dir.path(), second).unwrap();
    assert!(resumed.is_done("111122223333") && !resumed.is_done("444455556666"));
    assert_eq!(gaps(&resumed), ["b:List", "x:Get"]);
    resumed.forget(|gap| gap.read.starts_with("x:"));
    assert_eq!(gaps(&resumed), ["b:List"]);
    assert_eq!(resumed.collected_at(), first);
    let store = resumed.finish(second).unwrap();
    assert_eq!(store.paths().len(), 1);
    // What the first run left of the other account is still on the disk, and still no part of the scan.
    assert!(dir.path().join("accounts/444455556666/access-keys.json").exists());
    assert_eq!(DirStore::open(dir.path()).unwrap().paths(), store.paths());
    assert!(matches!(Collector::saving(dir.path(), second), Err(crate::SaveError::NotEmpty(_))));
}
