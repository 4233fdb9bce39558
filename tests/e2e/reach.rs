//! Reach through the whole command: a planted way to administration, and a twin in which a denial stops it.

use serde_json::{Value, json};

use crate::support::{
    census::Census,
    export::{ACCOUNT, AS_OF, HOSTILE, details, role, user},
    report::{identity, list},
};

/// How the build is kept from administration, or not.
#[derive(Clone, Copy)]
enum Twin {
    Open,
    Denied,
}

/// A build user that may pass an administrator's role to a function that it makes.
fn estate(administrator: &str, twin: Twin) -> Census {
    let census = Census::offline();
    let mut build = user("build");
    let passes = json!({
        "Sid": "Release", "Effect": "Allow", "Resource": "*",
        "Action": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
    });
    let stops = json!({ "Sid": "Stop", "Effect": "Deny", "Action": "iam:PassRole", "Resource": "*" });
    let statements = match twin {
        Twin::Open => json!([passes]),
        Twin::Denied => json!([passes, stops]),
    };
    build["UserPolicyList"] = policies("release", &statements);
    let mut strong = role(administrator, &json!({ "Service": "lambda.amazonaws.com" }));
    let everything = json!([{ "Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*" }]);
    strong["RolePolicyList"] = policies("all", &everything);
    census.file("export/authorization-details.json", details(&[build], &[strong]).to_string());
    census
}

fn policies(name: &str, statements: &Value) -> Value {
    json!([{ "PolicyName": name, "PolicyDocument": { "Version": "2012-10-17", "Statement": statements } }])
}

fn report(census: &Census) -> Value {
    let scan = ["scan", "--from", "export", "--as-of", AS_OF, "--format", "json", "--output", "-"];
    census.expect(0, &scan).json()
}

fn reach(report: &Value, name: &str) -> Value {
    identity(report, &format!("arn:aws:iam::{ACCOUNT}:{name}"))["reach"].clone()
}

fn rules_that_fired(report: &Value, name: &str) -> Vec<String> {
    let id = format!("aws:arn:aws:iam::{ACCOUNT}:{name}");
    let of = list(report, "findings").iter().filter(|finding| finding["identity"] == id.as_str());
    of.map(|finding| finding["rule"].as_str().expect("a rule has an id").to_owned()).collect()
}

#[test]
fn a_path_is_in_the_report_with_its_steps_its_proof_and_its_cut() {
    let report = report(&estate("nightly", Twin::Open));
    let build = reach(&report, "user/build");
    assert_eq!((&build["level"], &build["conditional"]), (&json!("escalates"), &json!(false)), "{build:#}");
    assert_eq!(build["at"][0]["level"], "escalates");
    assert_eq!(build["paths_total"], 1);
    let path = &build["paths"][0];
    assert_eq!(path["techniques"], json!(["aws-lambda-001"]));
    let target = path["target"].as_str().expect("a target");
    assert!(target.ends_with(":role/nightly"), "{path:#}");
    let step = &path["steps"][0];
    let proved: Vec<&str> =
        list(step, "proofs").iter().map(|proof| proof["action"].as_str().expect("an action")).collect();
    assert_eq!(proved, ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]);
    for proof in list(step, "proofs") {
        assert_eq!(
            (&proof["decision"], &proof["because"][0]["statement"]),
            (&json!("allowed"), &json!("Release"))
        );
    }
    let cut = &path["cut"];
    assert_eq!((&cut["ends"], &cut["grants"][0]["statement"]), (&json!(1), &json!("Release")), "{cut:#}");
    let named = list(&report, "techniques").iter().any(|technique| technique["id"] == "aws-lambda-001");
    assert!(named, "{:#}", report["techniques"]);
    assert_eq!(reach(&report, "role/nightly")["level"], "admin");
    assert_eq!((&report["summary"]["reach"]["escalates"]), &json!(1));
    let fired = rules_that_fired(&report, "user/build");
    for rule in ["privilege-escalation", "passrole-on-all-roles"] {
        assert!(fired.iter().any(|one| one == rule), "{rule}: {fired:?}");
    }
}

#[test]
fn a_twin_whose_permission_is_denied_has_none() {
    let census = estate("nightly", Twin::Denied);
    let report = report(&census);
    let build = reach(&report, "user/build");
    assert_eq!((list(&build, "paths"), &build["paths_total"]), ([].as_slice(), &json!(0)), "{build:#}");
    assert!(!matches!(build["level"].as_str(), Some("escalates" | "admin")), "{build:#}");
    let fired = rules_that_fired(&report, "user/build");
    assert!(!fired.iter().any(|rule| rule == "privilege-escalation"), "{fired:?}");
    for arguments in [["paths", "build"].as_slice(), &["paths", "build", "--to", "nightly"]] {
        let text = census.expect(0, arguments);
        assert!(text.text().contains("no path "), "{text}");
    }
    let all = census.expect(0, &["paths"]);
    assert!(all.text().starts_with("0 identities can become administrator\n"), "{all}");
    assert!(!census.expect(0, &["explain", "build"]).text().contains("SHORTEST PATH"));
}

#[test]
fn who_can_by_a_path_names_whoever_can_come_to_act_as_somebody_who_can() {
    let question = ["who-can", "s3:DeleteBucket", "arn:aws:s3:::ledger", "--paths"];
    let open = estate("nightly", Twin::Open);
    open.expect(0, &["scan", "--from", "export", "--as-of", AS_OF]);
    let run = open.expect(0, &question);
    let text = run.text();
    let (_, by_path) = text.split_once("BY A PATH").unwrap_or_else(|| panic!("{text}"));
    assert!(by_path.contains("build") && by_path.contains("acting as aws-role nightly"), "{text}");
    let json = open.expect(0, &[&question[..], &["--format", "json"]].concat()).json();
    assert_eq!(json["by_path"][0]["path"]["techniques"], json!(["aws-lambda-001"]));
    assert_eq!(json["by_path"][0]["path"]["scope"], json!(null));

    let denied = estate("nightly", Twin::Denied);
    denied.expect(0, &["scan", "--from", "export", "--as-of", AS_OF]);
    assert!(!denied.expect(0, &question).text().contains("BY A PATH"));
}

