//! A small endpoint on this machine that answers as a test says.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Status and body of an answer.
pub(crate) type Answer = (u16, String);

/// Which operations were called, and how often.
pub(crate) type Calls = BTreeMap<String, usize>;

/// An endpoint that tells operations apart.
pub(crate) struct Endpoint {
    /// Its address.
    pub(crate) url: String,
    calls: Arc<Mutex<Calls>>,
}

impl Endpoint {
    /// Answers each call by its operation and how many times that was called before.
    pub(crate) async fn new(script: impl Fn(&str, usize) -> Answer + Send + Sync + 'static) -> Self {
        Self::reading(move |operation, _, before| script(operation, before)).await
    }

    /// The same, by the body of the request too.
    pub(crate) async fn reading(
        script: impl Fn(&str, &str, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Calls::new()));
        let (script, counts) = (Arc::new(script), Arc::clone(&calls));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (script, counts) = (Arc::clone(&script), Arc::clone(&counts));
                tokio::spawn(async move {
                    let (operation, body) = request(&mut stream).await;
                    let before = {
                        let mut counts = counts.lock().unwrap();
                        let count = counts.entry(operation.clone()).or_default();
                        *count += 1;
                        *count - 1
                    };
                    let (status, body) = script(&operation, &body, before);
                    let length = body.len();
                    let answer = format!(
                        "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                    );
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        Self { url, calls }
    }

    /// How often an operation was called.
    pub(crate) fn calls(&self, operation: &str) -> usize {
        self.calls.lock().unwrap().get(operation).copied().unwrap_or_default()
    }
}

/// The operation of a request: the target header of JSON services, else the `Action` of the form, else the request as
/// `GET /path` or `POST /path`; and its body.
async fn request(stream: &mut TcpStream) -> (String, String) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap_or_default();
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let header = |name: &str| {
            let mut lines = text.lines();
            lines.find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
        };
        let length: usize =
            header("content-length:").and_then(|value| value.parse().ok()).unwrap_or_default();
        if let Some((_, body)) = text.split_once("\r\n\r\n")
            && body.len() >= length
        {
            let is_of_query = text.starts_with("POST / ");
            let mut fields = body.split('&');
            let operation = match header("x-amz-target:") {
                // Several services have an operation of this name.
                Some(target) => match target.rsplit_once('.') {
                    Some((_, "GetResourcePolicy")) | None => target,
                    Some((_, operation)) => operation.to_owned(),
                },
                None if !is_of_query => text.split(" HTTP/1.1").next().unwrap_or_default().to_owned(),
                None => fields.find_map(|field| field.strip_prefix("Action=")).unwrap_or_default().to_owned(),
            };
            return (operation, body.to_owned());
        }
        if count == 0 {
            return Default::default();
        }
    }
}

/// An error as IAM and STS send it.
pub(crate) fn error(status: u16, code: &str) -> Answer {
    (status, format!("<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code></Error></ErrorResponse>"))
}

/// An answer as IAM and STS send it.
pub(crate) fn ok(operation: &str, result: &str) -> Answer {
    let body =
        format!("<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>");
    (200, body)
}
