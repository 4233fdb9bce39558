//! `census simulate aws`: a line, an answer, whatever is in the line.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::support::census::{Census, Run};

/// The policy of everything for everybody.
fn everything() -> Value {
    json!({ "Version": "2012-10-17", "Statement": { "Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*" } })
}

/// A request that is allowed.
fn request(id: impl Into<Value>) -> Value {
    json!({
        "id": id.into(), "principal": "arn:aws:iam::111122223333:user/ci", "action": "s3:GetObject",
        "resource": "arn:aws:s3:::reports/june.csv", "identity_policies": [everything()],
    })
}

/// Answers the lines of a file.
fn simulate(code: i32, content: impl AsRef<[u8]>) -> Run {
    let census = Census::offline();
    census.file("requests.jsonl", content);
    census.expect(code, &["simulate", "aws", "--requests", "requests.jsonl"])
}

/// The answers, one a line.
fn answers(run: &Run) -> Vec<Value> {
    run.text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {run}")))
        .collect()
}

/// In short: the id, and what came of it.
fn verdicts(run: &Run) -> Vec<(Value, String)> {
    let verdict = |answer: &Value| {
        let said = ["error", "denied_by", "decision"].into_iter().find_map(|name| answer[name].as_str());
        (answer["id"].clone(), said.unwrap_or_else(|| panic!("{run}")).to_owned())
    };
    answers(run).iter().map(verdict).collect()
}

fn repository(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a file of the repository")
}

#[test]
fn one_answer_a_line_in_order() {
    let mut denied = request("b");
    denied["identity_policies"] = json!([]);
    let lines: Vec<String> = [request(1), denied, request(Value::Null), request(json!([1, { "x": "y" }]))]
        .iter()
        .map(Value::to_string)
        .collect();
    let run = simulate(0, lines.join("\n") + "\n");
    let expected = [
        (json!(1), "allowed"),
        (json!("b"), "implicit"),
        (Value::Null, "allowed"),
        (json!([1, { "x": "y" }]), "allowed"),
    ];
    assert_eq!(verdicts(&run), expected.map(|(id, verdict)| (id, verdict.to_owned())));
    let because = json!([{ "policy": "identity_policies[0]", "statement": "All", "says": "allows it" }]);
    let first = json!({ "id": 1, "decision": "allowed", "denied_by": null, "because": because });
    assert_eq!(answers(&run)[0], first);
    assert!(run.stderr.is_empty(), "{run}");
    // The same lines with other ends, and empty ones between.
    for (separator, end) in [("\n", ""), ("\r\n", "\r\n"), ("\r\n", ""), ("\n\n \t\r\n", "\n\n")] {
        let other = simulate(0, lines.join(separator) + end);
        assert_eq!(other.stdout, run.stdout, "{separator:?} {end:?}");
    }
    assert!(simulate(0, "").stdout.is_empty());
    assert!(simulate(0, "\n\n").stdout.is_empty());
}

#[test]
fn bad_lines_are_answered_and_the_others_too() {
    let good = request("good").to_string();
    let mut refused = request("policy");
    refused["scps"] =
        json!([[everything()], [{ "Statement": [{ "Effect": "Permit", "Action": "*", "Resource": "*" }] }]]);
    let mut nobody = request("principal");
    nobody["principal"] = json!("arn:aws:s3:::bucket");
    let refused = refused.to_string();
    let nobody = nobody.to_string();
    let deep = "[".repeat(100_000);
    let bad: [(&[u8], Value, &str); 9] = [
        (b"nope", Value::Null, "not a request"),
        (b"[]", Value::Null, "not a request"),
        (b"\xff\xfe{}", Value::Null, "not UTF-8 from byte 1 on"),
        (b"{\"id\":\"\x80\"}", Value::Null, "not UTF-8 from byte 8 on"),
        (b"{\"id\":7}", json!(7), "missing field `principal`"),
        (b"{\"id\":7}{\"id\":8}", Value::Null, "not a request"),
        (refused.as_bytes(), json!("policy"), "scps[1][0]: Statement[0]"),
        (nobody.as_bytes(), json!("principal"), "`arn:aws:s3:::bucket`"),
        (deep.as_bytes(), Value::Null, "not a request"),
    ];
    for (line, id, part) in bad {
        let content = [good.as_bytes(), b"\n", line, b"\n", good.as_bytes()].concat();
        let run = simulate(1, content);
        let found = verdicts(&run);
        assert_eq!(found.len(), 3, "{run}");
        assert_eq!((found[1].0.clone(), found[1].1.contains(part)), (id, true), "`{part}`: {run}");
        assert!(found[1].1.starts_with("line 2: "), "{run}");
        assert_eq!(answers(&run)[1].as_object().expect("an object").len(), 2, "{run}");
        for other in [&found[0], &found[2]] {
            assert_eq!(*other, (json!("good"), "allowed".to_owned()), "{run}");
        }
        assert!(run.stderr.is_empty(), "{run}");
    }
}

