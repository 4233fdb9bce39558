//! A proxy between the scanner and a stand-in: it counts calls, and misbehaves on request.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use http_body_util::{BodyExt, Either, Full};
use hyper::{
    Request, Response,
    body::{Body, Bytes, Frame, Incoming},
    header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    time::{Sleep, sleep},
};

use super::{
    answers::Answer,
    details::{Shape, between, name_policies, reshape},
};

const DETAILS: &str = "iam:GetAccountAuthorizationDetails";

/// One request that came through.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// `iam:ListAccessKeys`.
    pub(crate) operation: String,
    /// The account that the credentials belong to; `caller` for those of the environment.
    pub(crate) account: String,
    /// The parameters of a query request.
    pub(crate) form: BTreeMap<String, String>,
}

/// What happens to a request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Permission denied.
    Denied,
    /// Status 429 with `Retry-After`.
    Throttled,
    /// Status 500.
    Broken,
    /// The connection is reset.
    Reset,
    /// The answer ends in the middle, although `Content-Length` promised more.
    Truncated,
    /// The answer is whole as HTTP, but only half a document.
    Malformed,
    /// The answer comes late.
    Slow(Duration),
    /// This answer instead.
    Answer(Answer),
}

/// A fault for some requests.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    operation: String,
    account: Option<String>,
    parameter: Option<(String, String)>,
    fault: Fault,
    left: Option<usize>,
}

impl Rule {
    /// A fault for every call of an operation, `iam:ListAccessKeys`; `*` means every operation.
    pub(crate) fn new(operation: &str, fault: Fault) -> Self {
        Self { operation: operation.to_owned(), account: None, parameter: None, fault, left: None }
    }

    /// Only for calls with credentials of this account, and for entering it.
    pub(crate) fn account(self, account: &str) -> Self {
        Self { account: Some(account.to_owned()), ..self }
    }

    /// Only for calls with this parameter.
    pub(crate) fn parameter(self, name: &str, value: &str) -> Self {
        Self { parameter: Some((name.to_owned(), value.to_owned())), ..self }
    }

    /// Only for the first calls.
    pub(crate) fn times(self, times: usize) -> Self {
        Self { left: Some(times), ..self }
    }

    fn applies(&self, call: &Call) -> bool {
        let entered = call.form.get("RoleArn").and_then(|arn| arn.split(':').nth(4));
        let fits = |account: &String| *account == call.account || Some(account.as_str()) == entered;
        (self.operation == "*" || self.operation == call.operation)
            && self.account.as_ref().is_none_or(fits)
            && self.parameter.as_ref().is_none_or(|(name, value)| call.form.get(name) == Some(value))
            && self.left != Some(0)
    }
}

#[derive(Default)]
struct State {
    faults: Vec<Rule>,
    usual: Vec<Rule>,
    shape: Shape,
    calls: Vec<Call>,
    accounts: BTreeMap<String, String>,
    secrets: Vec<String>,
    answers: HashMap<String, Upstream>,
}

/// An answer of the server behind.
type Upstream = (hyper::http::response::Parts, Bytes);

struct Shared {
    upstream: u16,
    memory: Memory,
    client: Client<HttpConnector, Full<Bytes>>,
    state: Mutex<State>,
}

/// Whether the server behind is asked again what it has answered before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Memory {
    /// Each time.
    None,
    /// Once: nothing in it changes, and it is slow.
    Answers,
}

/// The proxy. Ends with this value.
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

