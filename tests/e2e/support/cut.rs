//! A body that ends too early.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use hyper::body::{Body, Bytes, Frame};
use tokio::time::{Sleep, sleep};

/// The first half of a body; then the connection breaks.
pub(super) struct Cut {
    half: Option<Bytes>,
    flush: Pin<Box<Sleep>>,
}

impl Cut {
    /// A body that ends after this.
    pub(super) fn after(half: Bytes) -> Self {
        Self { half: Some(half), flush: Box::pin(sleep(Duration::from_millis(50))) }
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
