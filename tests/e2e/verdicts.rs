//! `census can` beside a server that evaluates policies: every answer is also asked by a real call.
//!
//! `verdicts/account.json` says who is in the account and what they hold, `verdicts/rows.txt` what each of them asks
//! and what AWS documents as the answer. Server and `census can` are both held to it.
//!
//! Left out is what the server does not do as AWS documents it: policy variables, `dynamodb:LeadingKeys`,
//! `NotPrincipal`, `aws:PrincipalArn` of a session, `*` in `ArnLike` within one part only, the ARNs of `logs` and of
//! what has a path in IAM, and a trust policy that names a user who has no policy for the role.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};

use crate::support::{
    census::{Census, Run},
    populate::python,
    report::list,
    servers::Server,
    world::IAM_ALONE,
};

const ACCOUNT: &str = include_str!("verdicts/account.json");
const ROWS: &str = include_str!("verdicts/rows.txt");

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Allowed,
    Denied,
}

impl Answer {
    /// The exit status of `census can`.
    fn status(self) -> i32 {
        match self {
            Self::Allowed => 0,
            Self::Denied => 4,
        }
    }
}

/// A request and its answer by what AWS documents.
#[derive(Debug)]
struct Row {
    shows: &'static str,
    answer: Answer,
    who: &'static str,
    action: &'static str,
    /// As in the table; what the server makes of it may have an ARN with an end of its own.
    resource: &'static str,
    context: Vec<(&'static str, &'static str)>,
}

impl Row {
    fn parse(shows: &'static str, line: &'static str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let answer = match words.next()? {
            "+" => Answer::Allowed,
            "-" => Answer::Denied,
            _ => return None,
        };
        let mut next = || words.next().unwrap_or_else(|| panic!("too short: {line}"));
        let (who, action, resource) = (next(), next(), next());
        let pair = |word: &'static str| word.split_once('=').unwrap_or_else(|| panic!("no pair: {line}"));
        Some(Self { shows, answer, who, action, resource, context: words.map(pair).collect() })
    }

    fn json(&self) -> Value {
        let mut context: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        self.context.iter().for_each(|(key, value)| context.entry(key).or_default().push(value));
        json!({ "who": self.who, "action": self.action, "resource": self.resource, "context": context })
    }

    fn can(&self, census: &Census, resource: &str, more: &[&str]) -> Run {
        let asked = ["can", self.who, self.action, resource, "--format", "json"];
        census.run(&[&asked, more].concat())
    }

    /// Whether it carries something that census cannot know when nobody says it. What callers choose is taken for well
    /// chosen, and TLS is among that.
    fn leaves_open(&self) -> bool {
        let is_chosen = |key: &str| key.starts_with("sts:") || key == "aws:SecureTransport";
        self.context.iter().any(|(key, _)| !is_chosen(key))
    }

    /// The resource whose policy is the one of this row's resource.
    fn container(&self) -> &str {
        self.resource.strip_prefix("arn:aws:s3:::").map_or(self.resource, |name| {
            let bucket = name.split('/').next().expect("a first part");
            &self.resource[..self.resource.len() - name.len() + bucket.len()]
        })
    }
}

fn rows() -> Vec<Row> {
    let mut shows = "";
    let mut rows = Vec::new();
    for line in ROWS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match Row::parse(shows, line) {
            Some(row) => rows.push(row),
            None => shows = line,
        }
    }
    rows
}

/// The account in a server that evaluates policies, after a call for each row.
struct World {
    server: Server,
    account: Value,
    rows: Vec<Row>,
    /// The resource of each row as the server knows it.
    resources: Vec<String>,
}

impl World {
    /// Makes the calls, and expects of each what AWS documents.
    fn new() -> Self {
        let (server, rows) = (Server::ministack(), rows());
        let account: Value = serde_json::from_str(ACCOUNT).expect("JSON");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/support/calls.py");
        let asked = json!({ "account": account, "rows": rows.iter().map(Row::json).collect::<Vec<_>>() });
        // Without `-B` it would write beside the script.
        let arguments = ["-B".to_owned(), script.display().to_string(), server.url()];
        let output = python(&arguments, asked.to_string().as_bytes());
        let output: Value = serde_json::from_slice(&output).expect("calls.py prints JSON");
        let answers = list(&output, "answers");
        assert_eq!(answers.len(), rows.len());
        let differ = |(row, answer): (&Row, &Value)| {
            let expected = if row.answer == Answer::Allowed { "allowed" } else { "denied" };
            (answer["outcome"] != expected).then(|| format!("{}: {row:?}", answer["outcome"]))
        };
        let differ: Vec<String> = rows.iter().zip(answers).filter_map(differ).collect();
        assert!(differ.is_empty(), "the server answers otherwise: {differ:#?}");
        let resources = answers.iter().map(|answer| answer["resource"].as_str().expect("an ARN").to_owned());
        Self { resources: resources.collect(), server, account, rows }
    }

