//! Differences between two scans, and what must not be called one.

use census_fixtures as fixtures;
use census_model::{
    CredentialStatus, EstateBuilder, Gap, GapReason, Identity, Observed, OwnerStatus, Ownership, Provider,
    Severity,
};
use census_reports::{DiffError, Input, Snapshot, diff, diff_json, report_json};
use fixtures::{account_scope, days_ago};
use serde_json::{Value, json};

use crate::{
    company::{Company, SANDBOX, company},
    verdicts::finding,
};

/// The company a while later: keys rotated, roles gone and made again, a gap opened, another closed.
pub(crate) fn later() -> Company {
    let mut company = company();
    let estate = &mut company.estate;
    estate.as_of = fixtures::now() + jiff::SignedDuration::from_hours(24);
    estate
        .gaps
        .retain(|gap| &*gap.read != "organizations:ListAccounts" && gap.reason != GapReason::Throttled);
    estate.gaps.retain(|gap| gap.reason != GapReason::Failed);
    estate.gaps.push(Gap::new(
        Provider::Aws,
        Some(account_scope(SANDBOX)),
        "iam:GetAccountAuthorizationDetails",
        GapReason::Denied,
        "",
        vec![],
    ));
    estate.identities.retain(|identity| !["unowned-job", "tester"].contains(&&*identity.name));
    for identity in &mut estate.identities {
        if &*identity.name == "disputed" {
            identity.immutable_id = Some("IDagain".into());
        }
    }
    estate.identities.push(fixtures::role("fresh"));
    let backup = fixtures::user("backup");
    estate.credentials.retain(|c| c.key_id.as_deref() != Some("AKIAEXAMPLEOLD000001"));
    for credential in &mut estate.credentials {
        if credential.key_id.as_deref() == Some("AKIAEXAMPLEOFF000002") {
            credential.status = CredentialStatus::Active;
        }
    }
    let mut key = fixtures::access_key(&backup, "AKIAEXAMPLENEW000003");
    key.created = Some(fixtures::now());
    estate.credentials.push(key);
    let left_behind =
        company.estate.identities.iter().find(|i| &*i.name == "left-behind").unwrap().id.clone();
    company.ownership.records.get_mut(&left_behind).unwrap().status = OwnerStatus::Registered;
    company.findings.retain(|finding| !["unowned", "role-unused"].contains(&finding.rule.as_str()));
    company.findings[0].severity = Severity::High;
    let fresh = company.identity("fresh").clone();
    company.findings.push(finding("unowned", Severity::Medium, &fresh, "nobody owns the role fresh"));
    company
}

fn snapshot(company: &Company) -> Snapshot {
    Snapshot::from_json(&report_json(&company.input()).unwrap()).unwrap()
}

fn changes(old: &Snapshot, new: &Snapshot) -> Value {
    serde_json::from_slice(&diff_json(&diff(old, new)).unwrap()).unwrap()
}

/// `(change, name)` of every change of one kind.
fn named(changes: &Value, list: &str, name: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    changes[list].as_array().unwrap().iter().map(|c| (text(&c["change"]), text(&c[name]))).collect()
}

fn pair(change: &str, name: &str) -> (String, String) {
    (change.to_owned(), name.to_owned())
}

#[test]
fn a_scan_does_not_differ_from_itself() {
    let one = snapshot(&company());
    assert!(diff(&one, &one).is_empty());
    assert!(diff(&one, &snapshot(&company().reversed())).is_empty());
}

#[test]
fn what_went_and_what_cannot_be_seen_are_told_apart() {
    let changes = changes(&snapshot(&company()), &snapshot(&later()));
    let identities = named(&changes, "identities", "name");
    for expected in [
        pair("gone", "unowned-job"),
        pair("not-visible", "tester"),
        pair("gone", "disputed"),
        pair("new", "disputed"),
    ] {
        assert!(identities.contains(&expected), "{expected:?} in {identities:?}");
    }
    let tester = changes["identities"].as_array().unwrap().iter().find(|c| c["name"] == "tester").unwrap();
    assert!(tester["hidden_by"][0].as_str().unwrap().starts_with("gap-"));
    assert!(
        identities.contains(&pair("newly-visible", "fresh")),
        "the old scan missed pages: {identities:?}"
    );
}

