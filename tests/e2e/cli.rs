//! The command line: exit statuses, pure stdout, help that teaches.

use std::fs;

use serde_json::{Value, json};

use crate::support::{
    census::{Census, files},
    export::{AS_OF, details, key, role, user},
    report::list,
};

/// An account with an old key, which is a finding.
fn with_finding() -> Census {
    let census = Census::offline();
    census.file("export/authorization-details.json", details(&[user("deploy")], &[]).to_string());
    census.file("export/access-keys.json", json!([key("deploy", 1)]).to_string());
    census
}

/// The same with totals that disagree, which is a gap.
fn with_finding_and_gap() -> Census {
    let census = with_finding();
    census
        .file("export/account-summary.json", json!({ "SummaryMap": { "Users": 5, "Roles": 0 } }).to_string());
    census
}

const SCAN: [&str; 5] = ["scan", "--from", "export", "--as-of", AS_OF];

#[test]
fn exit_statuses_are_the_contract() {
    let (clean, gaps) = (with_finding(), with_finding_and_gap());
    for (census, fail_on, code) in [
        (&clean, None, 0),
        (&clean, Some("info"), 10),
        (&clean, Some("critical"), 0),
        (&gaps, None, 3),
        (&gaps, Some("info"), 13),
        (&gaps, Some("critical"), 3),
    ] {
        let mut arguments = SCAN.to_vec();
        arguments.extend(fail_on.iter().flat_map(|severity| ["--fail-on", severity]));
        census.expect(code, &arguments);
        // A format changes what is written, not how it ends.
        arguments.extend(["--format", "json", "--output", "-"]);
        census.expect(code, &arguments);
    }
    clean.expect(1, &["scan", "--from", "nowhere"]);
    clean.expect(1, &["explain", "nobody", "--from", "export"]);
    for wrong in [
        ["scan", "--no-such-flag"].as_slice(),
        &["scan"],
        &["scan", "nimbus"],
        &["frobnicate"],
        &[],
        &["scan", "--from", "export", "--fail-on", "awful"],
        &["scan", "--from", "export", "--format", "xml"],
        &["scan", "--from", "export", "--format", "csv", "--output", "-"],
        &["scan", "--from", "export", "--save-raw", "raw"],
        &["scan", "--from", "export", "--as-of", "yesterday"],
        &["scan", "--from", "export", "--config", "missing.toml"],
        &["scan", "--from", "export", "--registry", "missing.yaml"],
        &["scan", "aws", "--deadline", "soon"],
        &["scan", "aws", "--include-account", "12"],
        &["rules", "no-such-rule"],
        &["scan", "aws", "--resume"],
    ] {
        let run = clean.run(wrong);
        assert_eq!(run.status.code(), Some(2), "{wrong:?}: {run}");
        assert!(run.stdout.is_empty() && !run.stderr.is_empty(), "{run}");
    }
}

#[test]
fn findings_at_the_threshold_count() {
    let census = with_finding();
    let report = census.expect(0, &[SCAN.as_slice(), &["--format", "json", "--output", "-"]].concat()).json();
    let order = ["info", "low", "medium", "high", "critical"];
    let rank = |severity: &Value| order.iter().position(|known| severity == known).expect("a severity");
    let worst =
        list(&report, "findings").iter().map(|finding| rank(&finding["severity"])).max().expect("a finding");
    for (position, severity) in order.iter().enumerate() {
        let code = if position <= worst { 10 } else { 0 };
        census.expect(code, &[SCAN.as_slice(), &["--fail-on", severity]].concat());
    }
}

#[test]
fn stdout_carries_only_what_was_asked_for() {
    let census = with_finding_and_gap();
    let run = census.expect(3, &[SCAN.as_slice(), &["--format", "json", "--output", "-", "-vv"]].concat());
    assert_eq!(run.json()["schema"], "census.report/1");
    assert!(run.stderr.contains("warning: partial result"), "{run}");
    let quiet =
        census.expect(3, &[SCAN.as_slice(), &["--format", "json", "--output", "-", "--quiet"]].concat());
    assert!(quiet.stderr.is_empty(), "{quiet}");
    assert_eq!(quiet.stdout, run.stdout);
    let table = census.expect(3, &SCAN);
    assert!(table.text().contains("deploy") && table.text().contains("iam:GetAccountSummary"), "{table}");
    assert!(!table.text().contains('\u{1b}'), "colour without a terminal: {table}");
}

