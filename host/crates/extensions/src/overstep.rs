//! What an extension did that its manifest does not let it do. Whoever oversteps has failed, whatever it then answers.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

/// A limit that was tripped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Overstep {
    /// More requests of its own than it may make in one call.
    #[error("it made more than {0} outbound calls")]
    OutboundCalls(u32),
    /// A request to a host that the manifest does not name.
    #[error("it called {0}, which `outbound.hosts` does not allow")]
    HostNotAllowed(String),
    /// A request to an address inside the network, under a name that is allowed.
    #[error("it called {host}, whose address {address} is inside the network; `outbound.private_addresses` is not set")]
    AddressNotAllowed {
        /// As it was called.
        host: String,
        /// What the name stands for.
        address: IpAddr,
    },
    /// A reply, or the replies of one call together, of more than this many bytes.
    #[error("the replies to its outbound calls have more than {0} bytes")]
    ReplyBytes(u64),
    /// Requests of more than this many bytes.
    #[error("its outbound calls have more than {0} bytes")]
    RequestBytes(u64),
    /// More lines than it may log in one call.
    #[error("it logged more than {0} lines")]
    LogLines(u32),
}

/// The first overstep of one call. Clones are the same call's.
#[derive(Clone, Debug, Default)]
pub struct Oversteps(Arc<OnceLock<Overstep>>);

impl Oversteps {
    /// Notes it, unless there is one already.
    pub fn note(&self, overstep: Overstep) {
        let _ = self.0.set(overstep);
    }

    /// The first one, if there was one.
    #[must_use]
    pub fn first(&self) -> Option<&Overstep> {
        self.0.get()
    }
}
