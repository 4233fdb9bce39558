//! A host that nobody should talk to.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{net::TcpListener, runtime::Runtime};

/// Only notes whether somebody connected.
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