#[test]
fn paths_and_explain_show_the_path_and_what_to_cut() {
    let census = estate("nightly", Twin::Open);
    census.expect(0, &["scan", "--from", "export", "--as-of", AS_OF]);
    let path = ["aws-lambda-001", "role nightly", "iam:PassRole", "statement Release"];
    let cut = "change statement Release of inline policy release of build";
    for arguments in [
        ["paths"].as_slice(),
        &["paths", "build"],
        &["paths", "--to", "nightly"],
        &["paths", "--to", ACCOUNT],
        &["paths", "build", "--to", "nightly"],
        &["explain", "build"],
    ] {
        let run = census.expect(0, arguments);
        // Lines break where the page is narrow.
        let text = run.text().split_whitespace().collect::<Vec<_>>().join(" ");
        for part in path.iter().chain([&cut]) {
            assert!(text.contains(part), "`{part}` is missing from {run}");
        }
    }
    let head = census.expect(0, &["paths"]);
    assert!(head.text().starts_with("1 identity can become administrator\n"), "{head}");
    let json = census.expect(0, &["paths", "build", "--format", "json"]).json();
    assert_eq!(json["identities"][0]["paths"][0]["techniques"], json!(["aws-lambda-001"]));
    let elsewhere = census.expect(0, &["paths", "build", "--to", "build"]);
    assert!(elsewhere.text().contains("no path that ends at or passes through build"), "{elsewhere}");
    census.expect(1, &["paths", "nobody"]);
}

#[test]
fn what_a_scan_could_not_read_shows_in_the_status_of_paths() {
    let census = estate("nightly", Twin::Open);
    let broken = json!([{ "resource": "arn:aws:s3:::bucket", "policy": "{" }]);
    census.file("export/resource-policies.json", broken.to_string());
    let run = census.expect(3, &["paths", "build", "--from", "export"]);
    assert!(run.text().contains("aws-lambda-001"), "{run}");
}

#[test]
fn a_hostile_target_of_a_path_is_harmless() {
    for name in HOSTILE.into_iter().filter(|name| !name.contains(['\0', '/'])) {
        let census = estate(name, Twin::Open);
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
        let report = report(&census);
        let build = reach(&report, "user/build");
        let target = build["paths"][0]["target"].as_str().unwrap_or_else(|| panic!("{name:?}: {build:#}"));
        assert!(target.ends_with(arn.as_str()), "{name:?}: {target:?}");
        let to = format!("--to={arn}");
        for arguments in [["paths"].as_slice(), &["paths", "build"], &["paths", &to], &["explain", "build"]] {
            let run = census.expect(0, arguments);
            let steers = |c: char| {
                (c.is_control() && c != '\n')
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
            };
            assert!(!run.text().contains(steers), "{name:?}: {run}");
        }
        let out = ["scan", "--from", "export", "--as-of", AS_OF, "--format", "csv", "--output", "out"];
        census.expect(0, &out);
        for file in ["population.csv", "findings.csv"] {
            let text = std::fs::read_to_string(census.work().join("out").join(file)).expect("a CSV file");
            for record in csv::Reader::from_reader(text.as_bytes()).records() {
                for cell in record.expect("a record").iter() {
                    assert!(
                        !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                        "{name:?} in {file}: {cell:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_example_company_has_the_ways_that_its_page_tells_and_no_way_where_it_tells_a_near_miss() {
    let census = Census::offline();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/brindlemoor");
    let json = census.expect(0, &["paths", "--from", folder, "--format", "json"]).json();
    let ways = |name: &str| -> Vec<Vec<String>> {
        let of = list(&json, "identities").iter().filter(|identity| identity["name"] == name);
        let paths = of.flat_map(|identity| list(identity, "paths"));
        let techniques = |path: &Value| {
            list(path, "techniques").iter().map(|id| id.as_str().expect("an id").to_owned()).collect()
        };
        paths.map(techniques).collect()
    };
    for (name, first) in [
        ("infra-github-deploy", ["aws-lambda-001"].as_slice()),
        ("ci-previews", &["aws-lambda-001"]),
        ("release-promoter", &["aws-lambda-003"]),
        ("buildkite-release", &["aws-sts-001", "aws-lambda-003"]),
        ("terraform-local", &["aws-iam-008"]),
        ("carrier-hub", &["entra-to-aws-web-identity"]),
        ("id-carrier-hub-release", &["az-function-code", "entra-to-aws-web-identity"]),
    ] {
        assert_eq!(ways(name).first().expect(name), first, "{name}");
    }
    let outside =
        list(&json, "outsiders").iter().find(|one| one["subject"] == "repo:brindlemoor/carrier-hub");
    let over_both =
        json!(["outside-to-entra-federated-credential", "az-function-code", "entra-to-aws-web-identity"]);
    let mut paths = outside.into_iter().flat_map(|one| list(one, "paths"));
    assert!(paths.any(|path| path["techniques"] == over_both), "{outside:?}");
    assert!(!ways("identity-platform-vending-lambda").is_empty());
    for name in ["ci-containers", "policy-sync-lambda", "secret-age-lambda"] {
        assert_eq!(ways(name), Vec::<Vec<String>>::new(), "{name}");
    }
}
