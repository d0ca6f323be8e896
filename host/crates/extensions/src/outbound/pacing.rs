//! Time limits of one request. reqwest has one connect timeout for a client; an extension sets its own for each request.

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

/// Default time for name look-up, TCP and TLS together.
const CONNECT_DEFAULT: Duration = Duration::from_secs(5);
/// The longest connect time that an extension may set. Also the time after which a connection is given up if no request waits
/// for it.
pub(super) const CONNECT_MAX: Duration = Duration::from_secs(10);
/// Default time until the reply's head, and between two parts of its body.
const SILENCE_DEFAULT: Duration = Duration::from_secs(10);

/// The time limits of one request. The extension's `waiting_ms_max` limits all requests together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    connect: Duration,
    first_byte: Duration,
    /// The longest time between two parts of the reply's body.
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

    /// Waits for the reply's head. `None` if it took longer than `first_byte`. The time to connect does not count: it has its own
    /// limit.
    pub(super) async fn apply<T>(self, sending: impl Future<Output = T>) -> Option<T> {
        let connecting = Connecting { within: self.connect, in_progress: Arc::default() };
        let in_progress = Arc::clone(&connecting.in_progress);
        let mut sending = pin!(CONNECTING.scope(connecting, sending));
        let mut timer = pin!(sleep(self.first_byte));
        let mut was_connecting = false;
        poll_fn(|context| {
            if let Poll::Ready(sent) = sending.as_mut().poll(context) {
                return Poll::Ready(Some(sent));
            }
            let is_connecting = in_progress.load(Ordering::Relaxed);
            // Reset the timer also during a connection: one that is no longer needed ends in another task, without a wake-up.
            if replace(&mut was_connecting, is_connecting) || is_connecting {
                timer.as_mut().reset(Instant::now() + self.first_byte);
            }
            let silent = timer.as_mut().poll(context).is_ready();
            if silent && !is_connecting { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }
}

tokio::task_local! {
    /// The request that the current task connects for. A connection is made by the task of its request.
    static CONNECTING: Connecting;
}

#[derive(Clone)]
struct Connecting {
    within: Duration,
    in_progress: Arc<AtomicBool>,
}

/// A connection took too long to make.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection was not made in time")]
pub(super) struct NotConnected;

/// Applies the time limit of a request to its connection.
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
        let (within, in_progress) = CONNECTING
            .try_with(|connecting| (connecting.within, Arc::clone(&connecting.in_progress)))
            .unwrap_or_else(|_| (CONNECT_DEFAULT, Arc::default()));
        let made = self.0.call(destination);
        in_progress.store(true, Ordering::Relaxed);
        let in_progress = InProgress(in_progress);
        Box::pin(async move {
            let made = timeout(within, made).await;
            drop(in_progress);
            made.unwrap_or_else(|_| Err(Box::new(NotConnected)))
        })
    }
}

/// A guard that exists until the connection is made, fails, or is given up.
struct InProgress(Arc<AtomicBool>);

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
