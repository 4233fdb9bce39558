//! `census.report/1`: it keeps to its schema, the schema is strict, and the numbers agree.

use census_model::{Estate, Finding, Ownership};
use census_reports::{Input, explain_json, report_json, report_schema};
use serde_json::{Value, json};

use crate::{
    company::{HOSTILE, company},
    files::files,
};

fn report() -> Value {
    serde_json::from_slice(&report_json(&company().input()).unwrap()).unwrap()
}

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&report_schema().unwrap()).unwrap();
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn a_report_is_valid() {
    let validator = validator();
    let report = report();
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn an_empty_report_is_valid() {
    let estate = census_fixtures::finish(census_model::EstateBuilder::new());
    let (ownership, findings) = (Ownership::default(), Vec::<Finding>::new());
    let input = Input {
        tool_version: "0",
        estate: &estate,
        ownership: &ownership,
        reaches: &census_model::Reaches::default(),
        uses: &census_model::PrivilegeUses::new(),
        vaults: &census_model::VaultAccesses::default(),
        findings: &findings,
    };
    let report: Value = serde_json::from_slice(&report_json(&input).unwrap()).unwrap();
    assert!(validator().is_valid(&report));
}

/// The reach of the user who has paths.
fn of_backup(report: &mut Value) -> &mut Value {
    let all = report["identities"].as_array_mut().unwrap();
    &mut all.iter_mut().find(|identity| identity["name"] == "backup").unwrap()["reach"]
}

#[test]
fn every_id_in_a_reach_leads_somewhere_and_the_levels_add_up() {
    let report = report();
    let named = |list: &str, id: &Value| report[list].as_array().unwrap().iter().any(|one| one["id"] == *id);
    let mut levels = std::collections::BTreeMap::<&str, usize>::new();
    for identity in report["identities"].as_array().unwrap() {
        let reach = &identity["reach"];
        *levels.entry(reach["level"].as_str().unwrap()).or_default() += 1;
        assert!(reach["gaps"].as_array().unwrap().iter().all(|gap| named("gaps", gap)), "{reach}");
        assert!(reach["at"].as_array().unwrap().iter().all(|at| named("scopes", &at["scope"])), "{reach}");
        for path in ["paths", "possible_paths"].iter().flat_map(|list| reach[list].as_array().unwrap()) {
            assert!(
                path["techniques"].as_array().unwrap().iter().all(|id| named("techniques", id)),
                "{path}"
            );
            assert!(named("scopes", &path["scope"]), "{path}");
            assert_eq!(path["target"], path["steps"].as_array().unwrap().last().unwrap()["to"]);
        }
    }
    assert_eq!(report["summary"]["reach"], json!(levels));
}

#[test]
fn reach_that_was_not_computed_is_null() {
    let company = company();
    let input = Input { reaches: &census_model::Reaches::default(), ..company.input() };
    let report: Value = serde_json::from_slice(&report_json(&input).unwrap()).unwrap();
    assert!(validator().is_valid(&report));
    assert!(report["identities"].as_array().unwrap().iter().all(|identity| identity["reach"].is_null()));
    assert_eq!(report["summary"]["reach"], json!({}));
}

#[test]
fn broken_reports_are_invalid() {
    type Break = fn(&mut Value);
    let breaks: [(&str, Break); 16] = [
        ("another schema", |r| r["schema"] = json!("census.report/2")),
        ("a missing list", |r| drop(r.as_object_mut().unwrap().remove("gaps"))),
        ("a list that is none", |r| r["identities"] = json!({})),
        ("an unknown member at the top", |r| r["extra"] = json!(1)),
        ("an unknown member of an identity", |r| r["identities"][0]["extra"] = json!(1)),
        ("a missing reach", |r| drop(r["identities"][0].as_object_mut().unwrap().remove("reach"))),
        ("an unknown level", |r| of_backup(r)["level"] = json!("mighty")),
        ("a path without its steps", |r| {
            drop(of_backup(r)["paths"][0].as_object_mut().unwrap().remove("steps"));
        }),
        ("an unknown member of a step", |r| of_backup(r)["paths"][0]["steps"][0]["extra"] = json!(1)),
        ("a technique without confidence", |r| {
            drop(r["techniques"][0].as_object_mut().unwrap().remove("confidence"));
        }),
        ("an unknown status", |r| r["identities"][0]["owner"]["status"] = json!("fine")),
        ("an unknown reason", |r| r["gaps"][0]["reason"] = json!("other")),
        ("an unknown severity", |r| r["findings"][0]["severity"] = json!("blocker")),
        ("a subject without its type", |r| r["findings"][0]["subject"] = json!({"id": "x"})),
        ("a date that is none", |r| r["scan"]["as_of"] = json!("yesterday")),
        ("a use that is half known", |r| r["identities"][0]["usage"]["own"] = json!({"state": "not-since"})),
    ];
    let validator = validator();
    for (what, break_it) in breaks {
        let mut broken = report();
        break_it(&mut broken);
        assert!(!validator.is_valid(&broken), "{what} must not be valid");
    }
}

#[test]
fn every_identity_credential_and_gap_is_there_once() {
    let company = company();
    let report = report();
    let ids: Vec<&str> =
        report["identities"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap()).collect();
    let expected: Vec<&str> = company.estate.identities.iter().map(|i| i.id.as_str()).collect();
    assert_eq!(ids, expected);
    let held: usize = report["identities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["credentials"].as_array().unwrap().len())
        .sum();
    let of_scopes = report["scope_credentials"].as_array().unwrap().len();
    assert_eq!(held + of_scopes, company.estate.credentials.len());
    assert_eq!(report["summary"]["credentials"], json!(held + of_scopes));
    assert_eq!(report["gaps"].as_array().unwrap().len(), company.estate.gaps.len());
    assert_eq!(report["findings"].as_array().unwrap().len(), company.findings.len());
    assert_eq!(report["scan"]["complete"], json!(false));
}

#[test]
fn the_bound_members_have_their_shapes() {
    let report = report();
    let role = report["identities"].as_array().unwrap().iter().find(|i| i["name"] == "ci-deploy").unwrap();
    assert_eq!(role["native_id"], "arn:aws:iam::111122223333:role/ci-deploy");
    assert_eq!(role["nature"], "machine");
    assert_eq!(role["scope"], "aws:account/111122223333");
    assert_eq!((&role["reach"]["level"], &role["reach"]["paths"][0]["cut"]), (&json!("admin"), &Value::Null));
    assert_eq!(role["owner"]["status"], "registered");
    assert_eq!(role["owner"]["claims"][0]["band"], "I");
    let finding = &report["findings"][0];
    assert_eq!(finding["identity"], role["id"]);
    assert_eq!(finding["subject"]["type"], "identity");
    assert_eq!(finding["controls"]["OWASP-NHI-2025"], json!(["NHI1:2025", "NHI7:2025"]));
    assert_eq!(finding["remedy"]["commands"], json!(["aws iam get-user --user-name ci-deploy"]));
    let about_none = report["findings"].as_array().unwrap().iter().filter(|f| f["identity"].is_null());
    let kinds: Vec<&Value> = about_none.map(|f| &f["subject"]["type"]).collect();
    assert_eq!(kinds, ["registry-entry", "scope"]);
}

#[test]
fn hostile_names_are_exact_and_their_commands_left_out() {
    let report = report();
    let user = report["identities"].as_array().unwrap().iter().find(|i| i["name"] == HOSTILE).unwrap();
    let finding =
        report["findings"].as_array().unwrap().iter().find(|f| f["identity"] == user["id"]).unwrap();
    assert_eq!(finding["remedy"]["commands"], json!([]));
    assert!(finding["remedy"]["text"].as_str().unwrap().contains("left out"));
}

#[test]
fn the_order_of_the_input_changes_no_byte() {
    let (straight, reversed) = (company(), company().reversed());
    assert_ne!(straight.estate, reversed.estate);
    assert_eq!(report_json(&straight.input()).unwrap(), report_json(&reversed.input()).unwrap());
    let options = census_reports::Options::default();
    for format in census_reports::Format::ALL {
        assert_eq!(files(format, &straight.input()), files(format, &reversed.input()));
    }
    for identity in &straight.estate.identities {
        let explain = |input| census_reports::explain(input, identity, &[], &options);
        assert_eq!(explain(&straight.input()), explain(&reversed.input()));
    }
}

#[test]
fn an_explanation_holds_the_report_s_own_object() {
    let company = company();
    let identity = company.identity("ci-deploy");
    let explained: Value =
        serde_json::from_slice(&explain_json(&company.input(), identity, &[]).unwrap()).unwrap();
    let report = report();
    let role = report["identities"].as_array().unwrap().iter().find(|i| i["name"] == "ci-deploy").unwrap();
    assert_eq!(&explained["identity"], role);
    assert_eq!(explained["findings"], json!([report["findings"][0]]));
    assert_eq!(explained["scope_policies"][0]["name"], "no-root");
}

#[test]
fn an_estate_that_nobody_correlated_is_unknown_and_never_unowned() {
    let company = company();
    let ownership = Ownership::default();
    let estate: &Estate = &company.estate;
    let input = Input { ownership: &ownership, ..company.input() };
    let report: Value = serde_json::from_slice(&report_json(&input).unwrap()).unwrap();
    for identity in report["identities"].as_array().unwrap() {
        assert_eq!(identity["owner"]["status"], "unknown");
    }
    assert_eq!(report["summary"]["owner_status"]["unknown"], json!(estate.identities.len()));
}
