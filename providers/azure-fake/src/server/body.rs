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
}

impl Payload {
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { announced: u64::try_from(bytes.len()).unwrap_or(u64::MAX), rest: Some(bytes), cut: false }
    }

    /// Announces all and sends half.
    pub(super) fn cut(bytes: impl Into<Bytes>) -> Self {
        let whole = Self::whole(bytes);
        let half = whole.rest.as_ref().map(|bytes| bytes.slice(..bytes.len() / 2));
        Self { rest: half, cut: true, ..whole }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.rest.take() {
            Some(bytes) if !bytes.is_empty() => Poll::Ready(Some(Ok(Frame::data(bytes)))),
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
