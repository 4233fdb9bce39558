//! The published policy is exactly what a scan needs: proven where policies are really evaluated.

use serde_json::{Value, json};

use crate::{
    denied::{FALLBACK, actions, published},
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

/// The options of a scan that makes every read there is, and of the policy for it.
const EVERYTHING: [&str; 7] = [
    "--organization",
    "--role-name",
    "OrganizationAccountAccessRole",
    "--exclude-tag",
    "stage=none",
    "--config",
    "deep.toml",
];

/// ministack with a company, one more account, and the user `scanner`, whom its policy alone allows anything.
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
        let answers = UNANSWERED.into_iter().map(|read| {
            let operation = read.trim_start_matches("iam:");
            Rule::new(read, Fault::Answer(Answer::empty_list(operation)))
        });
        let reports =
            [(&self.put, "caller".to_owned()), (&self.put["member"], text(&self.put["member"], "account"))];
        let reports = reports.into_iter().map(|(put, account)| {
            let answer = Answer::credential_report(&text(put, "credential_report"), &text(put, "now"));
            Rule::new("iam:GetCredentialReport", Fault::Answer(answer)).account(&account)
        });
        // Totals and the report say that there are certificates: otherwise nobody would list them.
        let totals = Answer::account_summary(&[("ServerCertificates", 1)]);
        let totals = Rule::new("iam:GetAccountSummary", Fault::Answer(totals)).account("caller");
        self.proxy.usual(
            answers.chain(reports).chain([totals]).filter(|rule| rule.operation() != withheld).collect(),
        );
    }

    fn grant(&self, policy: &Value) {
        populate(&self.server, "grant", &json!({ "policy": policy }));
    }

    /// The binary as `scanner`.
    fn census(&self) -> Census {
        let scanner = &self.put["scanner"];
        let census = Census::at(&self.proxy.url())
            .with("AWS_ACCESS_KEY_ID", &text(scanner, "id"))
            .with("AWS_SECRET_ACCESS_KEY", &text(scanner, "secret"))
            .with("AWS_MAX_ATTEMPTS", "2");
        published(&census, &EVERYTHING);
        census
    }
}

/// The policy of the scan that makes every read there is.
fn policy() -> Value {
    published(&Census::offline(), &EVERYTHING)
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

#[test]
fn the_published_policy_suffices() {
    let policy = policy();
    let world = Guarded::new(&policy);
    for arguments in [["--deep"].as_slice(), &EVERYTHING] {
        let (code, report) = world.census().scan(arguments);
        let denied: Vec<_> = failures(&report).into_iter().filter(|(_, reason)| reason == "denied").collect();
        assert_eq!(denied, Vec::new(), "{arguments:?} ({code}): {:#}", report["gaps"]);
        let member = (arguments == EVERYTHING).then(|| list(&world.put["member"], "users"));
        for user in list(&world.put, "users").iter().chain(member.into_iter().flatten()) {
            identity(&report, &text(user, "arn"));
        }
    }
}

#[test]
fn no_credentials_are_no_scan() {
    let policy = policy();
    let world = Guarded::new(&policy);
    // Proves that signatures are verified at all, through the proxy too.
    let run = world.census().with("AWS_SECRET_ACCESS_KEY", "wrong").expect(1, &["scan", "aws"]);
    assert!(run.stderr.contains("error: ") && run.stdout.is_empty(), "{run}");
    let run = Census::offline().expect(1, &["scan", "aws"]);
    assert!(run.stderr.contains("help: ") && run.stdout.is_empty(), "{run}");
}

#[test]
fn each_action_that_is_taken_away_is_noticed() {
    let policy = policy();
    let world = Guarded::new(&policy);
    for action in &actions(&policy) {
        // Not called while the tree can be read; the module `denied` covers it.
        if action == FALLBACK {
            continue;
        }
        world.grant(&without(&policy, action));
        world.answer_all_but(action);
        world.proxy.faults(Vec::new());
        let (code, report) = world.census().scan(&EVERYTHING);
        let seen = world.proxy.counts().contains_key(action.as_str());
        assert!(seen, "`{action}` is never called: {:?}", world.proxy.counts());
        assert_gap(code, &report, action, &["denied"]);
    }
}

#[test]
fn check_names_what_is_missing() {
    let policy = policy();
    let world = Guarded::new(&policy);
    let account = ["permissions", "aws", "--check"];
    let organization = [account.as_slice(), &EVERYTHING].concat();
    let run = world.census().expect(0, &account);
    assert!(run.text().contains("allowed") && !run.text().contains("DENIED"), "{run}");
    for action in [
        "iam:ListAccessKeys",
        "iam:GetAccountAuthorizationDetails",
        "iam:ListServerCertificates",
        "organizations:ListPolicies",
    ] {
        world.grant(&without(&policy, action));
        world.answer_all_but(action);
        let run = world.census().expect(1, &organization);
        let denied: Vec<&str> = run.text().lines().filter(|line| line.starts_with("DENIED")).collect();
        assert!(denied.len() == 1 && denied[0].contains(action), "without `{action}`: {run}");
    }
}

#[test]
fn check_holds_for_an_organization_when_nothing_is_denied() {
    let policy = policy();
    let world = Guarded::new(&policy);
    let run = world.census().expect(0, &[["permissions", "aws", "--check"].as_slice(), &EVERYTHING].concat());
    assert!(!run.text().contains("DENIED"), "{run}");
}