impl Proxy {
    /// Stands before a server on a port of 127.0.0.1.
    pub(crate) fn before(upstream: u16, memory: Memory) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        let shared = Arc::new(Shared { upstream, memory, client, state: Mutex::default() });
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("its address");
        runtime.spawn(serve(listener, Arc::clone(&shared)));
        Self { address, shared, _runtime: runtime }
    }

    /// What `AWS_ENDPOINT_URL` takes.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers that the stand-in behind lacks.
    pub(crate) fn usual(&self, rules: Vec<Rule>) {
        self.shared.state().usual = rules;
    }

    /// Misbehaves from now on in these ways and no others, and forgets the calls that it saw.
    pub(crate) fn faults(&self, rules: Vec<Rule>) {
        let mut state = self.shared.state();
        state.faults = rules;
        state.calls.clear();
    }

    /// Sends authorization details in this shape from now on.
    pub(crate) fn shape(&self, shape: Shape) {
        self.shared.state().shape = shape;
    }

    /// The requests since the faults were last set.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.state().calls.clone()
    }

    /// The secret keys and session tokens that were handed out.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.shared.state().secrets.clone()
    }

    /// How many requests there were of each operation.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in self.calls() {
            *counts.entry(call.operation).or_insert(0) += 1;
        }
        counts
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call and finds what is to happen to it.
    fn note(&self, call: &mut Call, key: &str) -> Option<Fault> {
        let mut state = self.state();
        call.account = state.accounts.get(key).cloned().unwrap_or_else(|| "caller".to_owned());
        state.calls.push(call.clone());
        let State { faults, usual, .. } = &mut *state;
        let rule = faults.iter_mut().chain(usual).find(|rule| rule.applies(call))?;
        rule.left = rule.left.map(|left| left - 1);
        Some(rule.fault.clone())
    }
}

type Reply = Response<Either<Full<Bytes>, Cut>>;

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // A second handle on the same socket, to reset the connection below the HTTP layer.
            let Ok((stream, handle)) = twice(stream) else { return };
            let handle = Arc::new(handle);
            let service =
                service_fn(move |request| answer(request, Arc::clone(&shared), Arc::clone(&handle)));
            // A connection that ends badly is what some tests are about.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn twice(stream: TcpStream) -> io::Result<(TcpStream, TcpStream)> {
    let stream = stream.into_std()?;
    Ok((TcpStream::from_std(stream.try_clone()?)?, TcpStream::from_std(stream)?))
}

async fn answer(
    request: Request<Incoming>,
    shared: Arc<Shared>,
    socket: Arc<TcpStream>,
) -> Result<Reply, io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let (key, service) = credential_scope(&head.headers);
    let mut call = describe(&service, &head.headers, &body);
    let fault = shared.note(&mut call, &key);
    match fault {
        None => {}
        Some(Fault::Slow(delay)) => sleep(delay).await,
        Some(Fault::Denied) => {
            let operation = call.operation.split_once(':').map_or("", |(_, operation)| operation);
            return Ok(reply(Answer::denied(&service, operation)));
        }
        Some(Fault::Throttled) => return Ok(reply(Answer::throttled(&service))),
        Some(Fault::Broken) => return Ok(reply(Answer::broken(&service))),
        Some(Fault::Answer(answer)) => return Ok(reply(answer)),
        Some(Fault::Reset) => {
            socket.set_zero_linger()?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Some(Fault::Truncated) => {
            let (head, body) = forward(&shared, &call, &head, body).await?.into_parts();
            let mut response = Response::from_parts(head, Either::Right(Cut::half(&body)));
            response.headers_mut().insert(CONTENT_LENGTH, body.len().into());
            return Ok(response);
        }
        Some(Fault::Malformed) => {
            let response = forward(&shared, &call, &head, body).await?;
            return Ok(response.map(|body| Either::Left(Full::new(body.slice(..body.len() / 2)))));
        }
    }
    Ok(forward(&shared, &call, &head, body).await?.map(|body| Either::Left(Full::new(body))))
}

/// The server's answer, reshaped.
async fn forward(
    shared: &Shared,
    call: &Call,
    head: &hyper::http::request::Parts,
    body: Bytes,
) -> Result<Response<Bytes>, io::Error> {
    // Pages are cut here, so the server is asked for the whole whatever the marker.
    let form: Vec<(&String, &String)> = call.form.iter().filter(|(name, _)| *name != "Marker").collect();
    let question = match form.as_slice() {
        [] => format!("{} {} {}", call.account, call.operation, String::from_utf8_lossy(&body)),
        form => format!("{} {form:?}", call.account),
    };
    let known = shared.state().answers.get(&question).cloned();
    let (head, body) = match known {
        Some(known) => known,
        None => {
            let (head, body) = ask(shared, head, body).await?;
            match std::str::from_utf8(&body) {
                Ok(text) if call.operation == DETAILS => (head, name_policies(text).into()),
                _ => (head, body),
            }
        }
    };
    let keep =
        shared.memory == Memory::Answers && head.status.is_success() && call.operation != "sts:AssumeRole";
    if keep {
        shared.state().answers.insert(question, (head.clone(), body.clone()));
    }
    let body = if head.status.is_success() { rewrite(shared, call, body) } else { body };
    Ok(Response::from_parts(head, body))
}

