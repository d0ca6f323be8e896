//! Whose browser it is: a cookie that holds a DirectLogin token, and what shows that a form is this server's own.
//!
//! The cookie is HttpOnly, SameSite=Strict and, over TLS, Secure under a `__Host-` name. A form is taken if the browser says that it comes
//! from this origin, and if it carries a token that follows from the cookie, which no other site can read. Who is not signed in has
//! a cookie of random bits for that, the visitor's.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::HeaderMap;
use hyper::header::{COOKIE, HOST, HeaderName, ORIGIN};
use sha2::Sha256;

use ambient::{Ambient, NoRandom};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What the browser's cookies say.
#[derive(Debug)]
pub(super) struct Session {
    /// The DirectLogin token of who is signed in.
    pub(super) token: Option<String>,
    /// What forms are bound to while nobody is.
    visitor: Option<String>,
    /// Whether cookies go over TLS only.
    secure: bool,
}

impl Session {
    pub(super) fn of(headers: &HeaderMap, secure: bool) -> Self {
        let find = |name: &str| {
            let pairs =
                headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|all| all.split(';'));
            let mut values = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(found, _)| *found == name);
            values.next().map(|(_, value)| value.to_owned()).filter(|value| is_cookie(value))
        };
        Self { token: find(session_cookie(secure)), visitor: find(visitor_cookie(secure)), secure }
    }

    /// What a form carries, if there is a cookie that it can follow from.
    pub(super) fn form_token(&self) -> Option<String> {
        let secret = self.token.as_ref().or(self.visitor.as_ref())?;
        Some(hex::encode(mac(secret)?.finalize().into_bytes()))
    }

    /// Whether a form carries what this session's forms carry.
    pub(super) fn is_of_form(&self, token: &str) -> bool {
        let secret = self.token.as_ref().or(self.visitor.as_ref());
        let (Some(mac), Ok(token)) = (secret.and_then(|secret| mac(secret)), hex::decode(token)) else { return false };
        mac.verify_slice(&token).is_ok()
    }

    /// Sees to a cookie for forms to be bound to; the header that sets it, if there was none.
    pub(super) fn bind_forms(&mut self, ambient: &Ambient) -> Result<Option<String>, NoRandom> {
        if self.token.is_some() || self.visitor.is_some() {
            return Ok(None);
        }
        let visitor = ambient.hex()?;
        let cookie = self.set(visitor_cookie(self.secure), &visitor);
        self.visitor = Some(visitor);
        Ok(Some(cookie))
    }

    /// The header that signs in.
    pub(super) fn begin(&self, token: &str) -> String {
        self.set(session_cookie(self.secure), token)
    }

    /// The header that signs out.
    pub(super) fn end(&self) -> String {
        format!("{}; Max-Age=0", self.set(session_cookie(self.secure), ""))
    }

    fn set(&self, name: &str, value: &str) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}")
    }
}

fn session_cookie(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

fn visitor_cookie(secure: bool) -> &'static str {
    if secure { "__Host-visitor" } else { "visitor" }
}

/// Tokens are letters of base64, and visitors hexadecimal.
fn is_cookie(value: &str) -> bool {
    (1..=512).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn mac(secret: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(b"a form of the pages");
    Some(mac)
}

/// Whether the browser says that a page of this very origin sent the request. `Sec-Fetch-Site` cannot be set by scripts; browsers send
/// it to servers they trust the way to, and `Origin` to all. Who sends neither is no browser that has a form of ours.
pub(super) fn is_same_origin(headers: &HeaderMap, authority: Option<&str>) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return site == "same-origin";
    }
    let Some((scheme, from)) = text(&ORIGIN).and_then(|origin| origin.split_once("://")) else { return false };
    // The scheme is not compared: TLS may end before this server.
    ["http", "https"].contains(&scheme) && authority.or_else(|| text(&HOST)) == Some(from)
}

/// Whether a server is called by a name of its own machine, or by the one that is configured. A name that another site has pointed here
/// makes that site the same origin as this server, and its scripts could sign themselves up (DNS rebinding).
pub(super) fn is_of_this_machine(authority: &str, hostname: &str) -> bool {
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
mod tests;
