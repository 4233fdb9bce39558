//! Servers that are slow, overloaded or broken: retried, and a gap where that does not help. Never a panic.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::support::{
    answers::Answer,
    census::{Census, files},
    details::{Paging, Shape},
    proxy::{Fault, Proxy, Rule},
    report::{assert_complete, assert_gap, failures, list},
    world::World,
};

/// The reads of one account, from a complete scan.
fn reads(world: &World) -> BTreeSet<String> {
    let (code, report) = world.census().scan(&["--deep"]);
    assert_complete(code, &report);
    let mut reads: BTreeSet<String> = world.proxy.counts().into_keys().collect();
    reads.remove("sts:GetCallerIdentity");
    assert!(reads.len() > 8, "a scan reads more than {reads:?}");
    reads
}

#[test]
fn a_passing_fault_is_retried() {
    let world = World::company();
    for (fault, times) in [
        (Fault::Throttled(429), 1),
        (Fault::Throttled(400), 2),
        (Fault::Broken, 2),
        (Fault::Reset, 1),
        (Fault::Truncated, 1),
    ] {
        for read in ["sts:GetCallerIdentity", "iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys"] {
            world.proxy.faults(vec![Rule::new(read, fault.clone()).times(times)]);
            let (code, report) = world.census().scan(&[]);
            assert_complete(code, &report);
            assert!(world.proxy.counts()[read] > times, "{fault:?} at `{read}` was not retried");
        }
    }
}

