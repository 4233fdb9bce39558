//! Documents on disk: a saved scan replays to the same bytes, broken documents are named.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    os::unix::fs::symlink,
};

use serde_json::{Value, json};

use crate::support::{
    census::{Census, files},
    export::{company, scan_export},
    proxy::{Fault, Rule},
    report::list,
    world::{World, text},
};

const FORMATS: [&str; 2] = ["--format", "json,csv,table"];

fn scan_into<'a>(more: &[&'a str], output: &'a str) -> Vec<&'a str> {
    ["scan"].iter().chain(&FORMATS).chain(more).chain(&["--output", output]).copied().collect()
}

#[test]
fn a_saved_scan_replays_to_the_same_bytes() {
    let world = World::company();
    let denied = |reads: &[&str]| reads.iter().map(|read| Rule::new(read, Fault::Denied)).collect::<Vec<_>>();
    for (code, rules) in [
        (0, Vec::new()),
        (3, denied(&["iam:GetCredentialReport"])),
        (3, denied(&["iam:ListAccessKeys", "iam:GetAccountSummary", "iam:ListSAMLProviders"])),
        (3, vec![Rule::new("iam:ListOpenIDConnectProviders", Fault::Malformed)]),
        (3, denied(&["iam:GetAccountAuthorizationDetails"])),
    ] {
        world.proxy.faults(rules);
        let census = world.census().with("AWS_MAX_ATTEMPTS", "1");
        census.expect(code, &scan_into(&["aws", "--deep", "--save-raw", "raw"], "live"));
        // Nothing to talk to any more.
        world.proxy.faults(vec![Rule::new("*", Fault::Reset)]);
        for (source, output) in [(["--from", "raw"], "again"), (["--from", "raw/"], "and-again")] {
            census.expect(code, &scan_into(&source, output));
            assert_same(&files(&census.work().join("live")), &files(&census.work().join(output)));
        }
        assert!(world.proxy.calls().is_empty(), "--from called {:?}", world.proxy.counts());
    }
}

fn assert_same(left: &BTreeMap<String, Vec<u8>>, right: &BTreeMap<String, Vec<u8>>) {
    assert!(left.len() >= 7, "too few files: {:?}", left.keys());
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
    for (name, bytes) in left {
        let (a, b) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&right[name]));
        let differing = a.lines().zip(b.lines()).find(|(a, b)| a != b);
        assert!(bytes == &right[name], "`{name}` differs: {differing:?}");
    }
}

#[test]
fn what_was_collected_is_analyzed_to_the_same_report() {
    let world = World::company();
    let census = world.census();
    census.expect(0, &scan_into(&["aws", "--save-raw", "raw"], "live"));
    census.expect(0, &["collect", "--from", "raw", "-o", "estate.json"]);
    let arguments = ["analyze", "estate.json", "--format", "json,csv,table", "--output", "analyzed"];
    census.expect(0, &arguments);
    assert_same(&files(&census.work().join("live")), &files(&census.work().join("analyzed")));
}

#[test]
fn the_manifest_says_what_was_saved() {
    let world = World::company();
    world.proxy.faults(vec![Rule::new("iam:GetAccountSummary", Fault::Denied)]);
    let census = world.census();
    census.expect(3, &scan_into(&["aws", "--save-raw", "raw"], "live"));
    let saved = files(&census.work().join("raw"));
    let manifest: Value = serde_json::from_slice(&saved["census-documents.json"]).expect("JSON");
    assert_eq!(manifest["schema"], "census.documents/1");
    assert!(text(&manifest, "caller").starts_with("arn:aws:"), "{manifest:#}");
    assert!(list(&manifest, "gaps").iter().any(|gap| gap["read"] == "iam:GetAccountSummary"), "{manifest:#}");
    let named = manifest["files"].as_object().expect("files");
    let present: Vec<&String> = saved.keys().filter(|name| *name != "census-documents.json").collect();
    assert_eq!(named.keys().collect::<Vec<_>>(), present);
    let details = &named["accounts/123456789012/authorization-details.json"];
    assert_eq!((&details["complete"], text(details, "sha256").len()), (&Value::Bool(true), 64));
}

#[test]
fn a_document_that_was_changed_is_refused() {
    let world = World::company();
    let census = world.census();
    census.expect(0, &scan_into(&["aws", "--save-raw", "raw"], "live"));
    let path = census.work().join("raw/accounts/123456789012/authorization-details.json");
    let changed = fs::read_to_string(&path).expect("the document").replace("carol", "mallory");
    fs::write(&path, changed).expect("a file");
    let run = census.expect(1, &["scan", "--from", "raw"]);
    assert!(run.stderr.contains("authorization-details.json") && run.stderr.contains("changed"), "{run}");
}

