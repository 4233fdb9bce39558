//! The published policy is exactly what a scan needs: proven where policies are really evaluated.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    denied::declared,
    support::{
        answers::Answer,
        census::Census,
        details::Shape,
        populate::populate,
        proxy::{Fault, Memory, Proxy, Rule},
        report::{assert_gap, failures, identity, list},
        servers::Server,
        world::text,
    },
};

/// Reads that ministack denies where they are not granted, but cannot answer where they are.
const UNANSWERED: [&str; 4] = [
    "iam:ListServiceSpecificCredentials",
    "iam:ListSigningCertificates",
    "iam:ListSSHPublicKeys",
    "iam:ListServerCertificates",
];

/// ministack with a company and the user `scanner`, whom its policy alone allows anything.
struct Guarded {
    proxy: Proxy,
    put: Value,
    server: Server,
}

impl Guarded {
    fn new(policy: &Value) -> Self {
        let server = Server::ministack();
        let put = populate(&server, "granted", &json!({ "policy": policy }));
        let proxy = Proxy::before(server.port(), Memory::None);
        proxy.shape(Shape { role_last_used: Some(text(&put, "now")), ..Shape::default() });
        let guarded = Self { proxy, put, server };
        guarded.answer_all_but("");
        guarded
    }

    /// Answers for ministack what it cannot; `withheld` reaches it and is denied there.
    fn answer_all_but(&self, withheld: &str) {
        let now = text(&self.put, "now");
        let answers = UNANSWERED.into_iter().filter(|read| *read != withheld).map(|read| {
            let operation = read.trim_start_matches("iam:");
            Rule::new(read, Fault::Answer(Answer::empty_list(operation)))
        });
        let report = Answer::credential_report(&text(&self.put, "credential_report"), &now);
        let report = (withheld != "iam:GetCredentialReport")
            .then(|| Rule::new("iam:GetCredentialReport", Fault::Answer(report)));
        self.proxy.usual(answers.chain(report).collect());
    }

    fn grant(&self, policy: &Value) {
        populate(&self.server, "grant", &json!({ "policy": policy }));
    }

    /// The binary as `scanner`.
    fn census(&self) -> Census {
        let scanner = &self.put["scanner"];
        Census::at(&self.proxy.url())
            .with("AWS_ACCESS_KEY_ID", &text(scanner, "id"))
            .with("AWS_SECRET_ACCESS_KEY", &text(scanner, "secret"))
            .with("AWS_MAX_ATTEMPTS", "2")
    }
}

fn published() -> (Value, BTreeSet<String>) {
    let census = Census::offline();
    (census.expect(0, &["permissions", "aws"]).json(), declared(&census))
}

/// The policy without one action.
fn without(policy: &Value, action: &str) -> Value {
    let mut policy = policy.clone();
    for statement in policy["Statement"].as_array_mut().expect("statements") {
        if let Some(actions) = statement["Action"].as_array_mut() {
            actions.retain(|one| one != action);
        }
    }
    let statements = policy["Statement"].as_array_mut().expect("statements");
    statements.retain(|statement| statement["Action"] != action && statement["Action"] != json!([]));
    policy
}

const ORGANIZATION: [&str; 4] = ["--organization", "--deep", "--exclude-tag", "no=thing"];

#[test]
fn the_published_policy_suffices() {
    let (policy, _) = published();
    let world = Guarded::new(&policy);
    for arguments in [["--deep"].as_slice(), &ORGANIZATION] {
        let (code, report) = world.census().scan(arguments);
        let denied: Vec<_> = failures(&report).into_iter().filter(|(_, reason)| reason == "denied").collect();
        assert_eq!(denied, Vec::new(), "{arguments:?} ({code}): {:#}", report["gaps"]);
        for user in list(&world.put, "users") {
            identity(&report, &text(user, "arn"));
        }
    }
}

#[test]
fn no_credentials_are_no_scan() {
    let (policy, _) = published();
    let world = Guarded::new(&policy);
    // Proves that signatures are verified at all, through the proxy too.
    let run = world.census().with("AWS_SECRET_ACCESS_KEY", "wrong").expect(1, &["scan", "aws"]);
    assert!(run.stderr.contains("error: ") && run.stdout.is_empty(), "{run}");
    let run = Census::offline().expect(1, &["scan", "aws"]);
    assert!(run.stderr.contains("help: ") && run.stdout.is_empty(), "{run}");
}

#[test]
fn each_action_that_is_taken_away_is_noticed() {
    let (policy, actions) = published();
    let world = Guarded::new(&policy);
    for action in &actions {
        // No member account lives in ministack's organization, so no role is assumed there; `denied` covers it.
        if action == "sts:AssumeRole" {
            continue;
        }
        world.grant(&without(&policy, action));
        world.answer_all_but(action);
        world.proxy.faults(Vec::new());
        let (code, report) = world.census().scan(&ORGANIZATION);
        let seen = world.proxy.counts().contains_key(action.as_str());
        assert!(seen, "`{action}` is never called: {:?}", world.proxy.counts());
        assert_gap(code, &report, action, &["denied"]);
    }
}

#[test]
fn check_names_what_is_missing() {
    let (policy, _) = published();
    let world = Guarded::new(&policy);
    let run = world.census().expect(0, &["permissions", "aws", "--check"]);
    assert!(run.text().contains("allowed") && !run.text().contains("DENIED"), "{run}");
    for action in ["iam:ListAccessKeys", "iam:GetAccountAuthorizationDetails", "iam:ListServerCertificates"] {
        world.grant(&without(&policy, action));
        world.answer_all_but(action);
        let run = world.census().expect(1, &["permissions", "aws", "--check"]);
        let denied: Vec<&str> = run.text().lines().filter(|line| line.starts_with("DENIED")).collect();
        assert!(denied.len() == 1 && denied[0].contains(action), "without `{action}`: {run}");
    }
}

#[test]
fn check_can_look_at_an_organization() {
    let (policy, _) = published();
    let world = Guarded::new(&policy);
    world.grant(&without(&policy, "organizations:ListPolicies"));
    let run = world.census().expect(1, &["permissions", "aws", "--check", "--organization"]);
    let denied: Vec<&str> = run.text().lines().filter(|line| line.starts_with("DENIED")).collect();
    assert!(denied.len() == 1 && denied[0].contains("organizations:ListPolicies"), "{run}");
}
