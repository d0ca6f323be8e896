//! Counts the bytes of bodies in transit, over all requests and replies of one call.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};
use wasmtime_wasi_http::{Error, WasiBody};

use super::errors;
use crate::grant::Grant;
use crate::limit_violation::{LimitViolation, LimitViolations};

/// The bytes that one call has sent and received.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) grant: Arc<Grant>,
    pub(super) violations: LimitViolations,
    sent: AtomicU64,
    received: AtomicU64,
    over: AtomicBool,
}

impl Tally {
    pub(super) fn new(grant: Arc<Grant>, violations: LimitViolations) -> Self {
        Self { grant, violations, sent: AtomicU64::new(0), received: AtomicU64::new(0), over: AtomicBool::new(false) }
    }

    /// Marks the call as ended, with success or not.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// The error for a body that ended after its call. The extension was stopped before it finished the body, and the peer must
    /// not take the part for the whole.
    fn ended(&self) -> Option<Result<Frame<Bytes>, Error>> {
        self.over.load(Ordering::Relaxed).then_some(Err(Error::HttpProtocolError))
    }

    /// Checks that this many further bytes of requests may be sent. Does not count them.
    pub(super) fn may_send(&self, bytes: u64) -> Result<(), Error> {
        let max = self.grant.request_bytes_max;
        if self.sent.load(Ordering::Relaxed).saturating_add(bytes) <= max {
            return Ok(());
        }
        self.violations.note(LimitViolation::RequestBytes(max));
        Err(Error::HttpRequestBodySize(Some(max)))
    }

    /// Checks that this many further bytes of replies may be received. Does not count them.
    pub(super) fn may_receive(&self, bytes: u64) -> Result<(), Error> {
        let max = self.grant.reply_bytes_max;
        if self.received.load(Ordering::Relaxed).saturating_add(bytes) <= max {
            return Ok(());
        }
        self.violations.note(LimitViolation::ReplyBytes(max));
        Err(Error::HttpResponseBodySize(Some(max)))
    }

    fn sent(&self, frame: &Frame<Bytes>) -> Result<(), Error> {
        self.sent.fetch_add(length(frame), Ordering::Relaxed);
        self.may_send(0)
    }

    fn received(&self, frame: &Frame<Bytes>) -> Result<(), Error> {
        self.received.fetch_add(length(frame), Ordering::Relaxed);
        self.may_receive(0)
    }
}

/// The bytes of data in a frame. Trailers count as zero: the limit of header fields applies to them.
fn length(frame: &Frame<Bytes>) -> u64 {
    frame.data_ref().map_or(0, |data| data.len() as u64)
}

/// The body of a request, counted while it is sent.
pub(super) struct Sent {
    /// Never contended: the mutex only makes the body `Sync`, as reqwest demands.
    body: Mutex<WasiBody>,
    tally: Arc<Tally>,
}

impl Sent {
    pub(super) fn new(body: WasiBody, tally: Arc<Tally>) -> Self {
        Self { body: Mutex::new(body), tally }
    }

    fn peek<T>(&self, look: impl FnOnce(&WasiBody) -> T) -> T {
        look(&self.body.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        let polled = Pin::new(body).poll_frame(context);
        polled.map(|frame| match frame {
            Some(frame) => Some(frame.and_then(|frame| self.tally.sent(&frame).map(|()| frame))),
            None => self.tally.ended(),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.peek(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.peek(Body::size_hint)
    }
}

/// The body of a reply, counted while it is received. An error closes the body and its connection.
pub(super) struct Received {
    body: Option<reqwest::Body>,
    tally: Arc<Tally>,
    between_bytes: Duration,
    /// Runs while the peer sends nothing.
    silence: Option<Pin<Box<Sleep>>>,
}

impl Received {
    pub(super) fn new(body: reqwest::Body, tally: Arc<Tally>, between_bytes: Duration) -> Self {
        Self { body: Some(body), tally, between_bytes, silence: None }
    }

    fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let between_bytes = self.between_bytes;
        self.silence.get_or_insert_with(|| Box::pin(sleep(between_bytes))).as_mut().poll(context)
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        let frame = match Pin::new(body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => this.tally.received(&frame).map(|()| frame),
            Poll::Ready(Some(Err(error))) => Err(errors::broken_off(&error)),
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => match this.poll_silence(context) {
                Poll::Ready(()) => Err(Error::ConnectionReadTimeout),
                Poll::Pending => return Poll::Pending,
            },
        };
        if frame.is_err() {
            this.body = None;
        }
        this.silence = None;
        Poll::Ready(Some(frame))
    }
}
