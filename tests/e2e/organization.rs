//! A whole organization: which accounts are entered, how, and what happens when one cannot be.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

use crate::{
    resource_policies::{expected, listed, put_into, running, runs},
    support::{
        answers::Answer,
        census::{Census, files},
        proxy::{Fault, Rule},
        report::{assert_complete, failures, identity, list},
        world::{World, text},
    },
};

const SCAN: [&str; 3] = ["--organization", "--role-name", "OrganizationAccountAccessRole"];

fn scan(world: &World, more: &[&str]) -> (i32, Value) {
    let arguments: Vec<&str> = SCAN.iter().chain(more).copied().collect();
    world.census().scan(&arguments)
}

/// The accounts that were put in, name → id.
fn accounts(world: &World) -> BTreeMap<String, String> {
    list(&world.put, "accounts")
        .iter()
        .map(|account| (text(account, "name"), text(account, "account")))
        .collect()
}

/// The accounts whose identities are in a report, by name.
fn seen(world: &World, report: &Value) -> BTreeSet<String> {
    let names: BTreeMap<String, String> = accounts(world).into_iter().map(|(name, id)| (id, name)).collect();
    let account =
        |identity: &Value| text(identity, "native_id").split(':').nth(4).map(|id| names[id].clone());
    list(report, "identities").iter().filter_map(account).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_account_is_scanned() {
    let world = World::organization();
    let (code, report) = scan(&world, &[]);
    assert_complete(code, &report);
    assert_eq!(seen(&world, &report), accounts(&world).into_keys().collect());
    for account in list(&world.put, "accounts") {
        for put in list(account, "users").iter().chain(list(account, "roles")) {
            let found = identity(&report, &text(put, "arn"));
            assert_eq!(found["immutable_id"], put["id"]);
            assert_eq!(found["scope"], format!("aws:account/{}", text(account, "account")));
        }
    }
    assert_tree(&world, &report);
    assert_calls(&world);
}

#[test]
fn workloads_and_policies_of_resources_are_read_in_each_account() {
    let world = World::organization();
    let accounts = accounts(&world);
    let put: BTreeMap<&str, Value> = ["shop", "lab"]
        .into_iter()
        .map(|name| {
            let id = &accounts[name];
            (id.as_str(), put_into(&world.server.url(), std::slice::from_ref(id)))
        })
        .collect();
    let census = Census::at(&world.server.url());
    let scan = ["scan", "aws", "--region", "us-east-1", "--save-raw", "raw", "--format", "json"];
    let run = census.run(&[scan.as_slice(), &SCAN].concat());
    let saved = files(&census.work().join("raw"));
    for (id, put) in &put {
        assert_eq!(listed(&saved, id), expected(put), "{run}");
        assert_eq!(runs(&saved, id), running(), "{run}");
    }
    let empty = &accounts["search"];
    assert_eq!(
        (listed(&saved, empty).len(), runs(&saved, empty).len()),
        (1, 0),
        "the bus that every account has"
    );
    for (name, bytes) in &saved {
        assert!(!String::from_utf8_lossy(bytes).contains("do-not-read-me"), "{name}");
    }
}

fn assert_tree(world: &World, report: &Value) {
    let scopes: BTreeMap<String, &Value> =
        list(report, "scopes").iter().map(|scope| (text(scope, "native_id"), scope)).collect();
    let parent = |native_id: &str| {
        let parent = text(scopes[native_id], "parent");
        scopes.iter().find(|(_, scope)| scope["id"] == parent.as_str()).map(|(id, _)| id.clone())
    };
    for account in list(&world.put, "accounts") {
        let id = text(account, "account");
        assert_eq!(parent(&id), Some(text(account, "unit")), "{:#}", report["scopes"]);
        assert_eq!(scopes[&id]["scanned"], true);
    }
    let units = &world.put["units"];
    assert_eq!(parent(&text(units, "production")), Some(text(units, "workloads")));
    assert_eq!(parent(&text(units, "workloads")), Some(text(&world.put, "root")));
}

/// Counted at the server: 2 a policy, 2 a unit, accounts/20, and for each account what one account costs.
fn assert_calls(world: &World) {
    let calls = world.proxy.calls();
    let organization = calls.iter().filter(|call| call.operation.starts_with("organizations:")).count();
    let (policies, units, accounts) = (3, world.put["units"].as_object().expect("units").len() + 1, 5);
    let counts = world.proxy.counts();
    assert!(organization <= 2 * policies + 2 * units + accounts / 20 + 5, "{organization} calls: {counts:?}");
    for account in list(&world.put, "accounts") {
        let name =
            if account["name"] == "management" { "caller".to_owned() } else { text(account, "account") };
        let reads =
            calls.iter().filter(|call| call.account == name && call.operation.starts_with("iam:")).count();
        assert!((5..=1 + 20).contains(&reads), "{reads} calls in {name}: {counts:?}");
    }
}

#[test]
fn the_session_in_each_account_can_only_read() {
    let world = World::organization();
    let (code, report) = scan(&world, &["--external-id", "an id + sign"]);
    assert_complete(code, &report);
    let calls = world.proxy.calls();
    let entered: Vec<_> = calls.iter().filter(|call| call.operation == "sts:AssumeRole").collect();
    assert_eq!(entered.len(), 4, "{:?}", world.proxy.counts());
    for call in entered {
        assert_eq!(call.form.get("ExternalId").map(String::as_str), Some("an id + sign"));
        let policy = call.form.get("Policy").unwrap_or_else(|| panic!("no session policy: {:?}", call.form));
        let policy: Value = serde_json::from_str(policy).expect("a policy is JSON");
        for statement in list(&policy, "Statement") {
            assert_eq!(statement["Effect"], "Allow", "{policy:#}");
            let actions = match &statement["Action"] {
                Value::String(one) => vec![one.as_str()],
                many => many.as_array().expect("actions").iter().filter_map(Value::as_str).collect(),
            };
            assert!(!actions.is_empty());
            for action in actions {
                let (_, verb) = action.split_once(':').expect("service:Action");
                let reads = ["Get", "List", "Describe", "GenerateCredentialReport"];
                assert!(reads.iter().any(|prefix| verb.starts_with(prefix)), "`{action}` is no read");
            }
        }
    }
}

#[test]
fn accounts_are_chosen() {
    let world = World::organization();
    let ids = accounts(&world);
    let unit = |name: &str| text(&world.put["units"], name);
    let (workloads, sandbox) = (unit("workloads"), unit("sandbox"));
    let shop = ids["shop"].as_str();
    for (arguments, expected) in [
        (vec!["--include-account", shop], set(&["shop"])),
        (vec!["--exclude-account", shop], set(&["management", "search", "playground", "lab"])),
        (vec!["--include-ou", &workloads], set(&["shop", "search"])),
        (vec!["--exclude-ou", &sandbox], set(&["management", "shop", "search"])),
        (vec!["--include-ou", &workloads, "--exclude-account", shop], set(&["search"])),
        (vec!["--include-tag", "stage=live"], set(&["shop", "search"])),
        (vec!["--exclude-tag", "stage=test"], set(&["management", "shop", "search"])),
    ] {
        world.proxy.faults(Vec::new());
        let (code, report) = scan(&world, &arguments);
        assert_complete(code, &report);
        assert_eq!(seen(&world, &report), expected, "{arguments:?}");
        let entered = world.proxy.counts().get("sts:AssumeRole").copied().unwrap_or(0);
        let others = expected.iter().filter(|name| *name != "management").count();
        assert_eq!(entered, others, "{arguments:?}");
    }
}

#[test]
fn an_account_that_cannot_be_entered_is_a_gap_and_the_others_go_on() {
    let world = World::organization();
    let shop = accounts(&world)["shop"].clone();
    for (fault, reason) in [(Fault::Denied, "denied"), (Fault::Broken, "failed"), (Fault::Reset, "failed")] {
        world.proxy.faults(vec![Rule::new("sts:AssumeRole", fault).account(&shop)]);
        let arguments: Vec<&str> = SCAN.to_vec();
        let (code, report) = world.census().with("AWS_MAX_ATTEMPTS", "1").scan(&arguments);
        assert_eq!(code, 3);
        assert_eq!(failures(&report), BTreeSet::from([("sts:AssumeRole".to_owned(), reason.to_owned())]));
        assert_eq!(seen(&world, &report), set(&["management", "search", "playground", "lab"]));
        let scope = format!("aws:account/{shop}");
        assert!(
            list(&report, "gaps").iter().any(|gap| gap["scope"] == scope.as_str()),
            "{:#}",
            report["gaps"]
        );
    }
}

#[test]
fn one_account_that_denies_everything_does_not_touch_the_others() {
    let world = World::organization();
    let lab = accounts(&world)["lab"].clone();
    world.proxy.faults(vec![Rule::new("iam:GetAccountAuthorizationDetails", Fault::Denied).account(&lab)]);
    let (code, report) = scan(&world, &[]);
    assert_eq!(code, 3);
    for account in list(&world.put, "accounts").iter().filter(|account| account["name"] != "lab") {
        for put in list(account, "users") {
            identity(&report, &text(put, "arn"));
        }
    }
    let scope = format!("aws:account/{lab}");
    let elsewhere: Vec<&Value> = list(&report, "gaps")
        .iter()
        .filter(|gap| gap["scope"] != scope.as_str() && gap["reason"] == "denied")
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn an_answer_that_makes_no_sense_in_one_account_does_not_touch_the_others() {
    let world = World::organization();
    let put =
        |name: &str| list(&world.put, "accounts").iter().find(|a| a["name"] == name).expect("an account");
    let (lab, shop) = (text(put("lab"), "account"), put("shop"));
    // The credential report of another account.
    let answer = Answer::credential_report(&text(shop, "credential_report"), &text(shop, "now"));
    world.proxy.faults(vec![Rule::new("iam:GetCredentialReport", Fault::Answer(answer)).account(&lab)]);
    let arguments = [["scan", "aws", "--format", "json", "--output", "-"].as_slice(), &SCAN].concat();
    let report = world.census().expect(3, &arguments).json();
    assert_eq!(seen(&world, &report), accounts(&world).into_keys().collect());
    let scope = format!("aws:account/{lab}");
    let told = list(&report, "gaps").iter().any(|gap| {
        gap["scope"] == scope.as_str() && (gap["reason"] == "invalid" || gap["reason"] == "inconsistent")
    });
    assert!(told, "{:#}", report["gaps"]);
}

#[test]
fn a_broken_scan_is_resumed_by_account() {
    let world = World::organization();
    let shop = accounts(&world)["shop"].clone();
    let census = world.census().with("AWS_MAX_ATTEMPTS", "1");
    let arguments: Vec<&str> = SCAN.iter().copied().chain(["--save-raw", "raw"]).collect();
    world.proxy.faults(vec![Rule::new("sts:AssumeRole", Fault::Denied).account(&shop)]);
    let (code, _) = census.scan(&arguments);
    assert_eq!(code, 3);
    world.proxy.faults(Vec::new());
    let again: Vec<&str> = arguments.iter().copied().chain(["--resume"]).collect();
    let (code, report) = census.scan(&again);
    assert_complete(code, &report);
    assert_eq!(seen(&world, &report), accounts(&world).into_keys().collect());
    let details: Vec<String> = world
        .proxy
        .calls()
        .into_iter()
        .filter(|call| call.operation == "iam:GetAccountAuthorizationDetails")
        .map(|call| call.account)
        .collect();
    assert!(!details.is_empty() && details.iter().all(|account| *account == shop), "read again: {details:?}");
    let (code, replayed) = census.scan(&["--from", "raw"]);
    assert_complete(code, &replayed);
    assert_eq!(replayed, report);
    let _ = census.expect(1, &["scan", "aws", "--save-raw", "raw"]);
}

#[test]
fn the_organization_is_saved_with_its_policies() {
    let world = World::organization();
    let census = world.census();
    let arguments: Vec<&str> = SCAN.iter().copied().chain(["--save-raw", "raw"]).collect();
    let (code, report) = census.scan(&arguments);
    assert_complete(code, &report);
    let saved = fs::read(census.work().join("raw/organization.json")).expect("organization.json");
    let saved: Value = serde_json::from_slice(&saved).expect("JSON");
    assert_eq!((&saved["id"], &saved["management_account"]), (&world.put["id"], &world.put["management"]));
    let scp = text(&world.put, "scp");
    let policy = &saved["policies"][&scp];
    assert_eq!(
        (&policy["type"], &policy["name"]),
        (&"SERVICE_CONTROL_POLICY".into(), &"no-leave".into()),
        "{saved:#}"
    );
    assert_eq!(policy["document"]["Statement"][0]["Effect"], "Deny", "{saved:#}");
    let workloads = &saved["targets"][&text(&world.put["units"], "workloads")];
    assert_eq!(workloads["parent"], world.put["root"], "{saved:#}");
    assert!(list(workloads, "policies").contains(&scp.into()), "{saved:#}");
    for account in list(&world.put, "accounts") {
        let target = &saved["targets"][&text(account, "account")];
        assert_eq!(target["parent"], account["unit"], "{saved:#}");
        // moto names the management account by itself.
        assert!(account["name"] == "management" || target["name"] == account["name"], "{saved:#}");
    }
}