#[test]
fn a_lasting_fault_is_a_gap_at_every_read() {
    let world = World::company();
    let reads = reads(&world);
    let census = world.census().with("AWS_MAX_ATTEMPTS", "1");
    let mut wrong = Vec::new();
    for (fault, reasons) in [
        (Fault::Broken, ["failed"].as_slice()),
        (Fault::Throttled(429), &["throttled"]),
        (Fault::Throttled(400), &["throttled"]),
        (Fault::Reset, &["failed"]),
        (Fault::Truncated, &["failed", "truncated", "invalid"]),
        (Fault::Malformed, &["failed", "truncated", "invalid"]),
    ] {
        for read in &reads {
            world.proxy.faults(vec![Rule::new(read, fault.clone())]);
            let run = census.run(&["scan", "aws", "--deep", "--format", "json", "--output", "-"]);
            let report = serde_json::from_slice(&run.stdout).unwrap_or(json!({ "gaps": [] }));
            let told =
                failures(&report).iter().any(|(r, reason)| r == read && reasons.contains(&reason.as_str()));
            if !told || run.status.code() != Some(3) {
                wrong.push(format!(
                    "{fault:?} at {read}: {} {:?} {}",
                    run.status,
                    failures(&report),
                    run.stderr
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn retries_end() {
    let world = World::company();
    let census = world.census().with("AWS_MAX_ATTEMPTS", "3");
    world.proxy.faults(vec![Rule::new("iam:GetAccountSummary", Fault::Broken)]);
    let (code, report) = census.scan(&[]);
    assert_gap(code, &report, "iam:GetAccountSummary", &["failed"]);
    assert_eq!(world.proxy.counts()["iam:GetAccountSummary"], 3);
}

#[test]
fn a_caller_that_cannot_be_named_is_an_error() {
    let world = World::company();
    world.proxy.faults(vec![Rule::new("sts:GetCallerIdentity", Fault::Denied)]);
    let run = world.census().expect(1, &["scan", "aws", "--format", "json", "--output", "-"]);
    assert!(run.stdout.is_empty(), "{run}");
    assert!(run.stderr.contains("error: ") && run.stderr.contains("help: "), "{run}");
}

#[test]
fn a_page_that_fails_leaves_the_others() {
    let world = World::company();
    world.proxy.shape(Shape { paging: Paging::Pages(2), ..Shape::default() });
    let operation = "iam:GetAccountAuthorizationDetails";
    let census = world.census().with("AWS_MAX_ATTEMPTS", "1");
    for (fault, reasons) in [
        (Fault::Denied, ["denied", "truncated"].as_slice()),
        (Fault::Broken, &["failed", "truncated"]),
        (Fault::Malformed, &["invalid", "failed", "truncated"]),
    ] {
        world.proxy.faults(vec![Rule::new(operation, fault).parameter("Marker", "page-4")]);
        let (code, report) = census.scan(&[]);
        assert_gap(code, &report, operation, reasons);
        let found = list(&report, "identities").len();
        assert!(found >= 4, "the pages before are lost: {found} identities");
    }
}

#[test]
fn a_marker_that_repeats_ends() {
    let world = World::company();
    world.proxy.shape(Shape { paging: Paging::Endless, ..Shape::default() });
    let (code, report) = world.census().scan(&[]);
    assert_gap(
        code,
        &report,
        "iam:GetAccountAuthorizationDetails",
        &["truncated", "invalid", "inconsistent", "failed"],
    );
    assert!(world.proxy.counts()["iam:GetAccountAuthorizationDetails"] < 10);
}

#[test]
fn a_deadline_holds_against_a_slow_server() {
    let world = World::company();
    let delay = Duration::from_secs(120);
    for read in ["iam:GetAccountAuthorizationDetails", "iam:GetAccountSummary", "iam:ListAccessKeys"] {
        world.proxy.faults(vec![Rule::new(read, Fault::Slow(delay))]);
        let began = Instant::now();
        let (code, report) = world.census().scan(&["--deadline", "3s"]);
        assert_gap(code, &report, read, &["truncated"]);
        assert!(began.elapsed() < delay / 3, "it waited for {:?}", began.elapsed());
    }
}

#[test]
fn an_endpoint_without_a_read_is_not_an_empty_answer() {
    let world = World::company();
    // What moto itself says to what it lacks: HTTP 500 with a page of HTML.
    world.proxy.usual(Vec::new());
    let census = world.census().with("AWS_MAX_ATTEMPTS", "1");
    let (_, report) = census.scan(&[]);
    let told = list(&report, "gaps").iter().any(|gap| gap["read"] == "iam:ListServiceSpecificCredentials");
    assert!(told, "{:#}", report["gaps"]);
    // Every endpoint has this one.
    let html = Fault::Answer(Answer::html_error());
    world.proxy.faults(vec![Rule::new("iam:ListOpenIDConnectProviders", html)]);
    let (code, report) = census.scan(&[]);
    assert_gap(code, &report, "iam:ListOpenIDConnectProviders", &["failed", "unsupported"]);
}

#[test]
fn interrupting_leaves_nothing_half_written() {
    let world = World::company();
    for read in ["iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys"] {
        let census = world.census();
        world.proxy.faults(vec![Rule::new(read, Fault::Slow(Duration::from_secs(120)))]);
        let arguments = ["scan", "aws", "--format", "json,csv", "--output", "out", "--save-raw", "raw"];
        let running = census.start(&arguments);
        wait_for(&world.proxy, read);
        running.interrupt();
        let run = running.wait();
        assert_eq!(run.status.code(), Some(1), "{run}");
        assert!(run.elapsed < Duration::from_secs(60), "{run}");
        assert!(run.stdout.is_empty() && run.stderr.contains("interrupted"), "{run}");
        assert_whole(&census, "out");
        assert_whole(&census, "raw");
        assert!(files(&census.home()).is_empty() && files(&census.temporary()).is_empty());
    }
}

fn wait_for(proxy: &Proxy, read: &str) {
    let began = Instant::now();
    while !proxy.counts().contains_key(read) {
        assert!(began.elapsed() < Duration::from_secs(60), "`{read}` is never called");
        thread::sleep(Duration::from_millis(10));
    }
    // Time for the client to wait for an answer.
    thread::sleep(Duration::from_millis(200));
}

/// Reports appear whole or not at all; documents too, and under their own names.
fn assert_whole(census: &Census, folder: &str) {
    let folder = census.work().join(folder);
    if !folder.exists() {
        return;
    }
    for (name, content) in files(&folder) {
        let name = Path::new(&name);
        match name.extension().and_then(|e| e.to_str()) {
            Some("json") => assert!(
                serde_json::from_slice::<serde_json::Value>(&content).is_ok(),
                "`{}` is half written",
                name.display()
            ),
            Some("csv") => assert!(content.ends_with(b"\n"), "`{}` is half written", name.display()),
            _ => panic!("`{}` was left behind", name.display()),
        }
    }
}

#[test]
fn an_interrupted_scan_can_be_continued() {
    let world = World::company();
    let census = world.census();
    world.proxy.faults(vec![Rule::new("iam:GetAccountSummary", Fault::Slow(Duration::from_secs(120)))]);
    let running = census.start(&["scan", "aws", "--save-raw", "raw"]);
    wait_for(&world.proxy, "iam:GetAccountSummary");
    running.interrupt();
    assert_eq!(running.wait().status.code(), Some(1));
    world.proxy.faults(Vec::new());
    let (code, report) = census.scan(&["--save-raw", "raw", "--resume"]);
    assert_complete(code, &report);
    assert!(failures(&report).is_empty());
    fs::metadata(census.work().join("raw/census-documents.json")).expect("a manifest");
}
