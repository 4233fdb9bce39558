//! `census attest`: what is written, what is refused, whose signature counts.

use std::{
    fs,
    io::Write,
    os::unix::fs::{MetadataExt, symlink},
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::support::{
    census::Census,
    export::{details, role, user},
};

const ARN: &str = "arn:aws:iam::111122223333:role/invoices";
const ADA: &str = "ada@example.com";
const LOG: &str = "attestations.jsonl";

/// An account with a registered role, one that nobody registered, one of AWS itself, and two of one name.
fn company() -> Census {
    let census = Census::offline();
    let lambda = json!({ "Service": "lambda.amazonaws.com" });
    let mut service = role("AWSServiceRoleForX", &json!({ "Service": "x.amazonaws.com" }));
    service["Path"] = "/aws-service-role/x.amazonaws.com/".into();
    service["Arn"] =
        "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX".into();
    let roles = [role("invoices", &lambda), role("stray", &lambda), role("twin", &lambda), service];
    census.file("export/authorization-details.json", details(&[user("twin")], &roles).to_string());
    census.file(
        "owners.csv",
        format!("identity,business_owner,technical_steward\n{ARN},{ADA},ops@example.com\n"),
    );
    census.file("census.toml", format!("[registry]\nfiles = [\"owners.csv\"]\nattestations = \"{LOG}\"\n"));
    census
}

/// The words of an attestation, with more or other ones behind.
fn words<'a>(identity: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["attest", identity, "--decision", "keep", "--from", "export"];
    words.extend(more);
    words
}

