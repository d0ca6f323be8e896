//! The URL at which clients reach the server.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// `http` or `https` and an authority, without a slash at the end: what browsers call an origin.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct PublicUrl {
    origin: String,
    is_https: bool,
}

impl PublicUrl {
    /// The form of a public URL, to be read after "must be".
    pub const FORM: &str = "an http or https URL of a host, with a port or without, like \"https://bank.example\"";

    /// The URL without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// Whether clients use TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.is_https { "https" } else { "http" }
    }

    /// The host, and the port if it is not the usual one.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, authority)| authority)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.origin)
    }
}

/// A text that is not a public URL.
#[derive(Debug, thiserror::Error)]
#[error("a public URL must be {}", PublicUrl::FORM)]
pub struct NotAPublicUrl;

impl FromStr for PublicUrl {
    type Err = NotAPublicUrl;

    fn from_str(text: &str) -> Result<Self, NotAPublicUrl> {
        let lower = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
        let (scheme, authority) = lower.split_once("://").ok_or(NotAPublicUrl)?;
        let is_https = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(NotAPublicUrl),
        };
        let authority = without_usual_port(authority, is_https);
        if !is_authority(authority) {
            return Err(NotAPublicUrl);
        }
        Ok(Self { origin: format!("{scheme}://{authority}"), is_https })
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = NotAPublicUrl;

    fn try_from(text: String) -> Result<Self, NotAPublicUrl> {
        text.parse()
    }
}

/// Browsers leave the usual port out of an origin.
fn without_usual_port(authority: &str, is_https: bool) -> &str {
    authority.strip_suffix(if is_https { ":443" } else { ":80" }).unwrap_or(authority)
}

fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0);
    let is_name = (1..=253).contains(&host.len())
        && host
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_address = inner.is_some_and(|host| host.parse::<std::net::Ipv6Addr>().is_ok());
    (is_name || is_address) && port.is_none_or(is_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin_as_browsers_write_it() {
        for (text, origin) in [
            ("https://bank.example", Some("https://bank.example")),
            ("https://bank.example/", Some("https://bank.example")),
            ("HTTPS://Bank.Example:443", Some("https://bank.example")),
            ("http://bank.example:80/", Some("http://bank.example")),
            ("http://bank.example:443", Some("http://bank.example:443")),
            ("https://bank.example:8443", Some("https://bank.example:8443")),
            ("https://[2001:db8::1]:8443", Some("https://[2001:db8::1]:8443")),
            ("https://[2001:db8::1]", Some("https://[2001:db8::1]")),
            ("https://192.0.2.1:1", Some("https://192.0.2.1:1")),
            ("https://bank.example/api", None),
            ("https://bank.example?a", None),
            ("https://kim@bank.example", None),
            ("https://bank.example:", None),
            ("https://bank.example:0", None),
            ("https://bank.example:65536", None),
            ("https://bank..example", None),
            ("https://", None),
            ("https://[::1", None),
            ("ftp://bank.example", None),
            ("bank.example", None),
            ("", None),
        ] {
            let url = text.parse::<PublicUrl>().ok();
            assert_eq!(url.as_ref().map(PublicUrl::as_str), origin, "{text}");
        }
        let url: PublicUrl = "https://bank.example:8443/".parse().unwrap();
        assert_eq!((url.scheme(), url.authority(), url.is_https()), ("https", "bank.example:8443", true));
    }
}
