//! The HTTP clients that send the requests of extensions. All extensions of a server share them.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::{Client, redirect, retry};

use super::names::{Checked, Reach, Resolve, SystemResolver};
use super::pacing::{CONNECT_MAX, InTime};
use super::recorded::{Exchange, RecordedReplies};

/// Time after which an unused connection is closed.
const IDLE_MAX: Duration = Duration::from_secs(30);
/// Unused connections that are kept for one host.
const IDLE_CONNECTIONS_MAX: usize = 4;
/// Unread bytes of one reply that a peer may send over HTTP/2. Over HTTP/1.1 the limit is hyper's buffer of 400 KiB.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
/// Unread bytes of all replies of one connection.
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// Bytes of a reply's header fields over HTTP/2. Over HTTP/1.1 hyper accepts a hundred fields in 400 KiB.
const HEADER_BYTES_MAX: u32 = 64 * 1024;

/// The clients of a server.
///
/// There are two, each made when it is first needed. An extension without private addresses must not find a pooled connection
/// that was made for one with private addresses.
pub struct OutboundClients {
    resolve: Arc<dyn Resolve>,
    outside: OnceLock<Client>,
    everywhere: OnceLock<Client>,
    recorded: Option<RecordedReplies>,
}

impl Default for OutboundClients {
    fn default() -> Self {
        Self::new(Arc::new(SystemResolver::default()))
    }
}

impl fmt::Debug for OutboundClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundClients").finish_non_exhaustive()
    }
}

impl OutboundClients {
    /// Clients that look up names with `resolve`. A server uses [`OutboundClients::default`].
    #[must_use]
    pub fn new(resolve: Arc<dyn Resolve>) -> Self {
        Self { resolve, outside: OnceLock::new(), everywhere: OnceLock::new(), recorded: None }
    }

    /// Clients that send nothing: they answer with these replies.
    #[must_use]
    pub fn recorded(exchanges: Vec<Exchange>) -> Self {
        Self { recorded: Some(RecordedReplies::new(exchanges)), ..Self::default() }
    }

    pub(super) fn replies(&self) -> Option<&RecordedReplies> {
        self.recorded.as_ref()
    }

    /// The client for that reach.
    ///
    /// # Errors
    /// If this machine cannot make a client, for example because it has no root certificates.
    pub(super) fn client(&self, reach: Reach) -> reqwest::Result<Client> {
        let made = match reach {
            Reach::Outside => &self.outside,
            Reach::Everywhere => &self.everywhere,
        };
        match made.get() {
            Some(client) => Ok(client.clone()),
            None => {
                let client = client(Checked::new(Arc::clone(&self.resolve), reach))?;
                Ok(made.get_or_init(|| client).clone())
            }
        }
    }
}

/// Makes a client. reqwest is built without cookies and decompression, so the reply's bytes are counted as they arrive.
fn client(names: Checked) -> reqwest::Result<Client> {
    Client::builder()
        .dns_resolver(names)
        // The extension gets the redirect. If it follows, that is another request, which is checked like any other.
        .redirect(redirect::Policy::none())
        // One call is one request.
        .retry(retry::never())
        // A proxy would look up names itself, past the check of addresses.
        .no_proxy()
        .referer(false)
        .connect_timeout(CONNECT_MAX)
        .connector_layer(InTime)
        .pool_idle_timeout(IDLE_MAX)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
        .http2_initial_stream_window_size(STREAM_WINDOW_BYTES)
        .http2_initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .http2_max_header_list_size(HEADER_BYTES_MAX)
        .build()
}
