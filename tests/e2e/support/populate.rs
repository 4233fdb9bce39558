//! Runs `populate.py`, which puts a company into a stand-in with boto3.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::servers::{Server, program};

/// Runs one scenario and returns what was put in.
pub(crate) fn populate(server: &Server, scenario: &str, parameters: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/support/populate.py");
    let arguments = [script.display().to_string(), scenario.to_owned(), server.url()];
    let output = python(&arguments, parameters.to_string().as_bytes());
    serde_json::from_slice(&output).expect("populate.py prints JSON")
}

/// Runs Python of the test environment and returns its stdout.
pub(crate) fn python(arguments: &[String], input: &[u8]) -> Vec<u8> {
    let mut command = Command::new(program("python"));
    command.env_clear().env("AWS_EC2_METADATA_DISABLED", "true").args(arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("Python reads");
    let output = child.wait_with_output().expect("Python ends");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
