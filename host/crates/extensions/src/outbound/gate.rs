//! The clients that send what extensions send: one a server, shared by its extensions.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::{Client, redirect, retry};

use super::names::{Checked, Reach, Resolve, SystemResolver};
use super::pacing::{CONNECT_MAX, InTime};
use super::recorded::{Exchange, Recorded};

const IDLE_MAX: Duration = Duration::from_secs(30);
const IDLE_CONNECTIONS_MAX: usize = 4;
/// What a peer may send of one reply before the extension has read it, by HTTP/2. By HTTP/1.1 it is hyper's buffer, 400 KiB.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
/// The same of all replies of one connection.
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// Of a reply's header fields, by HTTP/2. By HTTP/1.1 hyper takes a hundred fields in 400 KiB.
const HEADER_BYTES_MAX: u32 = 64 * 1024;

/// Where extensions' requests leave the server.
///
/// There are two clients, made when they are first needed: a connection that was made for a grant with private addresses must
/// not be found in the pool by one without.
pub struct Gate {
    resolve: Arc<dyn Resolve>,
    outside: OnceLock<Client>,
    everywhere: OnceLock<Client>,
    recorded: Option<Recorded>,
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(Arc::new(SystemResolver::default()))
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").finish_non_exhaustive()
    }
}

impl Gate {
    /// A gate that looks up names so. The server's own is [`Gate::default`].
    #[must_use]
    pub fn new(resolve: Arc<dyn Resolve>) -> Self {
        Self { resolve, outside: OnceLock::new(), everywhere: OnceLock::new(), recorded: None }
    }

    /// A gate that nothing leaves: these replies are all there is.
    #[must_use]
    pub fn closed(exchanges: Vec<Exchange>) -> Self {
        Self { recorded: Some(Recorded::new(exchanges)), ..Self::default() }
    }

    pub(super) fn recorded(&self) -> Option<&Recorded> {
        self.recorded.as_ref()
    }

    /// The client for that reach; an error if this machine cannot make one, for example for want of root certificates.
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

/// Neither cookies nor decompression: reqwest is built without them, and the reply's bytes are counted as they come.
fn client(names: Checked) -> reqwest::Result<Client> {
    Client::builder()
        .dns_resolver(names)
        // The extension sees the redirect; if it follows, that is a request of its own, and judged.
        .redirect(redirect::Policy::none())
        // One call is one request.
        .retry(retry::never())
        // A proxy would look up names itself.
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