#[test]
fn colour_is_a_choice() {
    let census = with_finding();
    let colored = census.expect(0, &[SCAN.as_slice(), &["--color", "always"]].concat());
    assert!(colored.text().contains('\u{1b}'), "{colored}");
    let plain = census.expect(0, &[SCAN.as_slice(), &["--color", "never"]].concat());
    assert!(!plain.text().contains('\u{1b}'), "{plain}");
    let no_color = with_finding().with("NO_COLOR", "1").expect(0, &SCAN);
    assert_eq!(no_color.stdout, plain.stdout);
    census.expect(
        0,
        &[SCAN.as_slice(), &["--color", "always", "--format", "table", "--output", "out"]].concat(),
    );
    let file = fs::read_to_string(census.work().join("out/report.txt")).expect("report.txt");
    assert!(file.contains("deploy"));
}

#[test]
fn help_teaches() {
    let census = Census::offline();
    let help = census.expect(0, &["--help"]);
    for command in [
        "scan",
        "collect",
        "analyze",
        "explain",
        "can",
        "who-can",
        "paths",
        "owners",
        "rules",
        "permissions",
        "simulate",
        "diff",
        "completions",
        "man",
    ] {
        assert!(help.text().contains(&format!("\n  {command} ")), "`{command}` is not listed: {help}");
        let own = census.expect(0, &[command, "--help"]);
        assert!(own.text().contains("Usage: census"), "{own}");
    }
    for part in ["Examples:", "Exit status:", "census scan aws"] {
        assert!(help.text().contains(part), "`{part}` is missing: {help}");
    }
    let scan = census.expect(0, &["scan", "--help"]);
    for flag in [
        "--from",
        "--save-raw",
        "--registry",
        "--format",
        "--output",
        "--fail-on",
        "--deadline",
        "--organization",
    ] {
        assert!(scan.text().contains(flag), "`{flag}` is missing: {scan}");
    }
    assert!(scan.text().contains("get-account-authorization-details"), "{scan}");
    assert!(census.expect(0, &["--version"]).text().starts_with("census "));
}

#[test]
fn completions_and_the_manual_come_from_the_same_definition() {
    let census = Census::offline();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = census.expect(0, &["completions", shell]);
        for word in ["permissions", "fail-on", "save-raw"] {
            assert!(run.text().contains(word), "{shell}: `{word}` is missing");
        }
    }
    let manual = census.expect(0, &["man"]);
    assert!(manual.text().contains(".TH census") || manual.text().contains(".TH \"census\""), "{manual}");
    assert!(manual.text().contains("fail\\-on"), "{manual}");
    for name in ["config", "report", "registry"] {
        let schema = census.expect(0, &["schema", name]).json();
        jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("schema {name}: {error}"));
    }
}

#[test]
fn output_goes_where_it_is_told() {
    let census = with_finding();
    census.expect(0, &[SCAN.as_slice(), &["--format", "json,csv,table", "--output", "out"]].concat());
    let names: Vec<String> = files(&census.work().join("out")).into_keys().collect();
    let expected = [
        "credentials.csv",
        "findings.csv",
        "gaps.csv",
        "owners.csv",
        "population.csv",
        "report.json",
        "report.txt",
    ];
    assert_eq!(names, expected);
    // Once more replaces the files, to the same bytes.
    let before = files(&census.work().join("out"));
    census.expect(0, &[SCAN.as_slice(), &["--format", "json,csv,table", "--output", "out"]].concat());
    assert_eq!(files(&census.work().join("out")), before);
    census.file("taken", "a file");
    let run = census.run(&[SCAN.as_slice(), &["--format", "json", "--output", "taken"]].concat());
    assert!(matches!(run.status.code(), Some(1 | 2)) && run.stderr.contains("taken"), "{run}");
    assert_eq!(fs::read(census.work().join("taken")).expect("still there"), b"a file");
}

