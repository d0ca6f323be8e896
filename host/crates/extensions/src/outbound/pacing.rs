//! How long a connection may take and how long an answer: reqwest knows one connect timeout a client, an extension sets its
//! own for each request.

use std::error::Error;
use std::future::poll_fn;
use std::mem::replace;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tower_layer::Layer;
use tower_service::Service;
use wasmtime_wasi_http::RequestOptions;

type BoxError = Box<dyn Error + Send + Sync>;

/// Name look-up, TCP and TLS together, where the extension sets no time.
const CONNECT_DEFAULT: Duration = Duration::from_secs(5);
/// The longest that an extension may set, and that a connection may go on being made once nobody waits for it.
pub(super) const CONNECT_MAX: Duration = Duration::from_secs(10);
/// To the head of the reply, and between two pieces of its body.
const SILENCE_DEFAULT: Duration = Duration::from_secs(10);

/// The times of one request. Beyond them all there is the extension's `waiting_ms_max`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    connect: Duration,
    first_byte: Duration,
    /// Between two pieces of the reply's body.
    pub(super) between_bytes: Duration,
}

impl Times {
    pub(super) fn of(options: Option<RequestOptions>) -> Self {
        let options = options.unwrap_or_default();
        Self {
            connect: options.connect_timeout.unwrap_or(CONNECT_DEFAULT).min(CONNECT_MAX),
            first_byte: options.first_byte_timeout.unwrap_or(SILENCE_DEFAULT),
            between_bytes: options.between_bytes_timeout.unwrap_or(SILENCE_DEFAULT),
        }
    }

    /// Waits for a reply's head: `None` if it took longer than the first byte may. The time that a connection takes to be
    /// made does not count; it has its own limit.
    pub(super) async fn keep<T>(self, sending: impl Future<Output = T>) -> Option<T> {
        let connecting = Connecting { within: self.connect, under_way: Arc::default() };
        let under_way = Arc::clone(&connecting.under_way);
        let mut sending = pin!(CONNECTING.scope(connecting, sending));
        let mut timer = pin!(sleep(self.first_byte));
        let mut was_under_way = false;
        poll_fn(|context| {
            if let Poll::Ready(sent) = sending.as_mut().poll(context) {
                return Poll::Ready(Some(sent));
            }
            let is_under_way = under_way.load(Ordering::Relaxed);
            // Set also while it does not count: a connection that is no longer needed ends in another task, and wakes nobody.
            if replace(&mut was_under_way, is_under_way) || is_under_way {
                timer.as_mut().reset(Instant::now() + self.first_byte);
            }
            let silent = timer.as_mut().poll(context).is_ready();
            if silent && !is_under_way { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }
}

tokio::task_local! {
    /// A connection is made by the task that asked for it, so that it finds here whose it is.
    static CONNECTING: Connecting;
}

#[derive(Clone)]
struct Connecting {
    within: Duration,
    under_way: Arc<AtomicBool>,
}

/// A connection was not made in time.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection was not made in time")]
pub(super) struct NotConnected;

/// Gives each connection the time of the request it is made for.
#[derive(Clone, Copy, Debug)]
pub(super) struct InTime;

impl<S> Layer<S> for InTime {
    type Service = Connector<S>;

    fn layer(&self, inner: S) -> Connector<S> {
        Connector(inner)
    }
}

/// A connector that [`InTime`] wraps.
#[derive(Clone, Debug)]
pub(super) struct Connector<S>(S);

impl<S, R> Service<R> for Connector<S>
where
    S: Service<R, Error = BoxError>,
    S::Response: 'static,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, destination: R) -> Self::Future {
        let (within, under_way) = CONNECTING
            .try_with(|connecting| (connecting.within, Arc::clone(&connecting.under_way)))
            .unwrap_or_else(|_| (CONNECT_DEFAULT, Arc::default()));
        let made = self.0.call(destination);
        under_way.store(true, Ordering::Relaxed);
        let under_way = UnderWay(under_way);
        Box::pin(async move {
            let made = timeout(within, made).await;
            drop(under_way);
            made.unwrap_or_else(|_| Err(Box::new(NotConnected)))
        })
    }
}

/// Until it is made, fails, or is given up.
struct UnderWay(Arc<AtomicBool>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