#[test]
fn credentials_rotate_and_change_status() {
    let changes = changes(&snapshot(&company()), &snapshot(&later()));
    let list = changes["credentials"].as_array().unwrap();
    let rotated = list.iter().find(|c| c["change"] == "rotated").unwrap();
    assert_eq!(rotated["before"]["key_id"], "AKIAEXAMPLEOLD000001");
    assert_eq!(rotated["after"]["key_id"], "AKIAEXAMPLENEW000003");
    assert!(list.iter().any(|c| c["change"] == "status-changed" && c["after"]["status"] == "active"));
    assert_eq!(changes["owners"][0]["before"]["status"], "departed");
    assert_eq!(changes["owners"][0]["after"]["status"], "registered");
}

#[test]
fn findings_resolve_only_where_the_new_scan_could_look() {
    let (old, mut new) = (company(), company());
    new.findings.retain(|finding| finding.rule.as_str() != "access-key-old");
    let resolved =
        |old: &Company, new: &Company| named(&changes(&snapshot(old), &snapshot(new)), "findings", "rule");
    // The throttled credential report of the fixture hides it in both scans.
    assert_eq!(resolved(&old, &new), [pair("not-visible", "access-key-old")]);
    new.estate.gaps.retain(|gap| !matches!(gap.reason, GapReason::Throttled | GapReason::Truncated));
    assert_eq!(resolved(&old, &new), [pair("resolved", "access-key-old")]);
}

/// Two roles in one account, then one of them.
fn two_roles() -> (EstateBuilder, Identity, Identity) {
    (fixtures::account(), fixtures::role("stays"), fixtures::role("goes"))
}

fn report_of(estate: EstateBuilder) -> Snapshot {
    let estate = fixtures::finish(estate);
    let ownership = Ownership::default();
    let input = Input {
        tool_version: "0",
        estate: &estate,
        ownership: &ownership,
        reaches: &census_model::Reaches::default(),
        uses: &census_model::PrivilegeUses::new(),
        vaults: &census_model::VaultAccesses::default(),
        findings: &[],
    };
    Snapshot::from_json(&report_json(&input).unwrap()).unwrap()
}

fn before() -> EstateBuilder {
    let (mut estate, stays, goes) = two_roles();
    estate.identity(stays);
    estate.identity(goes);
    estate
}

fn after() -> EstateBuilder {
    let (mut estate, stays, _) = two_roles();
    estate.identity(stays);
    estate
}

fn gap(reason: GapReason, affects: Vec<census_model::Text>) -> Gap {
    Gap::new(Provider::Aws, Some(account_scope(fixtures::ACCOUNT)), "iam:X", reason, "", affects)
}

#[test]
fn a_new_gap_of_any_reason_hides_and_one_about_another_identity_does_not() {
    let fate =
        |new: EstateBuilder| named(&changes(&report_of(before()), &report_of(new)), "identities", "name");
    assert_eq!(fate(after()), [pair("gone", "goes")]);
    for reason in [GapReason::Denied, GapReason::Truncated, GapReason::NotProvided, GapReason::NotRequested] {
        let mut new = after();
        new.gap(gap(reason, vec![]));
        assert_eq!(fate(new), [pair("not-visible", "goes")], "{reason}");
        let mut new = after();
        new.gap(gap(reason, vec![fixtures::role("stays").id.as_str().into()]));
        assert_eq!(fate(new), [pair("gone", "goes")], "{reason}");
        let mut new = after();
        new.gap(gap(reason, vec![fixtures::role("goes").native_id]));
        assert_eq!(fate(new), [pair("not-visible", "goes")], "{reason}");
    }
}

#[test]
fn a_refusal_that_the_old_scan_had_too_hides_nothing_that_it_saw() {
    let fate = |reason| {
        let (mut old, mut new) = (before(), after());
        old.gap(gap(reason, vec![]));
        new.gap(gap(reason, vec![]));
        named(&changes(&report_of(old), &report_of(new)), "identities", "name")
    };
    assert_eq!(fate(GapReason::Denied), [pair("gone", "goes")]);
    assert_eq!(fate(GapReason::NotProvided), [pair("gone", "goes")]);
    // A read that fails half-way hides other things each time.
    assert_eq!(fate(GapReason::Truncated), [pair("not-visible", "goes")]);
    assert_eq!(fate(GapReason::Throttled), [pair("not-visible", "goes")]);
}

#[test]
fn a_scope_that_was_not_scanned_hides_all_that_is_in_it() {
    let old = report_of(before());
    let mut elsewhere = EstateBuilder::new();
    elsewhere.scope(fixtures::scope(SANDBOX));
    let new = report_of(elsewhere);
    let there = changes(&old, &new);
    assert_eq!(
        named(&there, "identities", "name"),
        [pair("not-visible", "goes"), pair("not-visible", "stays")]
    );
    let back = changes(&new, &old);
    assert_eq!(
        named(&back, "identities", "name"),
        [pair("newly-visible", "goes"), pair("newly-visible", "stays")]
    );
}