#[test]
fn the_last_scan_is_what_the_other_commands_look_at() {
    let census = with_finding();
    let run = census.expect(2, &["owners"]);
    assert!(run.stderr.contains("census scan"), "{run}");
    census.expect(0, &SCAN);
    for (arguments, part) in [
        (["owners", "--unowned"].as_slice(), "deploy"),
        (&["explain", "deploy"], "arn:aws:iam::111122223333:user/deploy"),
        (&["explain", "AKIAEXAMPLE000000001"], "arn:aws:iam::111122223333:user/deploy"),
        (&["explain", "arn:aws:iam::111122223333:user/deploy", "--format", "json"], "\"deploy\""),
        (&["paths", "deploy", "--format", "json"], "\"census.paths/1\""),
        (&["rules"], "coverage-gap"),
    ] {
        let run = census.expect(0, arguments);
        assert!(run.text().contains(part), "`{part}` is missing: {run}");
    }
}

#[test]
fn every_rule_of_a_finding_is_documented() {
    let census = with_finding_and_gap();
    let report = census.expect(3, &[SCAN.as_slice(), &["--format", "json", "--output", "-"]].concat()).json();
    let known = census.expect(0, &["rules", "--format", "json"]).json();
    for finding in list(&report, "findings") {
        let rule = finding["rule"].as_str().expect("a rule");
        assert!(known.to_string().contains(&format!("\"{rule}\"")), "`{rule}` is not listed");
        let shown = census.expect(0, &["rules", rule]);
        assert!(shown.text().contains(rule), "{shown}");
    }
}

#[test]
fn a_difference_of_two_scans_is_shown() {
    let before = with_finding();
    let census = Census::offline();
    let roles = [role("new", &json!({ "Service": "ec2.amazonaws.com" }))];
    census.file("export/authorization-details.json", details(&[], &roles).to_string());
    for (from, to) in [(&before, "old.json"), (&census, "new.json")] {
        let run = from.expect(0, &[SCAN.as_slice(), &["--format", "json", "--output", "-"]].concat());
        census.file(to, run.stdout);
    }
    let run = census.expect(0, &["diff", "old.json", "new.json"]);
    for name in ["deploy", "new"] {
        assert!(run.text().contains(name), "`{name}` is missing: {run}");
    }
    census.expect(0, &["diff", "old.json", "new.json", "--format", "json"]).json();
    census.expect(1, &["diff", "old.json", "missing.json"]);
}

#[test]
fn what_follows_a_scan_uses_its_registries() {
    let census = with_finding();
    census.file("owners.yaml", "- identity: deploy\n  business_owner: shop@example.com\n");
    census.file("limits.toml", "[registry]\nfiles = [\"owners.yaml\"]\n");
    census.expect(0, &[SCAN.as_slice(), &["--config", "limits.toml"]].concat());
    let owner = |more: &[&str]| {
        let run = census.expect(0, &[["explain", "deploy", "--format", "json"].as_slice(), more].concat());
        run.json().pointer("/identity/owner/business_owner").cloned()
    };
    assert_eq!(owner(&[]), Some(json!("shop@example.com")));
    census.file("other.yaml", "- identity: deploy\n  business_owner: audit@example.com\n");
    assert_eq!(owner(&["--registry", "other.yaml"]), Some(json!("audit@example.com")));
}

#[test]
fn a_partial_estate_stays_partial_in_every_command() {
    let census = with_finding_and_gap();
    census.expect(3, &SCAN);
    for arguments in
        [["owners"].as_slice(), &["owners", "--format", "csv"], &["explain", "deploy"], &["paths"]]
    {
        census.expect(3, arguments);
    }
}

#[test]
fn a_report_is_delivered_where_no_state_can_be_kept() {
    let census = with_finding().with("XDG_STATE_HOME", "/proc/nowhere");
    let run = census.expect(0, &[SCAN.as_slice(), &["--format", "json", "--output", "-"]].concat());
    assert_eq!(run.json()["schema"], "census.report/1");
    assert!(run.stderr.contains("warning"), "{run}");
}

#[test]
fn a_suggestion_replaces_no_registry() {
    let census = with_finding();
    census.file("owners.yaml", "- identity: deploy\n  business_owner: shop@example.com\n");
    let run = census.run(&["owners", "--from", "export", "--suggest", "owners.yaml"]);
    assert!(!run.status.success() && run.stderr.contains("owners.yaml"), "{run}");
    assert!(
        fs::read_to_string(census.work().join("owners.yaml"))
            .expect("still there")
            .contains("shop@example.com")
    );
}

#[test]
fn an_estate_goes_to_stdout_when_asked() {
    let census = with_finding();
    let run = census.expect(0, &["collect", "--from", "export", "--as-of", AS_OF, "-o", "-"]);
    assert_eq!(run.json()["schema"], "census.estate/1");
}
