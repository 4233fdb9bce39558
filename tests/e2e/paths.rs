//! `census paths`: what it takes, how it ends, and that names steer nothing.

use serde_json::json;

use crate::support::{
    census::Census,
    export::{ACCOUNT, HOSTILE, details, role, user},
};

fn account() -> Census {
    let census = Census::offline();
    let build = role("build", &json!({ "Service": "lambda.amazonaws.com" }));
    census.file("export/authorization-details.json", details(&[user("deploy")], &[build]).to_string());
    census
}

#[test]
fn everybody_s_one_s_and_those_to_a_target() {
    let census = account();
    for arguments in [
        [].as_slice(),
        &["deploy"],
        &["--to", "build"],
        &["--to", ACCOUNT],
        &["--to", "aws:account/111122223333"],
        &["deploy", "--to", "build"],
    ] {
        let all = [["paths", "--from", "export"].as_slice(), arguments].concat();
        assert!(!census.expect(0, &all).text().is_empty());
        let json = census.expect(0, &[all.as_slice(), &["--format", "json"]].concat()).json();
        assert_eq!(json["schema"], "census.paths/1");
        assert!(json["identities"].is_array() && json["techniques"].is_array(), "{json}");
    }
    for missing in [["nobody"].as_slice(), &["--to", "nobody"]] {
        let run = census.expect(1, &[["paths", "--from", "export"].as_slice(), missing].concat());
        assert!(run.stderr.contains("`nobody`") && run.stdout.is_empty(), "{run}");
    }
    census.expect(2, &["paths", "--from", "export", "--to", ""]);
}

#[test]
fn hostile_names_steer_no_terminal() {
    let census = crate::support::export::hostile();
    let is_safe = |c: char| c == '\n' || !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c);
    // No argument of a command holds a NUL.
    for name in HOSTILE.into_iter().filter(|name| !name.contains('\0')) {
        let to = format!("--to={name}");
        for arguments in
            [["paths", "--from", "export", "--", name].as_slice(), &["paths", "--from", "export", &to]]
        {
            let run = census.run(arguments);
            assert!(run.text().chars().all(is_safe), "{run}");
        }
    }
}

fn asked<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [["paths", "--from", "export"].as_slice(), arguments].concat()
}

#[test]
fn those_outside_are_found_by_their_subject() {
    const GITHUB: &str = "token.actions.githubusercontent.com";
    let census = Census::offline();
    let provider = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}");
    let of = |name: &str, subject: &str| {
        let mut role = role(name, &json!({ "Federated": provider }));
        role["AssumeRolePolicyDocument"]["Statement"] = json!([{
            "Effect": "Allow",
            "Principal": { "Federated": provider },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringLike": { (format!("{GITHUB}:sub")): subject } },
        }]);
        role
    };
    let roles =
        [of("build", "repo:acme/app:*"), of("docs", "repo:acme/\u{1b}[2Jdocs:*"), of("all", "repo:acme/*")];
    census.file("export/authorization-details.json", details(&[], &roles).to_string());
    census.file("export/oidc-providers.json", json!([{ "Arn": provider, "Url": GITHUB }]).to_string());
    for name in ["repo:acme/app", "acme/app", &format!("outside:{GITHUB}#repo:acme/app")] {
        let run = census.expect(0, &asked(&[name]));
        let text = run.text();
        assert!(text.starts_with(&format!("repo:acme/app (repository of {GITHUB})")), "{text}");
        assert!(text.contains("becomes aws-role build") && text.contains("becomes aws-role all"), "{text}");
        assert!(!text.contains("aws-role docs"), "{text}");
    }
    let json = census.expect(0, &asked(&["acme/app", "--to", "build", "--format", "json"])).json();
    let found = &json["outsiders"][0];
    assert_eq!(found["subject"], "repo:acme/app");
    assert_eq!(found["paths"][0]["techniques"], json!(["outside-to-aws-web-identity"]));
    assert_eq!(found["paths"][0]["steps"][0]["from"], json["outsider"]);
    let run = census.expect(0, &asked(&["--to", "build"]));
    let all = run.text();
    assert!(
        all.contains("FROM OUTSIDE") && all.contains("repo:acme/app") && !all.contains('\u{1b}'),
        "{all}"
    );
    let run = census.expect(1, &asked(&["acme/nobody"]));
    assert!(run.stderr.contains("`acme/nobody`") && run.stdout.is_empty(), "{run}");
}
