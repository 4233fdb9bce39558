//! The proxy: a thread of its own, from start to drop.

mod authority;
mod body;
mod connection;
mod state;

use std::{
    fmt, fs, io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread::JoinHandle,
};

use tokio::sync::oneshot;

use self::authority::Authority;
pub(crate) use self::state::{Context, State};
use crate::{
    calls::Call,
    settings::{Rule, Settings},
    tenant::Tenant,
};

/// A running fake. Dropping it ends it.
#[derive(Debug)]
pub struct Fake {
    proxy: String,
    folder: PathBuf,
    ca: PathBuf,
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why the fake could not start.
#[derive(Debug)]
pub struct StartError(String);

impl StartError {
    pub(crate) fn new(what: &str, error: impl fmt::Display) -> Self {
        Self(format!("{what}: {error}"))
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl Fake {
    /// Starts the proxy on a free port of 127.0.0.1 for these tenants.
    ///
    /// # Errors
    /// No port, no thread, or no place for the certificate of its authority.
    pub fn start(tenants: Vec<Tenant>, settings: Settings) -> Result<Self, StartError> {
        let authority = Authority::new()
            .map_err(|error| StartError::new("cannot make a certificate authority", error))?;
        let folder = own_folder().map_err(|error| StartError::new("cannot make a folder", error))?;
        let ca = folder.join("ca.pem");
        fs::write(&ca, authority.pem())
            .map_err(|error| StartError::new("cannot write the authority", error))?;
        let state = State::new(tenants, settings)?;
        let state = Arc::new(state);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("census-fake-azure")
            .enable_all()
            .build()
            .map_err(|error| StartError::new("cannot start a runtime", error))?;
        // The standard library's, since the caller may be inside of a runtime, where no other may be waited for.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .map_err(|error| StartError::new("cannot listen on 127.0.0.1", error))?;
        let address =
            listener.local_addr().map_err(|error| StartError::new("cannot tell the own address", error))?;
        let (stop, stopped) = oneshot::channel();
        let serving = connection::serve(listener, Arc::clone(&state), Arc::new(authority));
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serving => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        Ok(Self {
            proxy: format!("http://{address}"),
            folder,
            ca,
            state,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// What `HTTPS_PROXY` and `HTTP_PROXY` must be.
    #[must_use]
    pub fn proxy_url(&self) -> &str {
        &self.proxy
    }

    /// The file with the certificate of the authority, for `SSL_CERT_FILE` or `REQUESTS_CA_BUNDLE`.
    #[must_use]
    pub fn ca_pem_path(&self) -> &Path {
        &self.ca
    }

    /// Every request so far, in the order in which they were answered; those of a batch before the batch.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.state.calls()
    }

    /// Forgets the requests so far.
    pub fn clear_calls(&self) {
        self.state.clear_calls();
    }

    /// The hosts, with their ports, that clients wanted to reach and that are not Azure's.
    #[must_use]
    pub fn refused_hosts(&self) -> Vec<String> {
        self.state.refused()
    }

    /// From now on these faults, counted anew, instead of those before.
    pub fn set_faults(&self, faults: Vec<Rule>) {
        self.state.set_faults(faults);
    }

    /// The environment in which a client reaches the fake: proxies, and the certificate of its authority by the
    /// names that Rust's, Python's and OpenSSL's clients read.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let ca = self.ca.display().to_string();
        let mut all = Vec::new();
        for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
            all.push((name, self.proxy.clone()));
        }
        for name in ["NO_PROXY", "no_proxy"] {
            all.push((name, String::new()));
        }
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] {
            all.push((name, ca.clone()));
        }
        all
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended by itself; then nobody listens.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn own_folder() -> io::Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let base = std::env::temp_dir();
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = base.join(format!("census-fake-azure-{}-{number}", std::process::id()));
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| folder),
        }
    }
}