#[test]
fn a_missing_required_field_is_named() {
    let full = company();
    for (list, position, field) in
        [("UserDetailList", 1, "Arn"), ("UserDetailList", 0, "UserId"), ("RoleDetailList", 0, "RoleName")]
    {
        let mut broken = full.clone();
        broken[list][position].as_object_mut().expect("an object").remove(field);
        let census = Census::offline();
        census.file("export/authorization-details.json", broken.to_string());
        let run = scan_export(&census);
        assert_eq!(run.status.code(), Some(1), "{run}");
        assert!(run.stdout.is_empty(), "{run}");
        for part in ["authorization-details.json", &format!("{list}[{position}]"), field] {
            assert!(run.stderr.contains(part), "`{part}` is not named: {run}");
        }
    }
}

/// Bytes that are no document, each with what the message must name beside the file.
fn broken() -> Vec<(Vec<u8>, &'static str)> {
    let good = company().to_string();
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(good.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let deep = "[".repeat(200_000);
    let nested = format!("{{\"UserDetailList\":[{{\"x\":{deep}");
    vec![
        (Vec::new(), "line 1"),
        (good.as_bytes()[..good.len() / 2].to_vec(), "line 1"),
        (good.replacen(':', ";", 1).into_bytes(), "line 1"),
        (format!("{good} and more").into_bytes(), "line 1"),
        (b"[]".to_vec(), ""),
        (b"\"text\"".to_vec(), ""),
        (b"null".to_vec(), ""),
        (vec![0xC3, 0x28, 0xFF], ""),
        (utf16, "UTF-8"),
        (deep.into_bytes(), ""),
        (nested.into_bytes(), ""),
        (good.replace("\"deploy\"", "{}").into_bytes(), "UserName"),
        (good.replace("2020-01-01T00:00:00+00:00", "yesterday").into_bytes(), "CreateDate"),
    ]
}

#[test]
fn a_broken_document_is_an_error_that_names_it() {
    for (bytes, place) in broken() {
        let census = Census::offline();
        census.file("export/authorization-details.json", &bytes);
        let run = scan_export(&census);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        assert_eq!(run.status.code(), Some(1), "{shown}: {run}");
        assert!(run.stdout.is_empty(), "{shown}: {run}");
        assert!(run.stderr.contains("authorization-details.json"), "{shown}: {run}");
        assert!(run.stderr.contains(place), "{shown}: `{place}` is not named: {run}");
        assert!(run.stderr.len() < 2000, "{shown}: the message is too long to read");
    }
}

#[test]
fn links_and_odd_files_are_refused() {
    let details = company().to_string();
    let secret = |census: &Census| census.file("outside.json", &details);
    let file_link = Census::offline();
    fs::create_dir_all(file_link.work().join("export")).expect("a folder");
    symlink(secret(&file_link), file_link.work().join("export/authorization-details.json")).expect("a link");
    let folder_link = Census::offline();
    folder_link.file("elsewhere/111122223333/authorization-details.json", &details);
    fs::create_dir_all(folder_link.work().join("export")).expect("a folder");
    symlink(folder_link.work().join("elsewhere"), folder_link.work().join("export/accounts"))
        .expect("a link");
    let manifest = Census::offline();
    manifest.file("export/authorization-details.json", &details);
    symlink(manifest.file("m.json", "{}"), manifest.work().join("export/census-documents.json"))
        .expect("a link");
    for census in [&file_link, &folder_link, &manifest] {
        let run = scan_export(census);
        assert_eq!(run.status.code(), Some(1), "{run}");
        assert!(run.stderr.contains("link"), "{run}");
        assert!(run.stdout.is_empty(), "{run}");
    }
}

#[test]
fn a_manifest_cannot_lead_out_of_the_folder() {
    for path in ["../outside.json", "/etc/passwd", "accounts/../../outside.json"] {
        let census = Census::offline();
        census.file("outside.json", company().to_string());
        census.file("export/authorization-details.json", company().to_string());
        let manifest = json!({
            "schema": "census.documents/1", "collected_at": "2026-06-01T00:00:00Z", "caller": null, "targets": [],
            "files": { path: { "sha256": "00", "items": 1, "complete": true } }, "gaps": [],
        });
        census.file("export/census-documents.json", manifest.to_string());
        let run = scan_export(&census);
        assert_eq!(run.status.code(), Some(1), "{run}");
        assert!(run.stderr.contains("census-documents.json"), "{run}");
    }
}

#[test]
fn a_huge_file_is_refused_without_being_read() {
    let census = Census::offline();
    let path = census.file("export/authorization-details.json", "");
    File::options().write(true).open(&path).expect("the file").set_len(1 << 40).expect("a sparse file");
    let run = scan_export(&census);
    assert_eq!(run.status.code(), Some(1), "{run}");
    assert!(run.stderr.contains("larger than"), "{run}");
}

#[test]
fn a_folder_without_documents_is_an_error() {
    let empty = Census::offline();
    fs::create_dir_all(empty.work().join("export")).expect("a folder");
    let other = Census::offline();
    other.file("export/notes.txt", "nothing here");
    let missing = Census::offline();
    let file = Census::offline();
    file.file("export", "a file");
    for census in [&empty, &other, &missing, &file] {
        let run = scan_export(census);
        assert_eq!(run.status.code(), Some(1), "{run}");
        assert!(run.stdout.is_empty() && run.stderr.contains("export"), "{run}");
    }
}
