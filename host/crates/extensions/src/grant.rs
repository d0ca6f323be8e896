//! Rights for outbound calls that a manifest grants.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

/// The rights of one call for outbound calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Hosts that it may call. With an empty list it may call none.
    pub hosts: Vec<AllowedHost>,
    /// Whether an allowed host may have an address that is not public: loopback, link-local (such as a cloud's metadata
    /// service), private or similar. The unspecified address, multicast and broadcast are refused in any case.
    pub private_addresses: bool,
    /// Outbound calls in one call of the extension.
    pub calls_max: u32,
    /// Bytes of all request bodies in one call.
    pub request_bytes_max: u64,
    /// Bytes of all reply bodies in one call.
    pub reply_bytes_max: u64,
}

/// A host that an extension may call: `api.example` (https, port 443), `api.example:8443` (https), or in full
/// `http://api.example:8080`. It has no path and no wildcard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    /// Whether it is called over TLS.
    pub tls: bool,
    /// The host in lower case. An IPv6 address stands in brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// The error for a text that is no [`AllowedHost`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it must be a host with or without a port, such as `api.example` or `http://api.example:8080`, without path or wildcard"
)]
pub struct NotAHost;

impl FromStr for AllowedHost {
    type Err = NotAHost;

    fn from_str(text: &str) -> Result<Self, NotAHost> {
        let in_full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&in_full).map_err(|_| NotAHost)?;
        let called = Self::of(&url).filter(|called| !called.host.contains('*')).ok_or(NotAHost)?;
        let bare = url.path() == "/" && !in_full.ends_with('/') && url.query().is_none() && url.fragment().is_none();
        let anonymous = url.username().is_empty() && url.password().is_none();
        if bare && anonymous { Ok(called) } else { Err(NotAHost) }
    }
}

impl AllowedHost {
    /// The host that a URL calls, to be compared with a grant. The same parser reads both, so other spellings of a host
    /// (`0x7f.1`, upper case) are equal. `None` if the scheme is neither http nor https.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        let tls = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        Some(Self { tls, host: url.host_str()?.to_owned(), port: url.port_or_known_default()? })
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_called_over_https_by_default() {
        for (text, meant) in [
            ("api.example", "https://api.example:443"),
            ("API.Example:8443", "https://api.example:8443"),
            ("http://api.example", "http://api.example:80"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("[::1]:9", "https://[::1]:9"),
        ] {
            assert_eq!(text.parse::<AllowedHost>().map(|host| host.to_string()), Ok(meant.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_host_has_no_path_wildcard_or_credentials() {
        for text in
            ["", "*", "*.example", "api.example/path", "https://api.example/", "ftp://a.example", "me@a.example", "a b"]
        {
            assert_eq!(text.parse::<AllowedHost>(), Err(NotAHost), "{text}");
        }
    }
}