#[test]
fn a_line_of_16_mebibytes_is_answered_and_a_longer_one_is_passed_by() {
    const LIMIT: usize = 16 << 20;
    let good = request("good").to_string();
    let full = format!("{good}{}", " ".repeat(LIMIT - good.len()));
    let run = simulate(1, format!("{full}\n{full} \n{good}\n{}", "x".repeat(3 * LIMIT)));
    let found = verdicts(&run);
    assert_eq!(found.len(), 4, "{run}");
    assert_eq!(found[0], (json!("good"), "allowed".to_owned()));
    assert_eq!(found[2], found[0]);
    for (position, number) in [(1, 2), (3, 4)] {
        let error = format!("line {number}: longer than 16 MiB, the most that a line may have");
        assert_eq!(found[position], (Value::Null, error));
    }
}

#[test]
fn unknown_members_are_named_once_and_only_on_stderr() {
    let census = Census::offline();
    let plain = request(1).to_string();
    let mut noted = request(1);
    noted["boundry"] = json!([{ "deep": null }]);
    let noted = noted.to_string();
    let arguments = ["simulate", "aws", "--requests", "requests.jsonl"];
    census.file("requests.jsonl", format!("{plain}\n{noted}\n{noted}\n"));
    let run = census.expect(0, &arguments);
    assert_eq!(run.stderr, "warning: `boundry` in line 2 is no member of a request, and changes no answer\n");
    let answers: Vec<&str> = run.text().lines().collect();
    assert_eq!((answers[0], answers[0]), (answers[1], answers[2]));
    let quiet = census.expect(0, &[arguments.as_slice(), &["--quiet"]].concat());
    assert_eq!((quiet.stderr.as_str(), &quiet.stdout), ("", &run.stdout));
    // A new one on every line: the warnings stop.
    let many: String =
        (0..1000).map(|n| noted.replace("boundry", &format!("m{n}\\u001b[2J")) + "\n").collect();
    census.file("requests.jsonl", many);
    let run = census.expect(0, &arguments);
    assert_eq!(run.stderr.lines().count(), 21, "{run}");
    assert!(
        run.stderr
            .ends_with("warning: line 21 and maybe others have still other members that no request has\n")
    );
    assert!(!run.stderr.contains('\u{1b}'), "{run}");
}

#[test]
fn what_cannot_be_read_is_a_problem_with_help() {
    let census = Census::offline();
    for name in ["nowhere.jsonl", "."] {
        let run = census.expect(1, &["simulate", "aws", "--requests", name]);
        assert!(run.stderr.starts_with(&format!("error: cannot read `{name}`: ")), "{run}");
        assert!(run.stderr.contains("\nhelp: ") && run.stdout.is_empty(), "{run}");
    }
    for wrong in [["simulate", "aws"].as_slice(), &["simulate", "nimbus", "--requests", "-"], &["simulate"]] {
        census.expect(2, wrong);
    }
}

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary with pipes to talk through.
struct Talk {
    child: Child,
    asks: ChildStdin,
    answers: Receiver<String>,
}