#[test]
fn a_role_made_again_under_its_name_is_another() {
    let mut again = fixtures::role("goes");
    again.immutable_id = Some("IDother".into());
    again.last_used = Observed::NotSince(days_ago(1));
    let mut new = after();
    new.identity(again);
    let changes = changes(&report_of(before()), &report_of(new));
    assert_eq!(named(&changes, "identities", "name"), [pair("new", "goes"), pair("gone", "goes")]);
    assert!(changes["identities"].as_array().unwrap().iter().all(|c| c["recreated"] == json!(true)));
}

#[test]
fn a_key_whose_id_became_visible_is_the_same_key() {
    let with = |key_id: Option<&str>| {
        let user = fixtures::user("ci");
        let mut key = fixtures::access_key(&user, key_id.unwrap_or("1"));
        key.key_id = key_id.map(Into::into);
        let mut estate = fixtures::account();
        estate.credential(key);
        estate.identity(user);
        report_of(estate)
    };
    let (nameless, named_key) = (with(None), with(Some("AKIAEXAMPLE000000001")));
    assert!(diff(&nameless, &named_key).is_empty());
    assert!(diff(&named_key, &nameless).is_empty());
    let other = with(Some("AKIAEXAMPLE000000002"));
    let changes = changes(&named_key, &other);
    let fates: Vec<_> = changes["credentials"].as_array().unwrap().iter().map(|c| &c["change"]).collect();
    assert_eq!(fates, ["new", "gone"], "one of the same date is no rotation");
}

#[test]
fn a_credential_that_the_new_scan_could_not_list_is_not_gone() {
    let of = |keys: &[&str], denied: bool| {
        let user = fixtures::user("ci");
        let mut estate = fixtures::account();
        for key in keys {
            estate.credential(fixtures::access_key(&user, key));
        }
        if denied {
            estate.gap(gap(GapReason::Denied, vec![user.id.as_str().into()]));
        }
        estate.identity(user);
        report_of(estate)
    };
    let fate = |denied| {
        named(&changes(&of(&["AKIAEXAMPLE000000001"], false), &of(&[], denied)), "credentials", "kind")
    };
    assert_eq!(fate(false), [pair("gone", "access-key")]);
    assert_eq!(fate(true), [pair("not-visible", "access-key")]);
}

#[test]
fn estates_compare_without_findings_and_owners() {
    let bytes = |company: &Company| serde_json::to_vec(&company.estate).unwrap();
    let old = Snapshot::from_json(&bytes(&company())).unwrap();
    let new = Snapshot::from_json(&bytes(&later())).unwrap();
    let of_estates = changes(&old, &new);
    let of_reports = changes(&snapshot(&company()), &snapshot(&later()));
    assert_eq!(of_estates["analyzed"], json!(false));
    assert_eq!(of_estates["findings"], json!([]));
    for same in ["identities", "credentials", "gaps"] {
        assert_eq!(of_estates[same], of_reports[same], "{same}");
    }
    assert!(diff(&old, &snapshot(&company())).is_empty(), "an estate and its report do not differ");
}

#[test]
fn the_bound_members_of_a_report_suffice() {
    let bare = json!({
        "schema": "census.report/1",
        "tool": {},
        "scan": {"started": "a", "finished": "b", "as_of": "c", "targets": [], "complete": true},
        "identities": [{"id": "aws:x", "native_id": "x", "immutable_id": null, "aliases": [], "provider": "aws",
            "kind": "aws-role", "nature": "machine", "name": "x", "scope": "s", "managed_by": null,
            "owner": {"status": "unowned", "business_owner": null, "technical_steward": null, "claims": []},
            "credentials": [], "usage": null, "reach": null}],
        "findings": [], "gaps": []
    });
    let one = Snapshot::from_json(&serde_json::to_vec(&bare).unwrap()).unwrap();
    assert!(diff(&one, &one).is_empty());
}

#[test]
fn other_files_are_refused_with_a_reason() {
    let error = |bytes: &[u8]| Snapshot::from_json(bytes).unwrap_err();
    assert!(matches!(error(b"not json"), DiffError::Shape(_)));
    assert!(matches!(error(b"{}"), DiffError::Shape(_)));
    assert!(matches!(error(br#"{"schema":"census.report/1"}"#), DiffError::Shape(_)));
    let other = error(br#"{"schema":"census.report/9"}"#);
    assert!(other.to_string().contains("`census.report/9`") && other.to_string().contains("census.report/1"));
}
