//! The body of a request, which tells whether it was read to its end: after an unread body no other request can be read.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::oneshot;

/// How long an answer waits for the rest of a body that is still being read.
const REST_WAIT: Duration = Duration::from_millis(100);

/// The body of a request.
#[derive(Debug)]
pub struct RequestBody {
    incoming: Incoming,
    /// Used when the end is read. Dropped with a body that is not read to its end.
    end: Option<oneshot::Sender<()>>,
}

/// The part of a body that is not read yet.
pub(super) struct Rest(oneshot::Receiver<()>);

impl RequestBody {
    pub(super) fn new(incoming: Incoming) -> (Self, Rest) {
        let (end, rest) = oneshot::channel();
        let mut body = Self { incoming, end: Some(end) };
        body.note_end();
        (body, Rest(rest))
    }

    fn note_end(&mut self) {
        if self.incoming.is_end_stream()
            && let Some(end) = self.end.take()
        {
            // The receiver is dropped with its request.
            let _ = end.send(());
        }
    }
}

impl Rest {
    /// Whether the whole body was read. Waits a moment for a body that is still being read.
    pub(super) async fn ended(self) -> bool {
        matches!(tokio::time::timeout(REST_WAIT, self.0).await, Ok(Ok(())))
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.incoming).poll_frame(context);
        match &polled {
            Poll::Ready(None) => drop(self.end.take().map(|end| end.send(()))),
            Poll::Ready(Some(Ok(_))) => self.note_end(),
            // A body that broke off has no end.
            Poll::Ready(Some(Err(_))) => self.end = None,
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