impl Talk {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_census"))
            .args(["simulate", "aws", "--requests", "-"])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let asks = child.stdin.take().expect("a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, answers) = mpsc::channel();
        // Ends with the output, or with the test.
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, asks, answers }
    }

    fn ask(&mut self, text: &str) {
        self.asks.write_all(text.as_bytes()).expect("a listener");
    }

    fn line(&self) -> String {
        self.answers.recv_timeout(PATIENCE).expect("an answer in time")
    }

    fn answer(&self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Closes the pipes; the exit status and what is on stderr.
    fn end(self) -> (Option<i32>, String) {
        let Self { child, asks, answers } = self;
        drop((asks, answers));
        let output = child.wait_with_output().expect("an end");
        (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
    }
}

#[test]
fn answers_come_while_the_asker_waits() {
    let mut talk = Talk::start();
    // If an answer waited for more input, this would wait in vain.
    for id in 0..3 {
        talk.ask(&format!("{}\n", request(id)));
        assert_eq!(talk.answer()["id"], id);
    }
    // A beginning of the next line holds nothing back either.
    let [one, next] = [request("one"), request("next")].map(|value| value.to_string());
    let (begin, rest) = next.split_at(20);
    talk.ask(&format!("{one}\n{begin}"));
    assert_eq!(talk.answer()["id"], "one");
    talk.ask(&format!("{rest}\n"));
    assert_eq!(talk.answer()["id"], "next");
    assert_eq!(talk.end(), (Some(0), String::new()));
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_run_quietly() {
    let census = Census::offline();
    let line = request(1).to_string() + "\n";
    let path = census.file("requests.jsonl", line.repeat(20_000));
    let mut child = Command::new(env!("CARGO_BIN_EXE_census"))
        .args(["simulate", "aws", "--requests"])
        .arg(path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("an answer");
    assert!(first.starts_with("{\"id\":1,\"decision\":\"allowed\""), "{first}");
    let output = child.wait_with_output().expect("an end");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
}

/// The largest resident set so far, in KiB.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the state of the process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// A line of which hardly anything occurs in another one, so that whatever is kept of lines adds up.
fn unlike_others(n: u64) -> String {
    let policy = format!(
        r#"{{"Statement":{{"Sid":"S","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-{n}/*"}}}}"#
    );
    format!(
        r#"{{"id":{n},"principal":"arn:aws:iam::111122223333:user/{n}","action":"s3:Get{n}","resource":"arn:aws:s3:::b/{n}","context":{{"aws:PrincipalTag/{n}":"{n}"}},"identity_policies":[{policy}],"member {n}":{n}}}"#
    ) + "\n"
}

#[test]
fn memory_does_not_grow_with_the_input() {
    const AT_ONCE: u64 = 100;
    let mut talk = Talk::start();
    let mut peaks = Vec::new();
    for first in (0..200_000).step_by(AT_ONCE as usize) {
        let numbers = first..first + AT_ONCE;
        talk.ask(&numbers.clone().map(unlike_others).collect::<String>());
        for number in numbers {
            let answer = talk.line();
            assert!(answer.starts_with(&format!(r#"{{"id":{number},"decision":"denied""#)), "{answer}");
        }
        if [2_000, 200_000].contains(&(first + AT_ONCE)) {
            peaks.push(peak(talk.child.id()));
        }
    }
    let (few, many) = (peaks[0], peaks[1]);
    assert!(many * 2 < few * 3, "{few} KiB for 2,000 lines, {many} KiB for 200,000");
    assert_eq!(talk.end().0, Some(0));
}

/// What stands in a Markdown page between a comment and the next comment, or the end of a code block.
fn tested<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<!-- tested: {name} -->\n")).expect("the comment");
    match rest.strip_prefix("```json\n") {
        Some(code) => code.split_once("```").expect("the end of the block").0,
        None => rest.split_once("\n\n").expect("the end of the table").0,
    }
}

#[test]
fn the_documentation_is_true() {
    let page = repository("docs/simulate.md");
    let [mut request, answer] = ["request", "answer"].map(|name| {
        serde_json::from_str::<Value>(tested(&page, name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    });
    assert_eq!(answers(&simulate(0, request.to_string())), std::slice::from_ref(&answer));
    // Every member of the table is known; one that is not would be warned of.
    let cells = tested(&page, "members").lines().skip(2).map(|row| row.split('`').nth(1).expect("a name"));
    let members: Vec<&str> = cells.collect();
    assert_eq!(members.len(), 15, "{members:?}");
    for name in members {
        if request.get(name).is_none() {
            request[name] = Value::Null;
        }
    }
    request["context_complete"] = json!(true);
    let run = simulate(0, request.to_string());
    assert!(run.stderr.is_empty(), "{run}");
    assert_eq!(answers(&run), [answer]);
}

#[test]
fn the_example_requests_say_what_their_names_say() {
    let run = simulate(0, repository("examples/requests.jsonl"));
    let expected = [
        ("a role reads what its policy names", "allowed"),
        ("a deny without MFA wins over an administrator", "explicit"),
        ("an organization that leaves a region out", "scp"),
        ("a boundary without the action", "boundary"),
        ("a session policy that is narrower than its role", "session"),
        ("another account's bucket without a policy for it", "implicit"),
        ("another account's bucket whose policy names the account", "allowed"),
        ("a key whose policy leaves nothing to IAM", "implicit"),
        ("a workflow of another repository", "implicit"),
        ("a condition that nobody has looked up", "conditional"),
    ];
    assert_eq!(verdicts(&run), expected.map(|(id, verdict)| (json!(id), verdict.to_owned())));
    assert!(run.stderr.is_empty(), "{run}");
    // The README shows some of the answers.
    let readme = repository("README.md");
    let shown: Vec<&str> = readme.lines().filter(|line| line.starts_with("{\"id\":")).collect();
    assert!(!shown.is_empty());
    for line in shown {
        assert!(run.text().lines().any(|answer| answer == line), "not an answer: {line}");
    }
}

#[test]
fn names_in_answers_steer_no_terminal() {
    let sid = "a\u{9b}31mb\u{202e}c";
    let request = json!({
        "id": "\u{9b}", "principal": "arn:aws:iam::111122223333:user/a", "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/k",
        "identity_policies": [{ "Statement": { "Sid": sid, "Effect": "Allow", "Action": "*", "Resource": "*" } }],
    });
    let run = simulate(0, request.to_string());
    assert!(run.text().chars().all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')), "{run}");
    assert_eq!(answers(&run)[0]["because"][0]["statement"], sid, "the value is the same");
}
