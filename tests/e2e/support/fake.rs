//! The fake of `fake.py`: what it is told to answer, and what it was asked.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::{Value, json};

use super::{census::Census, servers::Server, world::text};

/// The account of [`everything`].
pub(crate) const ACCOUNT: &str = "111122223333";

/// A call as (operation, region).
pub(crate) type Asked = (String, String);

/// A fake that runs.
pub(crate) struct Fake(Server);

impl Fake {
    /// Answers as this scenario says.
    pub(crate) fn of(scenario: &Value) -> Self {
        let fake = Self(Server::fake());
        fake.tell(scenario);
        fake
    }

    /// Answers otherwise from now on, and forgets the calls.
    pub(crate) fn tell(&self, scenario: &Value) {
        self.exchange("POST", "/scenario", &scenario.to_string());
    }

    /// The calls since it was last told, in order.
    pub(crate) fn calls(&self) -> Vec<Value> {
        let calls: Value = serde_json::from_str(&self.exchange("GET", "/calls", "")).expect("JSON");
        calls.as_array().expect("a list").clone()
    }

    /// What was asked where.
    pub(crate) fn asked(&self) -> BTreeSet<Asked> {
        self.calls().iter().map(|call| (text(call, "operation"), text(call, "region"))).collect()
    }

    /// The binary, talking to it.
    pub(crate) fn census(&self) -> Census {
        let census = Census::at(&self.0.url());
        census.file("census.toml", "[aws]\nresource_policies = false\nidentity_center = false\n");
        census
    }

    fn exchange(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.0.port())).expect("the fake listens");
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: fake\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{method} {path}: {answer}");
        answer.split_once("\r\n\r\n").expect("a body").1.to_owned()
    }
}

/// An account with one of everything in one region, a function in another, and nothing in a third. Whatever holds a
/// secret in AWS holds [`CANARY`].
pub(crate) fn everything() -> Value {
    serde_json::from_str(include_str!("../workloads/everything.json")).expect("a scenario")
}

/// What must never be kept.
pub(crate) const CANARY: &str = "CANARY";

/// The scenario with these faults.
pub(crate) fn with_faults(faults: &[Value]) -> Value {
    let mut scenario = everything();
    scenario["faults"] = faults.into();
    scenario
}

/// The scenario with another answer to an operation.
pub(crate) fn with_answer(operation: &str, answer: &Value) -> Value {
    let mut scenario = everything();
    let answers = scenario["answers"].as_array_mut().expect("answers");
    answers.retain(|one| one["operation"] != operation);
    answers.push(json!({"operation": operation, "pages": [answer]}));
    scenario
}
