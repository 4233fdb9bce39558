//! Credentials go to the cloud's own hosts and nowhere else, and no file that merely lies around may change that.

use crate::support::{
    answers::Answer,
    census::Census,
    export::{AS_OF, details, user},
    proxy::{Fault, Rule},
    report::{assert_complete, assert_gap},
    trap::Trap,
    world::{IAM_ALONE, World},
};

#[test]
fn a_foreign_endpoint_is_refused_before_anything_is_sent() {
    let trap = Trap::set();
    let port = trap.url().rsplit(':').next().expect("a port").to_owned();
    // On this machine 0.0.0.0 reaches the trap, but it is no loopback address.
    for endpoint in [
        format!("http://0.0.0.0:{port}"),
        format!("https://0.0.0.0:{port}"),
        format!("http://127.0.0.1@0.0.0.0:{port}"),
        "http://iam.amazonaws.com".to_owned(),
        "https://iam.amazonaws.com.evil.example".to_owned(),
        "https://iam.s3.amazonaws.com".to_owned(),
        "https://amazonaws.com.evil.example:8443".to_owned(),
        "http://169.254.169.254".to_owned(),
    ] {
        for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"] {
            let census =
                Census::at("http://127.0.0.1:1").with("AWS_MAX_ATTEMPTS", "1").with(variable, &endpoint);
            let run = census.expect(2, &["scan", "aws", "--format", "json", "--output", "-"]);
            assert!(run.stdout.is_empty(), "{endpoint}: {run}");
            assert!(
                run.stderr.contains("refused") && run.stderr.contains("AWS_ENDPOINT_URL"),
                "{endpoint}: {run}"
            );
        }
    }
    assert_eq!(trap.contacts(), 0, "somebody was contacted");
}

#[test]
fn the_configuration_of_the_aws_tools_is_held_to_the_same() {
    let trap = Trap::set();
    let endpoint = trap.url().replace("127.0.0.1", "0.0.0.0");
    let census = Census::offline().with("AWS_ACCESS_KEY_ID", "test").with("AWS_SECRET_ACCESS_KEY", "test");
    let census = census.with("AWS_MAX_ATTEMPTS", "1");
    std::fs::create_dir(census.home().join(".aws")).expect("a folder");
    let config = format!("[default]\nregion = us-east-1\nendpoint_url = {endpoint}\n");
    std::fs::write(census.home().join(".aws/config"), config).expect("a file");
    let run = census.expect(2, &["scan", "aws"]);
    assert!(run.stderr.contains("refused") && run.stderr.contains("endpoint_url"), "{run}");
    assert_eq!(trap.contacts(), 0, "somebody was contacted");
}

#[test]
fn the_trap_notices_contacts() {
    let trap = Trap::set();
    let port: u16 = trap.url().rsplit(':').next().expect("a port").parse().expect("a number");
    let _held = std::net::TcpStream::connect(("0.0.0.0", port)).expect("0.0.0.0 reaches the trap");
    let began = std::time::Instant::now();
    while trap.contacts() == 0 {
        assert!(began.elapsed().as_secs() < 10, "the trap is blind");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn credentials_come_from_where_the_aws_tools_take_them() {
    let world = World::company();
    let census =
        Census::offline().with("AWS_ENDPOINT_URL", &world.proxy.url()).with("AWS_REGION", "us-east-1");
    census.file("census.toml", IAM_ALONE);
    std::fs::create_dir(census.home().join(".aws")).expect("a folder");
    let keys = "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = x\n\
                [audit]\naws_access_key_id = AKIAAUDIT\naws_secret_access_key = x\n";
    std::fs::write(census.home().join(".aws/credentials"), keys).expect("a file");
    let config = "[profile process]\ncredential_process = printf '{\"Version\": 1, \"AccessKeyId\": \
                  \"AKIAPROCESS\", \"SecretAccessKey\": \"x\"}'\n";
    std::fs::write(census.home().join(".aws/config"), config).expect("a file");
    for (more, key) in [
        ([].as_slice(), "AKIADEFAULT"),
        (&["--profile", "audit"], "AKIAAUDIT"),
        (&["--profile", "process"], "AKIAPROCESS"),
    ] {
        world.proxy.faults(Vec::new());
        let (code, report) = census.scan(more);
        assert_complete(code, &report);
        let keys: Vec<String> = world.proxy.calls().into_iter().map(|call| call.key).collect();
        assert!(keys.iter().all(|used| used == key), "{more:?}: {keys:?}");
    }
    census.expect(1, &["scan", "aws", "--profile", "missing"]);
}

#[test]
fn redirects_are_not_followed() {
    let world = World::company();
    let trap = Trap::set();
    let away = |read: &str| Rule::new(read, Fault::Answer(Answer::redirect(&trap.url())));
    let census = world.census().with("AWS_MAX_ATTEMPTS", "1");
    for read in ["iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys"] {
        world.proxy.faults(vec![away(read)]);
        let (code, report) = census.scan(&[]);
        assert_gap(code, &report, read, &["failed", "invalid"]);
    }
    world.proxy.faults(vec![away("sts:GetCallerIdentity")]);
    census.expect(1, &["scan", "aws"]);
    assert_eq!(trap.contacts(), 0, "a redirect was followed");
}

#[test]
fn a_configuration_that_lies_around_chooses_no_endpoint_and_no_credentials() {
    for text in [
        "[aws]\nendpoint_url = \"http://127.0.0.1:1\"\n",
        "[aws]\nendpoint = \"http://127.0.0.1:1\"\n",
        "[aws]\ncredential_process = \"touch pwned\"\n",
        "[aws]\nprofile = \"admin\"\n",
        "[aws]\nrole_name = \"Admin\"\n",
        "[state]\ndir = \"/tmp\"\n",
        "endpoint_url = \"http://127.0.0.1:1\"\n",
    ] {
        let trap = Trap::set();
        let census = Census::at(&trap.url());
        census.file("census.toml", text);
        let run = census.expect(2, &["scan", "aws"]);
        assert!(run.stderr.contains("census.toml"), "{run}");
        assert_eq!(trap.contacts(), 0, "{text}");
        assert!(!census.work().join("pwned").exists());
    }
}

#[test]
fn a_configuration_that_is_named_may_choose_a_profile() {
    let census = Census::offline();
    census.file("export/authorization-details.json", details(&[user("deploy")], &[]).to_string());
    census.file("mine.toml", "[aws]\nprofile = \"audit\"\n");
    census.expect(0, &["scan", "--from", "export", "--as-of", AS_OF, "--config", "mine.toml"]);
    census.file("typo.toml", "[aws]\nprofil = \"audit\"\n");
    let run = census.expect(2, &["scan", "--from", "export", "--config", "typo.toml"]);
    assert!(run.stderr.contains("profil") && run.stderr.contains("typo.toml"), "{run}");
}
