//! Plans for retirement: through the binary, beside AWS's own models, and carried out against a stand-in.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{
    census::{Census, files},
    export::{ACCOUNT, AS_OF, HOSTILE, details, key, role, user},
    populate::python,
    report::list,
    world::World,
};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/brindlemoor");

fn plan(census: &Census, name: &str, code: i32, from: &[&str]) -> Value {
    let arguments = [["explain", name, "--retire", "--format", "json"].as_slice(), from].concat();
    let plan = census.expect(code, &arguments).json();
    assert_eq!(plan["schema"], "census.retirement/1");
    plan
}

/// A mode of `retire.py`.
fn tool(arguments: &[&str], commands: &[String]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/retire.py");
    let script = script.display().to_string();
    let arguments: Vec<String> =
        std::iter::once(script.as_str()).chain(arguments.iter().copied()).map(str::to_owned).collect();
    String::from_utf8(python(&arguments, json!(commands).to_string().as_bytes())).expect("text")
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().expect("a list").iter().map(|one| one.as_str().expect("a text").to_owned()).collect()
}

fn tasks<'p>(plan: &'p Value, stage: &str) -> &'p Vec<Value> {
    let found = list(plan, "stages").iter().find(|one| one["stage"] == stage).expect(stage);
    found["tasks"].as_array().expect("tasks")
}

fn commands(plan: &Value, stage: &str) -> Vec<String> {
    tasks(plan, stage).iter().flat_map(|task| texts(&task["commands"])).collect()
}

/// What takes a stage back, the last first.
fn undo(plan: &Value, stage: &str) -> Vec<String> {
    tasks(plan, stage).iter().rev().flat_map(|task| texts(&task["undo"]["commands"])).collect()
}

fn every_command(plan: &Value) -> Vec<String> {
    let tasks = list(plan, "stages").iter().flat_map(|stage| list(stage, "tasks"));
    tasks.flat_map(|task| [texts(&task["commands"]), texts(&task["undo"]["commands"])].concat()).collect()
}

#[test]
fn what_is_disabled_is_given_back_and_what_is_deleted_is_gone() {
    let world = World::retiring();
    let (census, url) = (world.census(), world.server.url());
    let (code, _) = census.scan(&["--deep"]);
    let state = || tool(&["state", &url], &[]);
    let begin = state();
    for name in ["leaver", "web"] {
        let plan = plan(&census, name, code, &[]);
        assert_eq!(plan["way"], "staged", "{plan}");
        let before = state();
        tool(&["run", &url], &commands(&plan, "disable"));
        let disabled = state();
        assert_eq!(disabled.matches("census-retirement").count(), 1, "{name}");
        let of_it: Value = serde_json::from_str(&disabled).expect("JSON");
        let left = of_it["credentials"]["leaver"].to_string();
        assert!(name == "web" || !left.contains("\"Active\""), "{left}");
        tool(&["run", &url], &undo(&plan, "disable"));
        assert_eq!(state(), before, "{name}");
        tool(&["run", &url], &commands(&plan, "disable"));
        tool(&["run", &url], &commands(&plan, "delete"));
        let after = state();
        assert!(!after.contains(&format!("/{name}\"")), "{name}: {after}");
        assert!(begin.contains(&format!("/{name}\"")), "{name}");
        // The bystander has all of its own.
        assert!(after.contains("user/bystander\""), "{after}");
        tool(&["run", &url], &commands(&plan, "clean-up"));
    }
    let end: Value = serde_json::from_str(&state()).expect("JSON");
    assert_eq!(end["details"]["UserDetailList"].as_array().map(Vec::len), Some(1));
    assert_eq!(end["details"]["RoleDetailList"].as_array().map(Vec::len), Some(0));
}