/// Passes the request on unchanged, the `Host` header too, which the signature covers.
async fn ask(
    shared: &Shared,
    head: &hyper::http::request::Parts,
    body: Bytes,
) -> Result<Upstream, io::Error> {
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(head.method.clone())
        .uri(format!("http://127.0.0.1:{}{path}", shared.upstream))
        .body(Full::new(body))
        .map_err(io::Error::other)?;
    *request.headers_mut() = head.headers.clone();
    request.headers_mut().remove(CONNECTION);
    let (mut head, body) = shared.client.request(request).await.map_err(io::Error::other)?.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION] {
        head.headers.remove(name);
    }
    Ok((head, body))
}

fn rewrite(shared: &Shared, call: &Call, body: Bytes) -> Bytes {
    let Ok(text) = std::str::from_utf8(&body) else { return body };
    match call.operation.as_str() {
        DETAILS => {
            let shape = shared.state().shape.clone();
            reshape(text, call.form.get("Marker").map(String::as_str), &shape).into()
        }
        "sts:AssumeRole" => {
            for tag in ["SecretAccessKey", "SessionToken"] {
                let secret = between(text, &format!("<{tag}>"), &format!("</{tag}>"));
                shared.state().secrets.extend(secret.map(str::to_owned));
            }
            let account = call.form.get("RoleArn").and_then(|arn| arn.split(':').nth(4));
            if let (Some(key), Some(account)) = (between(text, "<AccessKeyId>", "</AccessKeyId>"), account) {
                shared.state().accounts.insert(key.to_owned(), account.to_owned());
            }
            body
        }
        _ => body,
    }
}

/// Access key and service, from `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn credential_scope(headers: &HeaderMap) -> (String, String) {
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let scope: Vec<&str> =
        between(authorization, "Credential=", ",").unwrap_or_default().split('/').collect();
    let part = |index: usize| scope.get(index).copied().unwrap_or_default().to_owned();
    (part(0), part(3))
}

fn describe(service: &str, headers: &HeaderMap, body: &[u8]) -> Call {
    let body = String::from_utf8_lossy(body).into_owned();
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let form: BTreeMap<String, String> = match target {
        Some(_) => BTreeMap::new(),
        None => body
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (decode(k), decode(v)))
            .collect(),
    };
    let operation = target
        .and_then(|target| target.rsplit('.').next())
        .or(form.get("Action").map(String::as_str))
        .unwrap_or("unknown");
    Call { operation: format!("{service}:{operation}"), account: String::new(), form }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn reply(answer: Answer) -> Reply {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Either::Left(Full::new(answer.body.into()))).expect("an answer of ours")
}

/// The first half of a body; then the connection breaks.
struct Cut {
    half: Option<Bytes>,
    flush: Pin<Box<Sleep>>,
}

impl Cut {
    fn half(body: &Bytes) -> Self {
        Self { half: Some(body.slice(..body.len() / 2)), flush: Box::pin(sleep(Duration::from_millis(50))) }
    }
}

impl Body for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        // Time for the half to be sent.
        self.flush.as_mut().poll(context).map(|()| Some(Err(io::ErrorKind::BrokenPipe.into())))
    }
}

/// A host that nobody should talk to: it only notes whether somebody connected.
pub(crate) struct Trap {
    address: SocketAddr,
    contacts: Arc<Mutex<usize>>,
    _runtime: Runtime,
}

impl Trap {
    /// Listens on 127.0.0.1.
    pub(crate) fn set() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("its address");
        let contacts = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&contacts);
        runtime.spawn(async move {
            while let Ok((_stream, _)) = listener.accept().await {
                *counted.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            }
            Ok::<(), Infallible>(())
        });
        Self { address, contacts, _runtime: runtime }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections came in.
    pub(crate) fn contacts(&self) -> usize {
        *self.contacts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
