//! Limits of the manifest that a call of an extension exceeded. Such a call has failed, even if it then answers.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

/// A limit that a call exceeded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitViolation {
    /// It made more than this many outbound calls.
    #[error("it made more than {0} outbound calls")]
    OutboundCalls(u32),
    /// It called a host that the manifest does not allow.
    #[error("it called {0}, which `outbound.hosts` does not allow")]
    HostNotAllowed(String),
    /// It called an allowed host whose address is inside the network.
    #[error("it called {host}, whose address {address} is inside the network; `outbound.private_addresses` is not set")]
    AddressNotAllowed {
        /// The host, as the extension named it.
        host: String,
        /// The address of the host.
        address: IpAddr,
    },
    /// The replies to its outbound calls have more than this many bytes together.
    #[error("the replies to its outbound calls have more than {0} bytes")]
    ReplyBytes(u64),
    /// Its outbound calls have more than this many bytes together.
    #[error("its outbound calls have more than {0} bytes")]
    RequestBytes(u64),
    /// It logged more than this many lines.
    #[error("it logged more than {0} lines")]
    LogLines(u32),
}

/// The first violation of one call. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct LimitViolations(Arc<OnceLock<LimitViolation>>);

impl LimitViolations {
    /// Notes a violation, unless one was noted before.
    pub fn note(&self, violation: LimitViolation) {
        let _ = self.0.set(violation);
    }

    /// The first violation, if there is one.
    #[must_use]
    pub fn first(&self) -> Option<&LimitViolation> {
        self.0.get()
    }
}
