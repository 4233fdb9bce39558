//! A body that is sent whole, or breaks off.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// What an answer carries.
pub(super) struct Payload {
    rest: Option<Bytes>,
    announced: u64,
    cut: bool,
    /// Steps to wait before the end.
    waits: u8,
}

impl Payload {
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            announced: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            rest: Some(bytes),
            cut: false,
            waits: 0,
        }
    }

    /// Announces all and sends half.
    pub(super) fn cut(bytes: impl Into<Bytes>) -> Self {
        let whole = Self::whole(bytes);
        let half = whole.rest.as_ref().map(|bytes| bytes.slice(..bytes.len() / 2));
        Self { rest: half, cut: true, waits: 3, ..whole }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.rest.take() {
            Some(bytes) if !bytes.is_empty() => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            // What was written so far reaches the client only if the connection does not end in the same step.
            _ if self.cut && self.waits > 0 => {
                self.waits = self.waits.saturating_sub(1);
                context.waker().wake_by_ref();
                Poll::Pending
            }
            _ if self.cut => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
            _ => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        !self.cut && self.rest.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
