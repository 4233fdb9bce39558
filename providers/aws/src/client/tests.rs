//! Guard, gate and failures, against a server on this machine.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use census_model::GapReason;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::fetch::READS;

/// A server that gives each connection the same bytes and closes it.
struct Server {
    endpoint: String,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn answering(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut request = [0; 8192];
                    let _ = stream.read(&mut request).await;
                    let _ = stream.write_all(answer.as_bytes()).await;
                    if answer.is_empty() {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { endpoint, connections }
    }

    async fn with_status(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::answering(format!(
            "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
        ))
        .await
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn read(operation: &str) -> &'static DeclaredRead {
    READS.iter().find(|read| read.operation == operation).unwrap()
}

async fn summary(api: &Api) -> Failure {
    let request = api.iam.get_account_summary();
    api.call(read("GetAccountSummary"), request.send()).await.map(drop).unwrap_err()
}

async fn failure_of(status: u16, headers: &str, body: &str) -> Failure {
    let server = Server::with_status(status, headers, body).await;
    summary(&Connection::for_test(&server.endpoint, 1, 0).api()).await
}

fn error_body(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>in-the-body</RequestId></ErrorResponse>"
    )
}

#[tokio::test]
async fn an_undeclared_operation_never_reaches_the_network() {
    let server = Server::with_status(200, "", "").await;
    let connection = Connection::for_test(&server.endpoint, 3, 0);
    let api = connection.api();
    let failures = [
        api.call(read("ListAccessKeys"), api.iam.create_access_key().user_name("x").send()).await.map(drop),
        api.call(read("ListAccessKeys"), api.iam.delete_user().user_name("x").send()).await.map(drop),
        api.call(read("GetCallerIdentity"), api.sts.get_session_token().send()).await.map(drop),
        api.call(read("ListRoots"), api.organizations.leave_organization().send()).await.map(drop),
    ];
    for failure in failures {
        let failure = failure.unwrap_err();
        assert_eq!(failure.cause, Cause::Client);
        assert!(failure.detail.contains("not among the declared reads"), "{}", failure.detail);
    }
    assert_eq!(server.connections(), 0);
    assert_eq!(connection.requests(), 0);
    summary(&api).await;
    assert_eq!(server.connections(), 1, "a declared one does");
}

#[tokio::test]
async fn a_host_that_is_not_of_aws_is_refused_and_named() {
    for endpoint in ["https://iam.s3.amazonaws.com", "http://iam.amazonaws.com", "https://census.invalid"] {
        let connection = Connection::for_test(endpoint, 3, 0);
        let failure = summary(&connection.api()).await;
        assert_eq!(failure.reason, GapReason::Failed);
        assert!(failure.detail.contains("refused to send"), "{}", failure.detail);
        assert_eq!(connection.requests(), 0);
        let problem = connection.refusal().unwrap_err();
        let host = endpoint.rsplit('/').next().unwrap();
        assert!(problem.to_string().contains(host), "{problem}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = Server::with_status(200, "", "").await;
    let headers = format!("location: {}\r\n", target.endpoint);
    for status in [301, 302, 307, 308] {
        let server = Server::with_status(status, &headers, "").await;
        let failure = summary(&Connection::for_test(&server.endpoint, 3, 0).api()).await;
        assert!(failure.detail.contains("redirect"), "{}", failure.detail);
        assert_eq!(failure.reason, GapReason::Failed);
        assert_eq!(server.connections(), 1);
    }
    assert_eq!(target.connections(), 0);
}

#[tokio::test]
async fn errors_become_reasons_and_keep_no_body() {
    let secret = "CANARYSECRET";
    for (status, code, expected) in [
        (403, "AccessDenied", GapReason::Denied),
        (403, "SignatureDoesNotMatch", GapReason::Denied),
        (403, "InvalidClientTokenId", GapReason::Denied),
        (400, "Throttling", GapReason::Throttled),
        (400, "InvalidAction", GapReason::Unsupported),
        (500, "ServiceFailure", GapReason::Failed),
        (404, "NoSuchEntity", GapReason::Failed),
    ] {
        let message = if code == "AccessDenied" { "User x is not\u{202e} authorized" } else { secret };
        let headers = format!("x-amzn-requestid: abc-123\r\nx-note: {secret}\r\n");
        let failure = failure_of(status, &headers, &error_body(code, message)).await;
        assert_eq!(failure.reason, expected, "{code}");
        assert!(failure.is(code), "{failure:?}");
        assert!(
            failure.detail.contains(&format!("HTTP {status} {code}, request abc-123")),
            "{}",
            failure.detail
        );
        assert!(
            !failure.detail.contains(secret) && !failure.detail.contains('\u{202e}'),
            "{}",
            failure.detail
        );
        assert_eq!(failure.detail.contains("is not authorized"), code == "AccessDenied");
    }
}

#[tokio::test]
async fn answers_that_are_no_answers() {
    let html = "content-type: text/html; charset=utf-8\r\n";
    assert_eq!(failure_of(500, html, "<!doctype html><p>no").await.reason, GapReason::Unsupported);
    assert_eq!(failure_of(501, "", "").await.reason, GapReason::Unsupported);
    assert_eq!(failure_of(500, "", "").await.reason, GapReason::Failed);
    assert_eq!(failure_of(403, "", "<not xml").await.reason, GapReason::Denied);
    assert_eq!(failure_of(429, "", "").await.reason, GapReason::Throttled);
    assert_eq!(failure_of(200, "", "<GetAccountSummaryResponse><Get").await.reason, GapReason::Failed);
    assert_eq!(failure_of(200, html, "<!doctype html><p>sign in").await.reason, GapReason::Invalid);
    let cut = Server::answering("HTTP/1.1 200 x\r\ncontent-length: 100\r\n\r\n<Get".into()).await;
    let failure = summary(&Connection::for_test(&cut.endpoint, 1, 0).api()).await;
    assert_eq!(failure.reason, GapReason::Failed, "{}", failure.detail);
    let silent = Server::answering(String::new()).await;
    let failure = summary(&Connection::for_test(&silent.endpoint, 1, 0).api()).await;
    assert_eq!(failure.reason, GapReason::Failed);
    assert!(failure.detail.contains("in time"), "{}", failure.detail);
    let nobody = Connection::for_test("http://127.0.0.1:1", 1, 0);
    assert!(summary(&nobody.api()).await.detail.contains("connection refused"));
}

#[tokio::test]
async fn each_try_counts_and_keeps_to_the_cap() {
    let server = Server::with_status(503, "", "").await;
    let connection = Connection::for_test(&server.endpoint, 3, 0);
    summary(&connection.api()).await;
    assert_eq!(server.connections(), 3);
    assert_eq!(connection.requests(), 3);

    let server = Server::with_status(503, "", "").await;
    let capped = Connection::for_test(&server.endpoint, 3, 2).api();
    let within = std::time::Duration::from_millis(400);
    assert!(tokio::time::timeout(within, summary(&capped)).await.is_err(), "the third try must wait");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn after_the_deadline_nothing_is_sent_and_a_running_call_is_cut() {
    let server = Server::answering(String::new()).await;
    let connection = Connection::for_test(&server.endpoint, 1, 0);
    let mut api = connection.api();
    api.deadline = Some(Instant::now());
    assert_eq!(summary(&api).await, Failure::deadline());
    assert_eq!(connection.requests(), 0);
    api.deadline = Some(Instant::now() + std::time::Duration::from_millis(200));
    assert_eq!(summary(&api).await, Failure::deadline());
    assert_eq!(connection.requests(), 1);
}
