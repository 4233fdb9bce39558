//! The credential report: AWS makes it on request, keeps it for hours, and it may be older than what it tells about.

use crate::support::{
    answers::Answer,
    proxy::{Fault, Rule},
    report::{assert_complete, assert_gap, identity, list},
    world::{World, text},
};

const READ: &str = "iam:GetCredentialReport";

#[test]
fn it_is_waited_for() {
    let world = World::company();
    let in_progress = Rule::new(READ, Fault::Answer(Answer::report_in_progress()));
    world.proxy.faults(vec![in_progress.clone().times(2)]);
    let (code, report) = world.census().scan(&[]);
    assert_complete(code, &report);
    assert_eq!(world.proxy.counts()[READ], 3);
    // But not for ever.
    let census = world.census();
    census.file("hasty.toml", "[aws]\ncredential_report_wait_seconds = 2\n");
    world.proxy.faults(vec![in_progress]);
    let (code, report) = census.scan(&["--config", "hasty.toml"]);
    assert_gap(code, &report, READ, &["failed", "truncated", "throttled"]);
    assert!(world.proxy.counts()[READ] < 10, "{:?}", world.proxy.counts());
}

#[test]
fn one_that_is_older_than_the_rest_is_asked_for_again() {
    let world = World::company();
    let stale = Answer::credential_report(&text(&world.put, "stale_report"), &text(&world.put, "now"));
    let rule = Rule::new(READ, Fault::Answer(stale));
    world.proxy.faults(vec![rule.clone().times(1)]);
    let (code, report) = world.census().scan(&[]);
    assert_complete(code, &report);
    assert_eq!(world.proxy.counts()[READ], 2);
    // Still the old one: both sources are kept, and the difference is told.
    world.proxy.faults(vec![rule]);
    let (code, report) = world.census().scan(&[]);
    assert_gap(code, &report, READ, &["inconsistent"]);
    assert_eq!(world.proxy.counts()[READ], 2);
    identity(&report, &text(&list(&world.put, "users")[0], "arn"));
}

#[test]
fn its_age_is_shown() {
    let world = World::company();
    let old = Answer::credential_report(&text(&world.put, "credential_report"), "2026-01-01T00:00:00Z");
    world.proxy.faults(vec![Rule::new(READ, Fault::Answer(old))]);
    let (_, report) = world.census().scan(&["--as-of", "2026-01-01T04:00:00Z"]);
    let source = list(&report["scan"], "sources")
        .iter()
        .find(|source| text(source, "document").ends_with("credential-report.csv"))
        .expect("the report is a source");
    assert_eq!((&source["as_of"], &source["age_seconds"]), (&"2026-01-01T00:00:00Z".into(), &14_400.into()));
}
