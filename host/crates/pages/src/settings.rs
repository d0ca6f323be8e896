//! The settings of the pages. The program that composes the server fills them.

use std::pin::Pin;
use std::sync::Arc;

use ambient::Ambient;
use settings::PublicUrl;

/// Reads the consumer key that the pages sign users in with.
pub type ConsumerKey = Box<dyn Fn() -> Pin<Box<dyn Future<Output = anyhow::Result<String>> + Send>> + Send + Sync>;

/// The settings of the pages.
pub struct Settings {
    /// The name of the organisation that runs the server; may be empty.
    pub organisation: String,
    /// A name by which browsers may call the server, besides the names of its own machine.
    pub hostname: String,
    /// Whether the server listens on loopback only. It then accepts no request under the name of another machine.
    pub loopback_only: bool,
    /// Whether connections to this server are encrypted.
    pub tls: bool,
    /// The URL at which browsers reach the server, if it is known.
    pub public_url: Option<PublicUrl>,
    /// Pages made at once.
    pub pages_at_once_max: usize,
    /// Bytes of the body of a call in the Explorer.
    pub body_bytes_max: usize,
    /// How long a form may take to arrive, in milliseconds.
    pub body_read_ms_max: u64,
    /// The consumer key of the pages' own application.
    pub consumer_key: ConsumerKey,
    /// The ids of the meeting providers that this server has now, those of extensions included.
    pub provider_ids: Box<dyn Fn() -> Vec<String> + Send + Sync>,
    /// The clock and randomness.
    pub ambient: Arc<Ambient>,
}

impl Settings {
    /// Whether browsers use TLS. They then send the cookies over TLS only.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.as_ref().map_or(self.tls, PublicUrl::is_https)
    }
}
