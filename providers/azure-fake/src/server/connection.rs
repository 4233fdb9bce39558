//! Connections: the proxy's own, and those that run through it.

use std::{io, sync::Arc};

use http_body_util::BodyExt;
use hyper::{
    Method, Request as HttpRequest, Response, StatusCode, body::Incoming, header, server::conn::http1,
    service::service_fn, upgrade::Upgraded,
};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::{State, authority::Authority, body::Payload};
use crate::{
    cloud::{Host, METADATA_HOST},
    http::{Answer, Content, Delivery, Place, Request},
};

pub(super) async fn serve(listener: std::net::TcpListener, state: Arc<State>, authority: Arc<Authority>) {
    // It is nonblocking and inside of a runtime, so this does not fail.
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    while let Ok((stream, _)) = listener.accept().await {
        let (state, authority) = (Arc::clone(&state), Arc::clone(&authority));
        tokio::spawn(proxy(stream, state, authority));
    }
}

async fn proxy(stream: TcpStream, state: Arc<State>, authority: Arc<Authority>) {
    let service = service_fn(|request: HttpRequest<Incoming>| {
        let (state, authority) = (Arc::clone(&state), Arc::clone(&authority));
        async move {
            if request.method() == Method::CONNECT {
                Ok(connect(request, &state, &authority))
            } else {
                plain(request, state).await
            }
        }
    });
    // A client that goes away in the middle is its own affair.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await;
}

/// Opens a way to a host that is played; refuses all others.
fn connect(
    request: HttpRequest<Incoming>,
    state: &Arc<State>,
    authority: &Arc<Authority>,
) -> Response<Payload> {
    let target = request.uri().authority().map(ToString::to_string).unwrap_or_default();
    let host = target.strip_suffix(":443").and_then(Host::parse).filter(|host| state.plays(host));
    let config = host.map(|host| authority.config(&host.name).map(|config| (host, config)));
    let Some(Ok((host, config))) = config else {
        state.refuse(&target);
        return status(StatusCode::FORBIDDEN);
    };
    let state = Arc::clone(state);
    tokio::spawn(async move {
        let Ok(upgraded) = hyper::upgrade::on(request).await else { return };
        if let Ok(stream) = TlsAcceptor::from(config).accept(TokioIo::new(upgraded)).await {
            tunnel(stream, host, state).await;
        }
    });
    status(StatusCode::OK)
}

async fn tunnel(stream: tokio_rustls::server::TlsStream<TokioIo<Upgraded>>, host: Host, state: Arc<State>) {
    let service = service_fn(|request| answer(request, host.clone(), Arc::clone(&state)));
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// A request that came to the proxy itself: only the managed identity endpoint is asked this way.
async fn plain(request: HttpRequest<Incoming>, state: Arc<State>) -> io::Result<Response<Payload>> {
    if request.uri().host() == Some(METADATA_HOST) {
        return answer(request, Host::metadata(), state).await;
    }
    state.refuse(&request.uri().to_string());
    Ok(status(StatusCode::FORBIDDEN))
}

async fn answer(
    request: HttpRequest<Incoming>,
    host: Host,
    state: Arc<State>,
) -> io::Result<Response<Payload>> {
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let mut asked = Request::new(host, head.method.as_str(), target, Place::Outer);
    asked.headers = head
        .headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    asked.body = body.collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
    // Answering is work without waiting: a thread of its own keeps the others served.
    let answer = tokio::task::spawn_blocking(move || state.answer(&asked)).await.map_err(io::Error::other)?;
    deliver(answer)
}

fn deliver(answer: Answer) -> io::Result<Response<Payload>> {
    let payload = match answer.delivery {
        Delivery::Whole => Payload::whole(answer.body),
        Delivery::Cut => Payload::cut(answer.body),
        Delivery::Reset => return Err(io::ErrorKind::ConnectionReset.into()),
    };
    let kind = match answer.content {
        Content::Json => "application/json; charset=utf-8",
        Content::Html => "text/html",
    };
    let mut response = Response::builder().status(answer.status).header(header::CONTENT_TYPE, kind);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(payload).map_err(io::Error::other)
}

fn status(status: StatusCode) -> Response<Payload> {
    let mut response = Response::new(Payload::whole(""));
    *response.status_mut() = status;
    response
}
