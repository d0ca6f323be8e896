//! The session of a browser: a cookie with a DirectLogin token, and the proof that a form is this server's own.
//!
//! The cookie is HttpOnly, SameSite=Strict and, over TLS, Secure under a `__Host-` name. The server accepts a form only if the
//! browser says that it comes from this origin. The form must also carry a token derived from the cookie, which no other site
//! can read. For this purpose a browser without a login gets a cookie of random bits, the visitor's.

use ambient::{Ambient, NoRandom};
use cookie::{Cookie, SameSite, time::Duration};
use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::HeaderMap;
use hyper::header::COOKIE;
use sha2::Sha256;

/// The cookies of a request.
#[derive(Debug)]
pub(crate) struct CookieSession {
    /// The DirectLogin token of the signed-in user.
    pub(crate) token: Option<String>,
    /// The secret that forms are bound to without a login.
    visitor: Option<String>,
    /// Whether browsers may send the cookies over TLS only.
    secure: bool,
}

impl CookieSession {
    pub(crate) fn read(headers: &HeaderMap, secure: bool) -> Self {
        let find = |name: &str| {
            let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
            let mut cookies = values.flat_map(Cookie::split_parse).filter_map(Result::ok);
            let cookie = cookies.find(|cookie| cookie.name() == name)?;
            is_own_value(cookie.value()).then(|| cookie.value().to_owned())
        };
        Self { token: find(session_cookie(secure)), visitor: find(visitor_cookie(secure)), secure }
    }

    /// The token for forms; `None` without a cookie to derive it from.
    pub(crate) fn form_token(&self) -> Option<String> {
        Some(hex::encode(mac(self.secret()?)?.finalize().into_bytes()))
    }

    /// Whether a form's token is that of this session.
    pub(crate) fn accepts(&self, form_token: &str) -> bool {
        let (Some(mac), Ok(token)) = (self.secret().and_then(mac), hex::decode(form_token)) else { return false };
        mac.verify_slice(&token).is_ok()
    }

    /// Creates the visitor's cookie if there is no other. Returns its `Set-Cookie`.
    pub(crate) fn bind_forms(&mut self, ambient: &Ambient) -> Result<Option<String>, NoRandom> {
        if self.secret().is_some() {
            return Ok(None);
        }
        let visitor = ambient.hex()?;
        let cookie = self.cookie(visitor_cookie(self.secure), &visitor).to_string();
        self.visitor = Some(visitor);
        Ok(Some(cookie))
    }

    /// The `Set-Cookie` that signs in.
    pub(crate) fn begin(&self, token: &str) -> String {
        self.cookie(session_cookie(self.secure), token).to_string()
    }

    /// The `Set-Cookie` that signs out.
    pub(crate) fn end(&self) -> String {
        let mut cookie = self.cookie(session_cookie(self.secure), "");
        cookie.set_max_age(Duration::ZERO);
        cookie.to_string()
    }

    fn secret(&self) -> Option<&str> {
        self.token.as_deref().or(self.visitor.as_deref())
    }

    fn cookie<'a>(&self, name: &'static str, value: &'a str) -> Cookie<'a> {
        let cookie = Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Strict);
        cookie.secure(self.secure).build()
    }
}

fn session_cookie(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

fn visitor_cookie(secure: bool) -> &'static str {
    if secure { "__Host-visitor" } else { "visitor" }
}

/// Whether this server can have set the value: tokens are base64 for URLs, visitors are hexadecimal.
fn is_own_value(value: &str) -> bool {
    (1..=512).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn mac(secret: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(b"a form of the pages");
    Some(mac)
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    const TOKEN: &str = "0123456789abcdefghijklmnopqrstuvwxyz-_ABCDE";
    const VISITOR: &str = "00112233445566778899aabbccddeeff";

    fn read(cookies: &str, secure: bool) -> CookieSession {
        CookieSession::read(&[(COOKIE, HeaderValue::from_str(cookies).unwrap())].into_iter().collect(), secure)
    }

    fn session(cookies: &str) -> CookieSession {
        read(cookies, false)
    }

    #[test]
    fn a_cookie_is_read_if_this_server_can_have_set_it() {
        let long = "x".repeat(513);
        for (cookies, token) in [
            (format!("session={TOKEN}"), Some(TOKEN)),
            (format!("a=b; session={TOKEN}; c"), Some(TOKEN)),
            (format!("mysession={TOKEN}"), None),
            (format!("__Host-session={TOKEN}"), None),
            ("session=".to_owned(), None),
            (format!("session={TOKEN}\""), None),
            (format!("session={TOKEN}, password"), None),
            (format!("session={long}"), None),
            (format!("session=; session={TOKEN}"), None),
        ] {
            assert_eq!(session(&cookies).token.as_deref(), token, "{cookies}");
        }
        // No other host and no plain connection can set a cookie with the prefix `__Host-`.
        let over_tls = |name| read(&format!("{name}={TOKEN}"), true).token;
        assert_eq!((over_tls("session"), over_tls("__Host-session").as_deref()), (None, Some(TOKEN)));
    }

    #[test]
    fn cookies_are_for_this_server_alone_and_out_of_reach_of_scripts() {
        let plain = session("");
        let secure = read("", true);
        assert_eq!(plain.begin(TOKEN), format!("session={TOKEN}; HttpOnly; SameSite=Strict; Path=/"));
        assert_eq!(secure.begin(TOKEN), format!("__Host-session={TOKEN}; HttpOnly; SameSite=Strict; Secure; Path=/"));
        assert_eq!(plain.end(), "session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    }

    #[test]
    fn a_form_belongs_to_the_session_that_it_was_made_for() {
        let kim = session(&format!("session={TOKEN}"));
        let visitor = session(&format!("visitor={VISITOR}"));
        let both = session(&format!("session={TOKEN}; visitor={VISITOR}"));
        let of = |session: &CookieSession| session.form_token().unwrap();
        for (session, token, accepted) in [
            (&kim, of(&kim), true),
            (&both, of(&kim), true),
            (&visitor, of(&visitor), true),
            (&kim, of(&visitor), false),
            (&both, of(&visitor), false),
            (&visitor, of(&kim), false),
            (&session(""), of(&visitor), false),
            (&kim, String::new(), false),
            (&kim, of(&kim)[..62].to_owned(), false),
            (&kim, TOKEN.to_owned(), false),
        ] {
            assert_eq!(session.accepts(&token), accepted, "{token}");
        }
        assert_eq!(session("").form_token(), None);
        // A form shows neither the token nor its stored digest.
        assert_ne!(of(&kim), rules::credentials::digest(TOKEN));
    }

    #[test]
    fn a_visitor_gets_a_cookie_once() {
        let ambient = Ambient::fixed(0, 1);
        let mut visitor = session("");
        let cookie = visitor.bind_forms(&ambient).unwrap().unwrap();
        assert!(cookie.starts_with("visitor=") && cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/"), "{cookie}");
        assert_eq!(visitor.bind_forms(&ambient).unwrap(), None);
        let value = cookie.split(';').next().unwrap();
        assert_eq!(session(value).form_token(), visitor.form_token());
        assert_eq!(session(&format!("session={TOKEN}")).bind_forms(&ambient).unwrap(), None);
    }
}
