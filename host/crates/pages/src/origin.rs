//! The origin of a request: which page sent it, and by which name it calls the server.

use std::net::IpAddr;

use hyper::HeaderMap;
use hyper::header::{HOST, HeaderName, ORIGIN};
use settings::PublicUrl;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the browser says that a page of this origin sent the request. Scripts cannot set `Sec-Fetch-Site`; browsers send
/// it over connections that they trust, and `Origin` always. A client that sends neither is not a browser with a form of
/// this server.
pub(crate) fn is_same_origin(headers: &HeaderMap, public_url: Option<&PublicUrl>, authority: Option<&str>) -> bool {
    // A header without a value counts as absent.
    let given = |name: &HeaderName| headers.get(name).filter(|value| !value.is_empty());
    let text = |name: &HeaderName| given(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return site == "same-origin";
    }
    let Some(origin) = text(&ORIGIN) else { return false };
    if let Some(public_url) = public_url {
        return origin == public_url.as_str();
    }
    let Some((scheme, from)) = origin.split_once("://") else { return false };
    // The scheme is not compared: TLS may end at a proxy that the configuration does not name.
    ["http", "https"].contains(&scheme) && authority.or_else(|| text(&HOST)) == Some(from)
}

/// Whether a request calls the server by the name of its public URL. Clients may write the usual port.
pub(crate) fn has_authority(public_url: &PublicUrl, authority: &str) -> bool {
    format!("{}://{authority}", public_url.scheme()).parse::<PublicUrl>().is_ok_and(|called| called == *public_url)
}

/// Whether a request calls the server by a name of its own machine, or by the configured name. A third-party site whose name
/// points here would have the same origin as this server, and its scripts could sign up (DNS rebinding).
pub(crate) fn is_of_this_machine(authority: &str, hostname: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost")
        || host.eq_ignore_ascii_case(hostname)
        || address.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn only_a_request_of_this_origin_is_accepted() {
        for (sent, accepted) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://bank.example:8080")], false),
            (&[("sec-fetch-site", ""), ("origin", "http://bank.example:8080")], true),
            (&[("origin", "")], false),
            (&[("origin", "http://bank.example:8080")], true),
            (&[("origin", "https://bank.example:8080")], true),
            (&[("origin", "http://bank.example")], false),
            (&[("origin", "http://bank.example:8080.evil.example")], false),
            (&[("origin", "http://evil.example")], false),
            (&[("origin", "ftp://bank.example:8080")], false),
            (&[("origin", "null")], false),
            (&[], false),
        ] {
            let header = |(name, value): &(&'static str, &'static str)| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            let mut headers: HeaderMap = sent.iter().map(header).collect();
            assert_eq!(is_same_origin(&headers, None, Some("bank.example:8080")), accepted, "{sent:?}");
            headers.insert(HOST, HeaderValue::from_static("bank.example:8080"));
            assert_eq!(is_same_origin(&headers, None, None), accepted, "{sent:?}");
        }
    }

    #[test]
    fn with_a_public_url_only_its_origin_and_its_name_are_accepted() {
        let url: PublicUrl = "https://bank.example".parse().unwrap();
        for (origin, accepted) in [
            ("https://bank.example", true),
            ("http://bank.example", false),
            ("https://bank.example:8443", false),
            // The name by which a proxy calls the server is not the name by which browsers call it.
            ("http://127.0.0.1:8080", false),
        ] {
            let headers =
                [(ORIGIN, HeaderValue::from_static(origin)), (HOST, HeaderValue::from_static("127.0.0.1:8080"))];
            assert_eq!(is_same_origin(&headers.into_iter().collect(), Some(&url), None), accepted, "{origin}");
        }
        for (authority, is_it) in [
            ("bank.example", true),
            ("Bank.Example:443", true),
            ("bank.example:80", false),
            ("evil.example", false),
            ("bank.example/", true),
            ("", false),
        ] {
            assert_eq!(has_authority(&url, authority), is_it, "{authority}");
        }
    }

    #[test]
    fn a_server_on_loopback_accepts_the_names_of_its_own_machine_only() {
        let cases = [
            ("localhost", true),
            ("LOCALHOST:8080", true),
            ("127.0.0.1:8080", true),
            ("127.9.9.9", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("bank.example", true),
            ("evil.example:8080", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example:8080", false),
            ("10.0.0.1:8080", false),
            ("", false),
        ];
        for (authority, expected) in cases {
            assert_eq!(is_of_this_machine(authority, "bank.example"), expected, "{authority}");
        }
    }
}