    /// The binary after a scan of the server, with the documents of it in `raw`.
    fn scanned(&self) -> Census {
        let census = Census::at(&self.server.url());
        census.file("census.toml", IAM_ALONE);
        census.expect(0, &["scan", "aws", "--save-raw", "raw"]);
        census
    }

    /// The policy of a row's resource, or of the bucket that it is in.
    fn own_policy(&self, row: &Row) -> Option<&Value> {
        self.account["resource_policies"].get(row.container())
    }

    /// The permissions boundary of a user or a role.
    fn boundary(&self, name: &str) -> Option<&Value> {
        ["users", "roles"].into_iter().find_map(|kind| self.account[kind].get(name)?.get("boundary"))
    }

    /// What the server's documents lack, beside what they have: boundaries, and the policies of resources.
    fn complete(&self, census: &Census) {
        let folder = "raw/accounts/000000000000";
        let details = std::fs::read(census.work().join(folder).join("authorization-details.json"));
        let mut details: Value = serde_json::from_slice(&details.expect("details")).expect("JSON");
        for (kind, name) in [("UserDetailList", "UserName"), ("RoleDetailList", "RoleName")] {
            for one in details[kind].as_array_mut().expect("a list") {
                if let Some(boundary) = self.boundary(one[name].as_str().expect("a name")) {
                    let arn =
                        format!("arn:aws:iam::000000000000:policy/{}", boundary.as_str().expect("a name"));
                    one["PermissionsBoundary"] =
                        json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn });
                }
            }
        }
        let mut own: BTreeMap<&str, Value> = BTreeMap::new();
        for (row, resource) in self.rows.iter().zip(&self.resources) {
            if let Some(statements) = self.own_policy(row) {
                let resource = if row.container() == row.resource { resource } else { row.container() };
                own.insert(resource, json!({ "Version": "2012-10-17", "Statement": statements }));
            }
        }
        let own: Vec<Value> =
            own.into_iter().map(|(arn, policy)| json!({ "resource": arn, "policy": policy })).collect();
        census.file("export/authorization-details.json", details.to_string());
        census.file("export/resource-policies.json", json!(own).to_string());
    }

    /// Asks for each row, with what the request carries.
    fn can(&self, census: &Census, more: &[&str]) -> impl Iterator<Item = (&Row, Run)> {
        self.rows.iter().zip(&self.resources).map(move |(row, resource)| {
            let said: Vec<String> = row.context.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let said: Vec<&str> = said.iter().flat_map(|pair| ["-c", pair]).collect();
            (row, row.can(census, resource, &[&said, more].concat()))
        })
    }

    /// Asks for each row, without.
    fn can_unsaid(&self, census: &Census, more: &[&str]) -> impl Iterator<Item = (&Row, Run)> {
        let rows = self.rows.iter().zip(&self.resources).filter(|(row, _)| row.leaves_open());
        rows.map(move |(row, resource)| (row, row.can(census, resource, more)))
    }
}

#[test]
fn every_rule_is_shown_by_both_answers() {
    let mut shown: BTreeMap<&str, Vec<Answer>> = BTreeMap::new();
    rows().iter().for_each(|row| shown.entry(row.shows).or_default().push(row.answer));
    for (shows, answers) in shown {
        assert!(
            answers.contains(&Answer::Allowed) && answers.contains(&Answer::Denied),
            "{shows}: {answers:?}"
        );
    }
}

#[test]
fn can_answers_as_the_calls_did() {
    let world = World::new();
    let census = world.scanned();
    world.complete(&census);
    let from = ["--from", "export"];
    let differ = |(row, run): (&Row, Run)| {
        (run.status.code() != Some(row.answer.status())).then(|| format!("{row:?}: {run}"))
    };
    let differ: Vec<String> = world.can(&census, &from).filter_map(differ).collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    let mut open = Vec::new();
    for (row, run) in world.can_unsaid(&census, &from) {
        match run.status.code() {
            Some(5) => open.push(row.answer),
            code => assert_eq!(code, Some(row.answer.status()), "left unsaid, {row:?}: {run}"),
        }
    }
    assert!(open.contains(&Answer::Allowed) && open.contains(&Answer::Denied), "{open:?}");
}

#[test]
fn what_a_live_scan_does_not_read_is_a_doubt_and_never_another_answer() {
    let world = World::new();
    let census = world.scanned();
    let mut decided = Vec::new();
    // The server leaves boundaries out where the cloud has them, so of these nobody could know.
    for (row, run) in world.can(&census, &[]).filter(|(row, _)| world.boundary(row.who).is_none()) {
        let json = run.json();
        let doubts = |side: &str| list(&json, side).iter().any(|gap| gap["reason"] == "not-requested");
        match run.status.code() {
            Some(code) if code == row.answer.status() => decided.push(row.answer),
            Some(6) => assert!(doubts("may_widen"), "{row:?}: {run}"),
            // What forbids it is the bucket's own policy.
            Some(0) => assert!(world.own_policy(row).is_some() && doubts("may_narrow"), "{row:?}: {run}"),
            _ => panic!("{row:?}: {run}"),
        }
    }
    assert!(decided.contains(&Answer::Allowed) && decided.contains(&Answer::Denied));
}
