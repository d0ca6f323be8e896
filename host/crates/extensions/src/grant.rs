//! What a manifest lets an extension reach outside.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

/// What one call may send out, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Where it may call; nowhere if empty.
    pub hosts: Vec<AllowedHost>,
    /// Whether an allowed name may stand for a loopback, link-local (a cloud's metadata among them) or private address, or
    /// another that is not public. The unspecified address, multicast and broadcast are not called either way.
    pub private_addresses: bool,
    /// Outbound calls in one call of the extension.
    pub calls_max: u32,
    /// Bytes of the bodies of all its requests in one call.
    pub request_bytes_max: u64,
    /// Bytes of the bodies of all replies in one call.
    pub reply_bytes_max: u64,
}

/// One place that an extension may call: `api.example` (https, port 443), `api.example:8443` (https), or, said in full,
/// `http://api.example:8080`. No path, no wildcard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    /// Whether it is called over TLS.
    pub tls: bool,
    /// Lower case; an IPv6 address stands in brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// Why a text is no [`AllowedHost`].
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
    /// The place that this URL calls: what a grant is compared with. Both are read by the same parser, so that no other
    /// spelling of a host (`0x7f.1`, upper case) is another place. `None` if it is neither http nor https.
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
    fn a_host_is_https_unless_it_says_otherwise() {
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
    fn what_is_more_or_less_than_a_host_is_none() {
        for text in
            ["", "*", "*.example", "api.example/path", "https://api.example/", "ftp://a.example", "me@a.example", "a b"]
        {
            assert_eq!(text.parse::<AllowedHost>(), Err(NotAHost), "{text}");
        }
    }
}
