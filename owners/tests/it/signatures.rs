//! Signed attestations, against OpenSSH itself: what census signs `ssh-keygen -Y verify` accepts, what `ssh-keygen -Y
//! sign` signs census accepts, and both let the same keys count. Without `ssh-keygen` these tests fail.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use census_fixtures as fx;
use census_model::{Attests, Authorship, ReviewDecision};
use census_owners::{AllowedSigners, NAMESPACE, NewAttestation, NewLine, Records, SigningError, SigningKey};
use tempfile::TempDir;

const ADA: &str = "ada@example.com";

/// A folder with keys.
struct Keys(TempDir);

impl Keys {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Makes a key.
    fn key(&self, name: &str, kind: &str, passphrase: &str) -> PathBuf {
        let path = self.0.path().join(name);
        let made = keygen(&["-q", "-t", kind, "-N", passphrase, "-C", name, "-f", &text(&path)], b"");
        assert!(made.status.success(), "{made:?}");
        path
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn keygen(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new("ssh-keygen")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ssh-keygen starts; it is part of openssh-client");
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn public(key: &Path) -> String {
    fs::read_to_string(key.with_extension("pub")).unwrap()
}

fn unsigned(by: &str) -> NewLine {
    let attestation = NewAttestation {
        attests: Attests::BusinessOwnership,
        decision: ReviewDecision::Keep,
        by: by.into(),
        at: "2026-05-01T12:00:00Z".parse().unwrap(),
        comment: Some("prints \"invoices\" \\ für Zoë".into()),
        ticket: None,
    };
    attestation.of(&fx::role("a")).unwrap()
}

fn signers(text: &str) -> AllowedSigners {
    AllowedSigners::parse("allowed_signers", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn signing_key(path: &Path) -> SigningKey {
    SigningKey::parse(&fs::read(path).unwrap()).unwrap()
}

fn read(line: &str, signers: &AllowedSigners) -> Result<Authorship, String> {
    let mut records = Records::default();
    records
        .add_attestations("log.jsonl", line.as_bytes(), Some(signers))
        .map_err(|error| error.to_string())?;
    Ok(records.attestations()[0].authorship)
}

/// The line as `jq` would complete it.
fn with_signature(line: &NewLine, armor: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(&line.to_line().unwrap()).unwrap();
    value["signature"] = armor.into();
    format!("{value}\n")
}

fn signature_of(line: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(line).unwrap();
    value["signature"].as_str().unwrap().to_owned()
}

#[test]
fn openssh_accepts_what_census_signs_and_census_what_openssh_signs() {
    for kind in ["ed25519", "ecdsa"] {
        let keys = Keys::new();
        let key = keys.key("id", kind, "");
        let allowed = format!("{ADA} namespaces=\"{NAMESPACE}\" {}", public(&key));
        let (file, parsed) = (keys.file("allowed_signers", &allowed), signers(&allowed));
        let canonical = unsigned(ADA).canonical().unwrap();

        let ours = unsigned(ADA).signed(&signing_key(&key), &parsed).unwrap().to_line().unwrap();
        assert_eq!(read(&ours, &parsed), Ok(Authorship::Signed), "{kind}");
        let signature = keys.file("line.sig", &signature_of(&ours));
        let verify = |message: &str| {
            let arguments =
                ["-Y", "verify", "-f", &text(&file), "-I", ADA, "-n", NAMESPACE, "-s", &text(&signature)];
            keygen(&arguments, message.as_bytes()).status.success()
        };
        assert!(verify(&canonical), "{kind}: ssh-keygen refuses what census signed");
        assert!(!verify(&canonical.replace("keep", "remove")), "{kind}: the validator accepts anything");

        let signed = keygen(&["-q", "-Y", "sign", "-f", &text(&key), "-n", NAMESPACE], canonical.as_bytes());
        assert!(signed.status.success(), "{signed:?}");
        let theirs = with_signature(&unsigned(ADA), &String::from_utf8(signed.stdout).unwrap());
        assert_eq!(read(&theirs, &parsed), Ok(Authorship::Signed), "{kind}");
    }
}

#[test]
fn a_signature_that_does_not_hold_is_an_error_that_names_the_line() {
    let keys = Keys::new();
    let (key, other) = (keys.key("id", "ed25519", ""), keys.key("other", "ed25519", ""));
    let parsed = signers(&format!("{ADA} {}bob@example.com {}", public(&key), public(&other)));
    let line = unsigned(ADA).signed(&signing_key(&key), &parsed).unwrap().to_line().unwrap();
    let armor = signature_of(&line);
    let elsewhere = keygen(
        &["-q", "-Y", "sign", "-f", &text(&key), "-n", "git"],
        unsigned(ADA).canonical().unwrap().as_bytes(),
    );
    let elsewhere = String::from_utf8(elsewhere.stdout).unwrap();
    let nobody = signers("# nobody\n");
    for (line, signers, reason) in [
        (line.replace("\"keep\"", "\"remove\""), &parsed, "was changed after it was signed"),
        (line.replace(ADA, "bob@example.com"), &parsed, "does not list for `bob@example.com`"),
        (line.replace("role/a", "role/b"), &parsed, "was changed after it was signed"),
        (line.clone(), &nobody, "does not list"),
        (with_signature(&unsigned(ADA), "x"), &parsed, "is no OpenSSH signature"),
        (with_signature(&unsigned(ADA), &armor.replacen('A', "B", 9)), &parsed, "signature"),
        (with_signature(&unsigned(ADA), &elsewhere), &parsed, "was made for `git`"),
    ] {
        let error = read(&format!("\n{line}"), signers).unwrap_err();
        assert!(error.contains("`log.jsonl` line 2") && error.contains(reason), "{reason}: {error}");
    }
    // Nor is one written that would not hold.
    let error = unsigned(ADA).signed(&signing_key(&other), &parsed).unwrap_err();
    assert!(error.contains("does not list for `ada@example.com`"), "{error}");
}

#[test]
fn the_same_keys_count_as_for_openssh() {
    let keys = Keys::new();
    let key = keys.key("id", "ed25519", "");
    let public = public(&key);
    let canonical = unsigned(ADA).canonical().unwrap();
    let everybody = signers(&format!("* {public}"));
    let line = unsigned(ADA).signed(&signing_key(&key), &everybody).unwrap().to_line().unwrap();
    let signature = keys.file("line.sig", &signature_of(&line));
    let mut counted = 0;
    let cases = [
        "ada@example.com",
        "Ada@example.com",
        "*@example.com",
        "*@example.com,!ada@*",
        "bob@example.com,ada@example.com",
        "\"bob@example.com,ada@example.com\"",
        "a?a@example.com",
        "ada@example",
        "ada@example.com namespaces=\"git\"",
        "ada@example.com namespaces=\"git,census-*\"",
        "ada@example.com namespaces=\"*,!census-attestation\"",
        "ada@example.com NAMESPACES=\"census-attestation\"",
        "ada@example.com valid-after=\"20260501Z\"",
        "ada@example.com valid-after=\"20260502Z\"",
        "ada@example.com valid-after=\"202605011200Z\"",
        "ada@example.com valid-after=\"20260501120001Z\"",
        "ada@example.com valid-before=\"202605011200Z\"",
        "ada@example.com valid-before=\"20260501115959Z\"",
        "ada@example.com valid-before=\"20260502Z\",valid-after=\"20260430Z\"",
        "ada@example.com namespaces=\"census-attestation\",valid-before=\"20260430Z\"",
    ];
    for case in cases {
        let allowed = format!("# comment\n\n{case} {public}");
        let file = keys.file("allowed_signers", &allowed);
        let theirs = keygen(
            &[
                "-Y",
                "verify",
                "-f",
                &text(&file),
                "-I",
                ADA,
                "-n",
                NAMESPACE,
                "-s",
                &text(&signature),
                "-Overify-time=20260501120000Z",
            ],
            canonical.as_bytes(),
        );
        let ours = read(&line, &signers(&allowed));
        assert_eq!(ours.is_ok(), theirs.status.success(), "{case}: {ours:?} {theirs:?}");
        counted += usize::from(ours.is_ok());
    }
    assert!((5..cases.len() - 5).contains(&counted), "{counted}");
}

#[test]
fn keys_that_cannot_sign_say_why() {
    let keys = Keys::new();
    let refused = |path: &Path| SigningKey::parse(&fs::read(path).unwrap()).unwrap_err();
    assert_eq!(refused(&keys.key("locked", "ed25519", "open sesame")), SigningError::Encrypted);
    let rsa = keys.key("rsa", "rsa", "");
    assert!(matches!(refused(&rsa), SigningError::Unsupported(why) if why.contains("ssh-rsa")));
    assert_eq!(refused(&rsa.with_extension("pub")), SigningError::NoKey);
    let error =
        AllowedSigners::parse("s", format!("ada {}", public(&rsa)).as_bytes()).unwrap_err().to_string();
    assert!(error.contains("keys of type `ssh-rsa` are not supported"), "{error}");
    let shown = format!("{:?}", signing_key(&keys.key("id", "ed25519", "")));
    assert!(shown.starts_with("SigningKey(SHA256:"), "{shown}");
}