/// An account with what plans differ by.
fn export() -> Census {
    let census = Census::offline();
    let mut users: Vec<Value> = HOSTILE.iter().map(|name| user(name)).collect();
    users.push(user("ci"));
    let mut roles = ["web", "linked", "sso", "stack"]
        .map(|name| role(name, &json!({ "Service": "lambda.amazonaws.com" })));
    let place = |role: &mut Value, path: &str, name: &str| {
        role["Path"] = json!(path);
        role["RoleName"] = json!(name);
        role["Arn"] = json!(format!("arn:aws:iam::{ACCOUNT}:role{path}{name}"));
    };
    place(&mut roles[1], "/aws-service-role/support.amazonaws.com/", "AWSServiceRoleForSupport");
    place(&mut roles[2], "/aws-reserved/sso.amazonaws.com/", "AWSReservedSSO_Admin_0123456789abcdef");
    roles[3]["Tags"] = json!([{ "Key": "aws:cloudformation:stack-name", "Value": "shop" }]);
    roles[0]["InstanceProfileList"] = json!([{ "Path": "/", "InstanceProfileName": "web", "Roles": [],
        "InstanceProfileId": "AIPAEXAMPLE", "Arn": format!("arn:aws:iam::{ACCOUNT}:instance-profile/web"),
        "CreateDate": "2020-01-01T00:00:00Z" }]);
    census.file("export/authorization-details.json", details(&users, &roles).to_string());
    census.file("export/access-keys.json", json!([key("ci", 1), key("-2+3", 2)]).to_string());
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/web");
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "AWS": arn },
        "Action": "*", "Resource": "*" }] });
    let resources = [
        "s3:::lake",
        "sns:eu-west-1:111122223333:t",
        "lambda:eu-west-1:111122223333:function:f",
        "secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf",
        "sqs:eu-west-1:111122223333:q",
    ];
    let mut entries: Vec<Value> = resources
        .iter()
        .map(|one| json!({ "resource": format!("arn:aws:{one}"), "policy": policy }))
        .collect();
    entries.push(json!({ "resource": "arn:aws:kms:eu-west-1:111122223333:key/k", "policy": policy,
        "grants": [{ "GrantId": "g1", "GranteePrincipal": arn, "Operations": ["Decrypt"],
                     "KeyId": "arn:aws:kms:eu-west-1:111122223333:key/k" }] }));
    census.file("export/resource-policies.json", json!(entries).to_string());
    let workload = json!([{ "type": "lambda_function", "name": "f", "role_arn": arn,
        "arn": format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"), "state": "Active" }]);
    census.file("export/workloads.json", workload.to_string());
    census
}

#[test]
fn every_command_is_one_of_the_models() {
    let census = export();
    let from = ["--from", "export", "--as-of", AS_OF];
    let scan = [["scan", "--format", "json", "--output", "out"].as_slice(), &from].concat();
    let code = census.run(&scan).status.code().expect("a status");
    let report: Value =
        serde_json::from_slice(&files(&census.work().join("out"))["report.json"]).expect("JSON");
    let mut all = Vec::new();
    for identity in list(&report, "identities") {
        // No argument of a program can hold every name.
        let id = identity["immutable_id"].as_str().expect("a unique id");
        let plan = plan(&census, id, code, &[]);
        // Exactly those with a control character in their name have no command for it.
        let hidden = identity["name"].as_str().expect("a name").chars().any(char::is_control);
        let left_out = plan.to_string().contains("A command is left out");
        assert_eq!(left_out, hidden && plan["way"] == "staged", "{id}: {identity}");
        all.extend(every_command(&plan));
    }
    for example in ["stack-janitor-lambda", "schema-migrate-lambda"] {
        all.extend(every_command(&plan(&Census::offline(), example, 0, &["--from", EXAMPLE])));
    }
    for operation in [
        "revoke-grant",
        "delete-service-linked-role",
        "get-bucket-policy",
        "describe-stack-resources",
        "remove-role-from-instance-profile",
        "update-access-key",
        "lookup-events",
        "--cli-input-json",
    ] {
        assert!(all.iter().any(|one| one.contains(operation)), "{operation}");
    }
    assert_eq!(tool(&["check"], &all), "");
    // The comparison notices each kind of difference.
    for wrong in [
        "aws iam delete-userr --user-name x",
        "aws iam delete-user --name x",
        "aws iam delete-user",
        "aws iam update-access-key --access-key-id AKIAEXAMPLE0000000 --status Off",
        "aws iam delete-user --user-name -x",
    ] {
        assert_ne!(tool(&["check"], &[wrong.to_owned()]), "", "{wrong}");
    }
}

#[test]
fn the_plan_says_first_what_it_does_not_know() {
    let census = export();
    std::fs::remove_file(census.work().join("export/workloads.json")).expect("the file");
    let run = census.run(&["explain", "web", "--retire", "--from", "export", "--as-of", AS_OF]);
    let (incomplete, depends) = (run.text().find("INCOMPLETE"), run.text().find("DEPENDS ON IT"));
    assert!(incomplete.is_some() && incomplete < depends, "{run}");
    assert!(
        run.text().contains("lambda:ListFunctions") && run.text().contains("Census runs none of this"),
        "{run}"
    );
    let refused = census.run(&["explain", "web", "--retire", "--right-size", "--from", "export"]);
    assert_eq!(refused.status.code(), Some(2), "{refused}");
}

#[test]
fn the_example_company_s_janitor_can_be_retired() {
    let census = Census::offline();
    let page = census.expect(0, &["explain", "stack-janitor-lambda", "--retire", "--from", EXAMPLE]);
    for part in ["RETIREMENT", "DEPENDS ON IT", "STAGE 1  DISABLE", "put-role-policy", "undo", "delete-role "]
    {
        assert!(page.text().contains(part), "{part}: {page}");
    }
}
