//! Names, tags and files that somebody chose in order to do harm.

use std::{
    collections::BTreeSet,
    fs,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{
    census::Census,
    export::{ACCOUNT, AS_OF, HOSTILE, details, hostile, user},
    report::{identity, list},
    world::text,
};

const SCAN: [&str; 5] = ["scan", "--from", "export", "--as-of", AS_OF];

fn report(census: &Census) -> Value {
    census.expect(0, &[SCAN.as_slice(), &["--format", "json", "--output", "-"]].concat()).json()
}

/// Characters that move a cursor, hide text or turn its direction.
fn steers(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[test]
fn nothing_in_a_name_steers_a_terminal() {
    let census = hostile();
    census.expect(0, &[SCAN.as_slice(), &["--format", "table", "--output", "out"]].concat());
    let table = fs::read_to_string(census.work().join("out/report.txt")).expect("report.txt");
    let mut shown = vec![table];
    let names: Vec<String> =
        HOSTILE.iter().map(|name| format!("arn:aws:iam::{ACCOUNT}:user/{name}")).collect();
    for arguments in [SCAN.to_vec(), vec!["owners"], vec!["owners", "--unowned"]] {
        let run = census.expect(0, &arguments);
        shown.extend([run.text().to_owned(), run.stderr]);
    }
    // A zero byte cannot be typed as an argument.
    for name in names.iter().filter(|name| !name.contains('\0')) {
        let run = census.expect(0, &["explain", name]);
        shown.extend([run.text().to_owned(), run.stderr]);
        let unknown = census.expect(1, &["explain", &format!("{name}?")]);
        shown.extend([unknown.text().to_owned(), unknown.stderr]);
    }
    for text in shown {
        if let Some(at) = text.find(steers) {
            let around: String =
                text[..at].chars().rev().take(60).collect::<String>().chars().rev().collect();
            panic!("a name steers the terminal after {around:?}: {:?}", text[at..].chars().next());
        }
    }
}

#[test]
fn json_keeps_every_name_as_it_is() {
    let report = report(&hostile());
    for name in HOSTILE {
        let found = identity(&report, &format!("arn:aws:iam::{ACCOUNT}:user/{name}"));
        assert_eq!((&found["name"], &found["tags"]["owner"]), (&name.into(), &name.into()));
    }
}

#[test]
fn remedies_are_quoted_for_a_shell() {
    let report = report(&hostile());
    let mut mentioned = BTreeSet::new();
    let mut commands = 0;
    for finding in list(&report, "findings") {
        for command in list(&finding["remedy"], "commands") {
            let command = command.as_str().expect("a command is text");
            let words = shell_words(command);
            commands += 1;
            assert!(!command.chars().any(char::is_control), "{command:?}");
            assert!(matches!(words[0].as_str(), "aws" | "census"), "{command:?}: {words:?}");
            mentioned.extend(words);
        }
    }
    assert!(commands > HOSTILE.len() / 2, "too few commands to prove anything: {commands}");
    let plain = HOSTILE.iter().filter(|name| !name.chars().any(char::is_control));
    for name in plain {
        let whole = mentioned.iter().any(|word| word == name || word == &format!("role {name}"));
        assert!(whole, "`{name}` is not a word of any command");
    }
}

/// The words of a command as a real shell sees them. Nothing in it is run.
fn shell_words(command: &str) -> Vec<String> {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let script = format!("set -f; set -- {command}\nprintf '%s\\0' \"$@\"");
    let output = Command::new("sh").arg("-c").arg(&script).current_dir(&folder).output().expect("sh starts");
    assert!(output.status.success() && output.stderr.is_empty(), "{command:?}: {output:?}");
    let left = fs::read_dir(&folder).expect("the folder").count();
    assert_eq!(left, 0, "the command did something: {command:?}");
    let text = String::from_utf8(output.stdout).expect("words are UTF-8");
    text.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn no_name_becomes_a_path() {
    let census = hostile();
    let before = listing(&census);
    census.expect(0, &[SCAN.as_slice(), &["--format", "json,csv,table", "--output", "out"]].concat());
    census.expect(0, &["owners", "--suggest", "stub.yaml"]);
    let new: BTreeSet<String> = listing(&census).difference(&before).cloned().collect();
    assert_eq!(new, BTreeSet::from(["out".to_owned(), "stub.yaml".to_owned()]));
}

fn listing(census: &Census) -> BTreeSet<String> {
    let entries = fs::read_dir(census.work()).expect("the working directory");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_suggested_registry_reads_back() {
    let census = hostile();
    census.expect(0, &SCAN);
    census.expect(0, &["owners", "--suggest", "stub.yaml"]);
    let with = [SCAN.as_slice(), &["--registry", "stub.yaml", "--format", "json", "--output", "-"]].concat();
    let report = census.expect(0, &with).json();
    assert!(report["registry"]["entries"].as_u64() > Some(0), "{:#}", report["registry"]);
    assert_eq!(list(&report["registry"], "ghosts").len(), 0, "{:#}", report["registry"]);
}

/// Scans three users with a registry; ends quickly whatever is in it.
fn with_registry(name: &str, registry: &str) -> (i32, Value, String) {
    let census = Census::offline();
    let users = [user("deploy"), user("backup"), user(&"a".repeat(64))];
    census.file("export/authorization-details.json", details(&users, &[]).to_string());
    census.file(name, registry);
    let began = Instant::now();
    let run =
        census.run(&[SCAN.as_slice(), &["--registry", name, "--format", "json", "--output", "-"]].concat());
    assert!(began.elapsed() < Duration::from_secs(30), "{name} took {:?}", began.elapsed());
    let report = serde_json::from_slice(&run.stdout).unwrap_or(Value::Null);
    (run.status.code().expect("no signal"), report, run.stderr)
}

#[test]
fn a_registry_that_claims_everything_owns_nothing() {
    let whole_scope = format!("arn:aws:iam::{ACCOUNT}:*");
    for pattern in ["*", "**", "arn:aws:iam::*", &whole_scope, "arn:*"] {
        for (name, text) in [
            ("r.yaml", format!("- identity: \"{pattern}\"\n  business_owner: mallory@example.com\n")),
            ("r.csv", format!("identity,business_owner\n{pattern},mallory@example.com\n")),
        ] {
            let (code, report, stderr) = with_registry(name, &text);
            assert_eq!(code, 0, "{stderr}");
            for identity in list(&report, "identities") {
                assert_ne!(identity["owner"]["status"], "registered", "`{pattern}` in {name}: {identity:#}");
            }
        }
    }
    let exact = format!("- identity: arn:aws:iam::{ACCOUNT}:user/deploy\n  business_owner: a@example.com\n");
    let (_, report, _) = with_registry("r.yaml", &exact);
    let deploy = identity(&report, &format!("arn:aws:iam::{ACCOUNT}:user/deploy"));
    assert_eq!(deploy["owner"]["status"], "registered");
}

#[test]
fn an_absurd_registry_ends_in_a_bounded_error() {
    let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for (name, before) in ('b'..='k').zip('a'..) {
        let aliases = vec![format!("*{before}"); 10].join(",");
        bomb.push_str(&format!("{name}: &{name} [{aliases}]\n"));
    }
    bomb.push_str("- identity: *k\n");
    for (name, text) in [
        ("bomb.yaml", bomb),
        ("deep.yaml", "[".repeat(100_000)),
        ("recursive.yaml", "&a [*a, *a]\n".to_owned()),
        ("nothing.yaml", "just text".to_owned()),
        ("typo.yaml", "- identity: x\n  bussiness_owner: y\n".to_owned()),
        ("typo.csv", "identity,bussiness_owner\nx,y\n".to_owned()),
        ("broken.csv", "identity,business_owner\nx,y,z,too,many\n".to_owned()),
    ] {
        let (code, _, stderr) = with_registry(name, &text);
        assert_eq!(code, 2, "{name}: {stderr}");
        assert!(stderr.contains(name) && stderr.len() < 3000, "{name}: {stderr}");
    }
}

#[test]
fn absurd_patterns_end() {
    let pattern = format!("arn:aws:iam::{ACCOUNT}:user/{}b", "*a".repeat(300));
    let entries: String = (0..300)
        .map(|n| format!("- identity: \"{pattern}{n}\"\n  business_owner: a@example.com\n"))
        .collect();
    let (code, report, stderr) = with_registry("patterns.yaml", &entries);
    // Refused as a whole, or matched against nothing: either is bounded.
    assert!(code == 2 || code == 0, "{code}: {stderr}");
    if code == 0 {
        assert!(list(&report, "identities").iter().all(|i| i["owner"]["status"] != "registered"));
    } else {
        assert!(stderr.contains("patterns.yaml"), "{stderr}");
    }
}

#[test]
fn a_configuration_and_a_folder_with_hostile_names_are_shown_safely() {
    let census = Census::offline();
    census.file("\u{1b}[2J.toml", "[\u{1b}[31m");
    for arguments in [
        ["scan", "--from", "export\u{1b}[2J"],
        ["scan", "--config", "\u{1b}[2J.toml"],
        ["explain", "\u{1b}[2J\u{202e}", "--from=export"],
        ["diff", "\u{1b}[2J", "b"],
        ["rules", "\u{1b}[2J", "--format=text"],
    ] {
        let run = census.run(&arguments);
        assert!(matches!(run.status.code(), Some(1 | 2)), "{run}");
        assert!(!run.stderr.contains(steers), "{:?}", run.stderr);
    }
    let mut broken = details(&[user("x")], &[]);
    broken["UserDetailList"][0]["CreateDate"] = json!("\u{1b}[2J\u{202e}");
    census.file("export/authorization-details.json", broken.to_string());
    let run = census.expect(1, &SCAN);
    assert!(!run.stderr.contains(steers) && run.stderr.contains("CreateDate"), "{:?}", run.stderr);
    assert!(!text(&json!({ "stderr": run.stderr }), "stderr").is_empty());
}
