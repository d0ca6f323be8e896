//! The request that a call of an extension belongs to.

use ambient::Ambient;

/// The request that a call of an extension belongs to.
#[derive(Clone, Copy)]
pub struct CallContext<'a> {
    /// The request's id, for the log.
    pub correlation_id: &'a str,
    /// The time of the request, in milliseconds since 1970.
    pub now_ms: i64,
    /// Gives each call the seed of its random bytes.
    pub ambient: &'a Ambient,
}
