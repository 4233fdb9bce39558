//! No secret that an API or a document carries reaches a file, stdout or stderr; and what is written is private.

use std::{
    fs,
    os::unix::fs::{MetadataExt, symlink},
    path::Path,
};

use serde_json::{Value, json};

use crate::support::{
    census::{Census, Run, files},
    export::{AS_OF, details, key, role, user},
    proxy::{Fault, Rule},
    report::list,
    world::{World, text},
};

/// Everything that a run left behind: its output and every file below its folders.
fn traces(census: &Census, run: &Run) -> Vec<(String, String)> {
    let mut traces = vec![
        ("stdout".to_owned(), String::from_utf8_lossy(&run.stdout).into_owned()),
        ("stderr".to_owned(), run.stderr.clone()),
    ];
    for folder in [census.work(), census.home(), census.temporary()] {
        for (name, bytes) in files(&folder) {
            // What the test itself wrote is not what the program wrote.
            if !name.starts_with("export/") && !name.starts_with(".aws/") {
                traces.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    traces
}

fn assert_absent(traces: &[(String, String)], secrets: &[String]) {
    for (place, text) in traces {
        for secret in secrets {
            assert!(!text.contains(secret.as_str()), "`{secret}` is in {place}");
        }
    }
}

/// What no log line may hold, whatever the level.
fn wire() -> Vec<String> {
    [
        "CANARY",
        "AWS4-HMAC",
        "Signature=",
        "x-amz-security-token",
        "X-Amz-Security-Token",
        "Action=",
        "<UserName>",
    ]
    .map(str::to_owned)
    .to_vec()
}

const LOUD: [(&str, &str); 3] =
    [("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full"), ("AWS_SESSION_TOKEN", "CANARY-session-token")];

fn loud(census: Census) -> Census {
    let census = census.with("AWS_ACCESS_KEY_ID", "AKIACALLEREXAMPLE");
    LOUD.iter()
        .fold(census, |census, (name, value)| census.with(name, value))
        .with("AWS_SECRET_ACCESS_KEY", "CANARY-secret-access-key")
}

const SCAN: [&str; 10] =
    ["scan", "aws", "--deep", "--format", "json,csv,table", "--output", "out", "--save-raw", "raw", "-vvvv"];

#[test]
fn no_secret_of_an_account_is_kept_or_shown() {
    let world = World::company();
    let census = loud(world.census());
    let run = census.expect(0, &SCAN);
    assert!(
        run.stderr.contains("TRACE") || run.stderr.contains("DEBUG") || run.stderr.contains("INFO"),
        "{run}"
    );
    let mut secrets = wire();
    for user in list(&world.put, "users") {
        secrets.extend(list(user, "keys").iter().map(|key| text(key, "secret")));
    }
    let traces = traces(&census, &run);
    assert!(
        traces.len() > 15,
        "too few files: {:?}",
        traces.iter().map(|(name, _)| name).collect::<Vec<_>>()
    );
    assert_absent(&traces, &secrets);
}

#[test]
fn no_secret_of_an_organization_is_kept_or_shown() {
    let world = World::organization();
    let census = loud(world.census());
    let more = [
        "--organization",
        "--role-name",
        "OrganizationAccountAccessRole",
        "--external-id",
        "CANARY-external-id",
    ];
    let run = census.expect(0, &[SCAN.as_slice(), &more].concat());
    let handed_out = world.proxy.secrets();
    assert_eq!(handed_out.len(), 8, "four accounts were entered");
    assert_absent(&traces(&census, &run), &[wire(), handed_out].concat());
}

#[test]
fn no_secret_is_shown_when_things_break() {
    let world = World::company();
    world.census().expect(0, &["scan", "aws", "--deep"]);
    let mut reads: Vec<String> = world.proxy.counts().into_keys().collect();
    reads.retain(|read| read != "sts:GetCallerIdentity");
    for fault in [Fault::Malformed, Fault::Truncated, Fault::Broken, Fault::Denied] {
        let census = loud(world.census()).with("AWS_MAX_ATTEMPTS", "2");
        world.proxy.faults(reads.iter().map(|read| Rule::new(read, fault.clone())).collect());
        let run = census.expect(3, &SCAN);
        let mut wire = wire();
        // The name of an element may be what is wrong with a document.
        wire.retain(|text| text != "<UserName>");
        assert_absent(&traces(&census, &run), &wire);
    }
}

/// An export into which somebody pasted more than the `aws` command prints.
fn careless() -> Census {
    let canary = |place: &str| Value::String(format!("CANARY-{place}"));
    let mut users = [user("deploy")];
    let mut roles = [role("lambda", &json!({ "Service": "lambda.amazonaws.com" }))];
    for item in users.iter_mut().chain(&mut roles) {
        for field in ["SecretAccessKey", "Password", "SessionToken", "PrivateKey", "Environment", "Notes"] {
            item[field] = canary(field);
        }
        item["EnvironmentVariables"] = json!({ "DB_PASSWORD": canary("environment") });
    }
    let mut all = details(&users, &roles);
    all["Secrets"] = json!([canary("top-level")]);
    let mut keys = key("deploy", 1);
    keys["SecretAccessKey"] = canary("access-key");
    let census = Census::offline();
    let lists = [
        ("access-keys", json!({ "AccessKeyMetadata": [keys], "Extra": canary("list") })),
        (
            "login-profiles",
            json!([{ "UserName": "deploy", "CreateDate": "2020-01-01T00:00:00Z", "Password": canary("login") }]),
        ),
        (
            "signing-certificates",
            json!([{ "UserName": "deploy", "CertificateId": "C1", "Status": "Active",
            "CertificateBody": canary("certificate-body"), "PrivateKey": canary("certificate-key") }]),
        ),
        (
            "ssh-public-keys",
            json!([{ "UserName": "deploy", "SSHPublicKeyId": "APKA1", "Status": "Active",
            "SSHPublicKeyBody": canary("ssh") }]),
        ),
        (
            "service-specific-credentials",
            json!([{ "UserName": "deploy", "ServiceSpecificCredentialId": "ACCA1",
            "Status": "Active", "ServicePassword": canary("service"), "ServiceCredentialSecret": canary("secret") }]),
        ),
        (
            "server-certificates",
            json!([{ "ServerCertificateName": "www", "ServerCertificateId": "ASCA1",
            "Arn": "arn:aws:iam::111122223333:server-certificate/www", "PrivateKey": canary("server"),
            "CertificateBody": canary("server-body"), "CertificateChain": canary("chain") }]),
        ),
        (
            "resource-policies",
            json!({ "ResourcePolicies": [{ "resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db",
            "policy": null, "SecretString": canary("secret-string") }], "Extra": canary("resources") }),
        ),
        (
            "workloads",
            json!([{ "type": "lambda_function", "name": "f", "arn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
            "role_arn": roles[0]["Arn"], "environment": { "Variables": { "DB_PASSWORD": canary("variable") } },
            "user_data": canary("user-data"), "definition": { "containerDefinitions": [canary("container")] } }]),
        ),
        ("account-summary", json!({ "SummaryMap": { "Users": 1, "Roles": 1 }, "Extra": canary("summary") })),
    ];
    census.file("export/authorization-details.json", all.to_string());
    for (name, value) in lists {
        census.file(&format!("export/{name}.json"), value.to_string());
    }
    census
}

#[test]
fn no_secret_in_a_document_is_kept_or_shown() {
    let census = careless();
    let folder = ["scan", "--from", "export", "--as-of", AS_OF];
    let run = census.expect(
        0,
        &[folder.as_slice(), &["--format", "json,csv,table", "--output", "out", "-vvvv"]].concat(),
    );
    census.expect(0, &["collect", "--from", "export", "-o", "estate.json"]);
    let explained = census.expect(0, &["explain", "deploy"]);
    let report = fs::read_to_string(census.work().join("out/report.json")).expect("report.json");
    assert!(
        report.contains("AKIAEXAMPLE000000001") && report.contains("ACCA1"),
        "the credentials themselves are there"
    );
    let secrets = ["CANARY".to_owned()];
    assert_absent(&traces(&census, &run), &secrets);
    assert_absent(&traces(&census, &explained), &secrets);
}

#[test]
fn a_secret_in_a_broken_document_is_not_quoted() {
    for text in [
        "{\"UserDetailList\":[{\"UserName\":\"x\",\"SecretAccessKey\":\"CANARY-1\"",
        "{\"UserDetailList\":[{\"UserName\":\"x\",\"SecretAccessKey\":\"CANARY-2\"}],\"RoleDetailList\":[]}",
        "CANARY-3",
        "{\"UserDetailList\":\"CANARY-4\",\"RoleDetailList\":[]}",
    ] {
        let census = Census::offline();
        census.file("export/authorization-details.json", text);
        let run = census.expect(1, &["scan", "--from", "export", "-vvvv"]);
        assert_absent(&traces(&census, &run), &["CANARY".to_owned()]);
    }
}

#[test]
fn what_is_written_is_for_its_owner_alone() {
    let world = World::company();
    let census = world.census();
    let more = ["scan", "aws", "--format", "json,csv,table", "--output", "out", "--save-raw", "raw"];
    census.expect(0, &more);
    census.expect(0, &["collect", "--from", "raw", "-o", "estates/one.json"]);
    census.expect(0, &["owners", "--suggest", "stub.yaml"]);
    let mut count = 0;
    for folder in [census.work(), census.home()] {
        for name in files(&folder).into_keys().filter(|name| name != "census.toml") {
            count += 1;
            assert_mode(&folder.join(&name), 0o600);
        }
    }
    assert!(count > 15, "only {count} files");
    for folder in ["out", "raw", "raw/accounts", "estates"] {
        assert_mode(&census.work().join(folder), 0o700);
    }
}

fn assert_mode(path: &Path, mode: u32) {
    let found = fs::symlink_metadata(path).expect("metadata").mode() & 0o777;
    assert_eq!(found, mode, "`{}` has mode {found:o}", path.display());
}

#[test]
fn writing_does_not_follow_a_link() {
    let census = Census::offline();
    census.file("export/authorization-details.json", details(&[user("deploy")], &[]).to_string());
    let victim = census.file("victim", "untouched");
    fs::create_dir(census.work().join("out")).expect("a folder");
    symlink(&victim, census.work().join("out/report.json")).expect("a link");
    census.expect(0, &["scan", "--from", "export", "--as-of", AS_OF, "--format", "json", "--output", "out"]);
    assert_eq!(fs::read(&victim).expect("the victim"), b"untouched");
    assert_mode(&census.work().join("out/report.json"), 0o600);
}
