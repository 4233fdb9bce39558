//! A proxy between the scanner and a stand-in: it counts calls, and misbehaves on request.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http_body_util::{BodyExt, Either, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING},
    http::request::Parts,
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
    time::sleep,
};

pub(crate) use super::call::{Call, Fault, Rule};
use super::{
    answers::Answer,
    call::describe,
    cut::Cut,
    details::{Shape, between, name_policies, reshape},
};

const DETAILS: &str = "iam:GetAccountAuthorizationDetails";

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

    /// Notes a call and finds what is to happen to it, and what is answered in place of the server.
    fn note(&self, call: &mut Call) -> (Option<Fault>, Option<Answer>) {
        let mut state = self.state();
        call.account = state.accounts.get(&call.key).cloned().unwrap_or_else(|| "caller".to_owned());
        state.calls.push(call.clone());
        let fault = state.faults.iter_mut().find(|rule| rule.applies(call)).map(Rule::strike);
        let usual = state.usual.iter_mut().find(|rule| rule.applies(call)).map(Rule::strike);
        match (fault, usual) {
            (Some(Fault::Answer(answer)), _) | (None, Some(Fault::Answer(answer))) => (None, Some(answer)),
            (fault, Some(Fault::Answer(answer))) => (fault, Some(answer)),
            (fault, _) => (fault, None),
        }
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
    let mut call = describe(&head.headers, &body);
    let (fault, instead) = shared.note(&mut call);
    let instead = match &fault {
        Some(Fault::Denied) => Some(Answer::denied(call.service(), call.verb())),
        Some(Fault::Throttled(status)) => Some(Answer::throttled(call.service(), *status)),
        Some(Fault::Broken) => Some(Answer::broken(call.service())),
        _ => instead,
    };
    if let Some(Fault::Reset) = fault {
        socket.set_zero_linger()?;
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    if let Some(Fault::Slow(delay)) = fault {
        sleep(delay).await;
    }
    let (mut head, body) = match instead {
        Some(answer) => answer.into_response(),
        None => forward(&shared, &call, &head, body).await?,
    }
    .into_parts();
    let half = body.slice(..body.len() / 2);
    let body = match fault {
        Some(Fault::Truncated) => {
            head.headers.insert(CONTENT_LENGTH, body.len().into());
            Either::Right(Cut::after(half))
        }
        Some(Fault::Malformed) => Either::Left(Full::new(half)),
        _ => Either::Left(Full::new(body)),
    };
    Ok(Response::from_parts(head, body))
}

/// The server's answer, reshaped.
async fn forward(
    shared: &Shared,
    call: &Call,
    head: &Parts,
    body: Bytes,
) -> Result<Response<Bytes>, io::Error> {
    // Pages are cut here, so the server is asked for the whole whatever the marker.
    let parameters: Vec<_> = call.form.iter().filter(|(name, _)| *name != "Marker").collect();
    let question = format!("{} {} {parameters:?}", call.account, call.operation);
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
async fn ask(shared: &Shared, head: &Parts, body: Bytes) -> Result<Upstream, io::Error> {
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
            let account = call.entered();
            if let (Some(key), Some(account)) = (between(text, "<AccessKeyId>", "</AccessKeyId>"), account) {
                shared.state().accounts.insert(key.to_owned(), account.to_owned());
            }
            body
        }
        _ => body,
    }
}