fn lines(census: &Census) -> Vec<Value> {
    let text = fs::read_to_string(census.work().join(LOG)).expect("the log");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

#[test]
fn an_attestation_is_a_line_and_the_commands_that_follow_see_it() {
    let census = company();
    census.expect(0, &["explain", ARN, "--from", "export"]);
    let run = census.expect(
        0,
        &words("INVOICES", &["--business", "--by", ADA, "--comment", "for \"Zoë\"", "--ticket", "4711"]),
    );
    assert!(run.text().starts_with(&format!("business-ownership of {ARN}: keep, by {ADA} at ")), "{run}");
    assert_eq!(run.text().lines().count(), 1, "{run}");
    let [line] = lines(&census).try_into().expect("one line");
    assert_eq!((&line["schema"], &line["identity"]), (&"census.attestation/1".into(), &ARN.into()));
    assert!(line["immutable_id"].as_str().is_some_and(|id| id.starts_with("AROA")), "{line}");
    assert_eq!((&line["comment"], &line["ticket"]), (&"for \"Zoë\"".into(), &"4711".into()));
    assert_eq!(line["signature"], Value::Null);
    assert_eq!(census.work().join(LOG).metadata().expect("the log").mode() & 0o777, 0o600);

    let day = &line["at"].as_str().expect("an instant")[..10];
    let explained = census.expect(0, &["explain", ARN, "--from", "export"]);
    let shown = format!("{day} by {ADA}, self-claimed");
    assert!(explained.words().contains(&shown), "{explained}");
    assert!(explained.text().contains("attested-registry-record"), "{explained}");
    let owners = census.expect(0, &["owners", "--from", "export", "--format", "json"]);
    assert!(owners.text().contains("attested-registry-record"), "{owners}");
    let checked = census.expect(0, &["registry"]);
    assert!(checked.text().contains("attestations.jsonl  attestations: 1 taken"), "{checked}");

    // The steward may say that it is technically needed; a log that is named counts instead of the configured one.
    census.expect(0, &words(ARN, &["--technical", "--by", "ops@example.com"]));
    assert_eq!(lines(&census).len(), 2);
    census.expect(0, &words(ARN, &["--business", "--by", ADA, "--attestations", "other.jsonl"]));
    assert_eq!((lines(&census).len(), census.work().join("other.jsonl").exists()), (2, true));
    let other = census.expect(0, &["explain", ARN, "--from", "export", "--attestations", "other.jsonl"]);
    assert!(other.text().contains("self-claimed"), "{other}");
    census.expect(2, &["explain", ARN, "--from", "export", "--attestations", "missing.jsonl"]);
}

#[test]
fn the_last_scan_is_asked_with_the_log_that_it_was_given() {
    let census = company();
    census.file("census.toml", "[registry]\nfiles = [\"owners.csv\"]\n");
    census.file("mine.jsonl", "");
    census.expect(0, &["scan", "--from", "export", "--attestations", "mine.jsonl"]);
    census.expect(0, &["attest", ARN, "--business", "--decision", "keep", "--by", ADA]);
    assert!(census.expect(0, &["explain", ARN]).text().contains("self-claimed"));
    census.file("mine.jsonl", "{\n");
    let broken = census.expect(2, &["explain", ARN]);
    assert!(broken.stderr.contains("mine.jsonl` line 1 column 1"), "{broken}");
}

#[test]
fn what_would_not_count_is_refused_and_nothing_is_written() {
    let census = company();
    let by = ["--business", "--by", ADA];
    for (code, identity, more, reason) in [
        (1, "stray", by.as_slice(), "no entry of a registry names it"),
        (1, "AWSServiceRoleForX", &by, "it is managed by"),
        (1, "twin", &by, "means 2 identities"),
        (1, "nobody", &by, "no identity and no credential is called"),
        (1, ARN, &["--business", "--by", "mailto:OPS@example.com"], "who alone operates an identity"),
        (1, ARN, &["--business", "--by", " "], "`by`: it is empty"),
        (1, ARN, &["--business", "--by", "a\u{1b}[31mda"], "control character \\u{1b}"),
        (1, ARN, &["--business", "--by", ADA, "--comment", "two\nlines"], "control character"),
        (1, ARN, &["--business", "--by", ADA, "--ticket", ""], "`ticket`: it is empty"),
        (2, ARN, &["--by", ADA], "--business"),
        (2, ARN, &["--business", "--technical", "--by", ADA], "cannot be used with"),
        (2, ARN, &["--business"], "--by"),
        (2, ARN, &["--business", "--by", ADA, "--as-of", "2020-01-01"], "--as-of"),
        (2, ARN, &["--business", "--by", ADA, "--sign-with", "missing"], "`missing`"),
        (1, ARN, &["--business", "--by", ADA, "--attestations", "no/such/folder"], "cannot append"),
        (1, ARN, &["--business", "--by", ADA, "--attestations", "export"], "it is a folder"),
        (1, ARN, &["--business", "--by", ADA, "--attestations", "/dev/null"], "not a regular file"),
    ] {
        let run = census.expect(code, &words(identity, more));
        assert!(run.stderr.contains(reason), "{reason}: {run}");
        assert!(run.stdout.is_empty() && !run.stderr.contains('\u{1b}'), "{run}");
        assert!(!census.work().join(LOG).exists(), "{run}");
    }
    let unconfigured = ["--config", "none.toml", "--registry", "owners.csv"];
    census.file("none.toml", "");
    let run = census.expect(2, &words(ARN, &[by.as_slice(), &unconfigured].concat()));
    assert!(run.stderr.contains("there is no attestation log to write to"), "{run}");
}

#[test]
fn a_log_that_is_not_right_is_left_as_it_is() {
    let census = company();
    census.expect(0, &words(ARN, &["--business", "--by", ADA]));
    let whole = fs::read_to_string(census.work().join(LOG)).expect("the log");
    for (text, reason) in [
        (whole.trim_end().to_owned(), "line 1: the last line has no end"),
        (format!("{whole}{{\"schema\"\n"), "line 2 column"),
        (whole.replace("\"keep\"", "\"maybe\""), "unknown variant"),
        (format!("{whole}<<<<<<< HEAD\n"), "a merge was left unresolved"),
    ] {
        census.file(LOG, &text);
        census.file("none.toml", "");
        for named in
            [vec![], vec!["--config", "none.toml", "--registry", "owners.csv", "--attestations", LOG]]
        {
            let run = census.expect(2, &words(ARN, &[&["--business", "--by", ADA], &named[..]].concat()));
            assert!(run.stderr.contains(reason), "{reason}: {run}");
            assert_eq!(fs::read_to_string(census.work().join(LOG)).expect("the log"), text);
        }
    }
    // Nor is a link followed to where it leads.
    fs::remove_file(census.work().join(LOG)).expect("the log");
    symlink(census.file("target", ""), census.work().join(LOG)).expect("a link");
    let run = census.expect(1, &words(ARN, &["--business", "--by", ADA]));
    assert!(run.stderr.contains("it is a link"), "{run}");
    assert_eq!(fs::read(census.work().join("target")).expect("the target"), b"");
}

#[test]
fn a_file_that_lies_in_the_working_directory_may_not_name_a_place_elsewhere() {
    let census = company();
    let elsewhere = census.temporary().join("log.jsonl");
    census.file("census.toml", format!("[registry]\nattestations = \"{}\"\n", elsewhere.display()));
    let run = census.expect(2, &words(ARN, &["--business", "--by", ADA, "--registry", "owners.csv"]));
    assert!(run.stderr.contains("outside its own folder") && !elsewhere.exists(), "{run}");
    let named = ["--config", "census.toml", "--registry", "owners.csv"];
    census.expect(0, &words(ARN, &[&["--business", "--by", ADA], &named[..]].concat()));
    assert!(elsewhere.exists());
}

#[test]
fn whoever_the_directory_does_not_know_is_warned_about() {
    let census = company();
    census.file("people.csv", "mail,status,end\nada@example.com,active,\neve@example.com,left,2025-01-31\n");
    census.file(
        "census.toml",
        format!(
            "[registry]\nfiles = [\"owners.csv\"]\nattestations = \"{LOG}\"\n[[sources.directory]]\nfile = \"people.csv\"\n\
             columns = {{ mail = \"mail\", status = \"status\", termination_date = \"end\" }}\n"
        ),
    );
    let run = |by| census.expect(0, &words(ARN, &["--business", "--by", by])).stderr;
    assert_eq!(run(ADA), "");
    assert!(run("bob@example.com").contains("warning: the directory does not know `bob@example.com`"));
    assert!(run("eve@example.com").contains("warning: `eve@example.com` left, 2025-01-31"));
}

#[test]
fn those_who_attest_while_others_scan_lose_nothing() {
    let census = company();
    census.expect(0, &words(ARN, &["--business", "--by", ADA]));
    let everyone: Vec<String> = (0..8).map(|n| format!("person-{n}@example.com")).collect();
    let attesting: Vec<_> =
        everyone.iter().map(|by| census.start(&words(ARN, &["--technical", "--by", by]))).collect();
    let scans: Vec<_> = (0..2).map(|_| census.start(&["scan", "--from", "export", "--quiet"])).collect();
    for run in attesting.into_iter().chain(scans) {
        let run = run.wait();
        assert_eq!(run.status.code(), Some(0), "{run}");
    }
    let mut by: Vec<_> = lines(&census).iter().map(|line| line["by"].to_string()).collect();
    by.sort();
    by.dedup();
    assert_eq!(by.len(), 9);
}

fn keygen(arguments: &[&str], folder: &Path, input: &[u8]) -> std::process::Output {
    let mut child = Command::new("ssh-keygen")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ssh-keygen starts; it is part of openssh-client");
    child.stdin.take().expect("a pipe").write_all(input).expect("a reader");
    child.wait_with_output().expect("an end")
}

/// The company with keys: `ada` counts for Ada, `eve` for nobody, `locked` is encrypted.
fn signing() -> Census {
    let census = company();
    for (key, passphrase) in [("ada", ""), ("eve", ""), ("locked", "open sesame")] {
        let made = keygen(&["-q", "-t", "ed25519", "-N", passphrase, "-f", key], &census.work(), b"");
        assert!(made.status.success(), "{made:?}");
    }
    let public = |key: &str| fs::read_to_string(census.work().join(format!("{key}.pub"))).expect("a key");
    let signers =
        format!("{ADA} namespaces=\"census-attestation\" {}{ADA} {}", public("ada"), public("locked"));
    census.file("allowed_signers", signers);
    census.file(
        "census.toml",
        format!(
            "[registry]\nfiles = [\"owners.csv\"]\nattestations = \"{LOG}\"\nallowed_signers = \"allowed_signers\"\n"
        ),
    );
    census
}

#[test]
fn a_signature_shows_who_attested_and_openssh_agrees() {
    let census = signing();
    let run = census.expect(0, &words(ARN, &["--business", "--by", ADA, "--sign-with", "ada"]));
    assert!(run.text().contains(", signed, written to"), "{run}");
    assert!(
        census
            .expect(0, &["explain", ARN, "--from", "export"])
            .words()
            .contains(&format!("by {ADA}, signed"))
    );

    // What documentation says is signed: the line without its signature.
    let text = fs::read_to_string(census.work().join(LOG)).expect("the log");
    let (signed, _) = text.split_once(",\"signature\":").expect("a signature");
    census.file("line.sig", lines(&census)[0]["signature"].as_str().expect("a text"));
    let verify = |message: &str| {
        let arguments = [
            "-Y",
            "verify",
            "-f",
            "allowed_signers",
            "-I",
            ADA,
            "-n",
            "census-attestation",
            "-s",
            "line.sig",
        ];
        keygen(&arguments, &census.work(), message.as_bytes()).status.success()
    };
    assert!(verify(&format!("{signed}}}")));
    assert!(!verify(&format!("{signed} }}")));

    census.file(LOG, text.replace("\"keep\"", "\"remove\""));
    for words in [vec!["explain", ARN, "--from", "export"], words(ARN, &["--technical", "--by", ADA])] {
        let run = census.expect(2, &words);
        assert!(run.stderr.contains("line 1: its signature does not verify"), "{run}");
    }
}

#[test]
fn openssh_may_sign_what_census_prints() {
    let census = signing();
    let printed = census.expect(0, &words(ARN, &["--business", "--by", ADA, "--print"]));
    assert!(!census.work().join(LOG).exists() && printed.text().ends_with('}'), "{printed}");
    let signed = keygen(
        &["-q", "-Y", "sign", "-f", "ada", "-n", "census-attestation"],
        &census.work(),
        &printed.stdout,
    );
    assert!(signed.status.success(), "{signed:?}");
    let mut line: Value = printed.json();
    line["signature"] = String::from_utf8(signed.stdout).expect("text").into();
    census.file(LOG, format!("{line}\n"));
    assert!(
        census
            .expect(0, &["explain", ARN, "--from", "export"])
            .words()
            .contains(&format!("by {ADA}, signed"))
    );
}

#[test]
fn keys_that_would_not_count_sign_nothing() {
    let census = signing();
    census.file("junk", "junk");
    for (by, key, reason) in [
        (ADA, "eve", "which `allowed_signers` does not list"),
        ("bob@example.com", "ada", "does not list for `bob@example.com`"),
        (ADA, "locked", "the key is encrypted"),
        (ADA, "ada.pub", "no private key in OpenSSH's format"),
        (ADA, "junk", "no private key in OpenSSH's format"),
    ] {
        let run = census.expect(1, &words(ARN, &["--business", "--by", by, "--sign-with", key]));
        assert!(run.stderr.contains(reason) && run.stderr.contains("help: "), "{reason}: {run}");
        assert!(!census.work().join(LOG).exists(), "{run}");
    }
    census.file("census.toml", format!("[registry]\nfiles = [\"owners.csv\"]\nattestations = \"{LOG}\"\n"));
    let run = census.expect(2, &words(ARN, &["--business", "--by", ADA, "--sign-with", "ada"]));
    assert!(run.stderr.contains("nothing says whose keys count"), "{run}");
}
