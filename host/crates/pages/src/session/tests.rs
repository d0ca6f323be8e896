//! What a session is read from, and which forms it takes.

use hyper::header::HeaderValue;

use super::*;

const TOKEN: &str = "0123456789abcdefghijklmnopqrstuvwxyz-_ABCDE";
const VISITOR: &str = "00112233445566778899aabbccddeeff";

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect()
}

fn session(cookies: &str) -> Session {
    Session::of(&headers(&[("cookie", cookies)]), false)
}

#[test]
fn a_cookie_is_read_if_it_can_be_one_of_ours() {
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
    ] {
        assert_eq!(session(&cookies).token.as_deref(), token, "{cookies}");
    }
    // Over TLS only the name counts that no other host and no plain connection can set.
    let over_tls = |name| Session::of(&headers(&[("cookie", &format!("{name}={TOKEN}"))]), true).token;
    assert_eq!((over_tls("session"), over_tls("__Host-session").as_deref()), (None, Some(TOKEN)));
}

#[test]
fn cookies_are_set_for_this_server_alone_and_out_of_scripts_reach() {
    let plain = session("");
    let secure = Session { token: None, visitor: None, secure: true };
    assert_eq!(plain.begin(TOKEN), format!("session={TOKEN}; Path=/; HttpOnly; SameSite=Strict"));
    assert_eq!(secure.begin(TOKEN), format!("__Host-session={TOKEN}; Path=/; HttpOnly; SameSite=Strict; Secure"));
    assert_eq!(plain.end(), "session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}

#[test]
fn a_form_belongs_to_the_session_it_was_made_for() {
    let kim = session(&format!("session={TOKEN}"));
    let visitor = session(&format!("visitor={VISITOR}"));
    let both = session(&format!("session={TOKEN}; visitor={VISITOR}"));
    let of = |session: &Session| session.form_token().unwrap();
    for (session, token, taken) in [
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
        assert_eq!(session.is_of_form(&token), taken, "{token}");
    }
    assert_eq!(session("").form_token(), None);
    // What a form shows is neither the token nor what is stored of it.
    assert_ne!(of(&kim), rules::credentials::digest(TOKEN));
}

#[test]
fn a_visitor_gets_a_cookie_once() {
    let ambient = Ambient::fixed(0, 1);
    let mut nobody = session("");
    let cookie = nobody.bind_forms(&ambient).unwrap().unwrap();
    assert!(cookie.starts_with("visitor=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    assert_eq!(nobody.bind_forms(&ambient).unwrap(), None);
    let value = cookie.split(';').next().unwrap();
    assert_eq!(session(value).form_token(), nobody.form_token());
    assert_eq!(session(&format!("session={TOKEN}")).bind_forms(&ambient).unwrap(), None);
}

#[test]
fn only_what_this_origin_sent_is_taken() {
    for (sent, taken) in [
        (&[("sec-fetch-site", "same-origin")][..], true),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "none")], false),
        (&[("sec-fetch-site", "cross-site"), ("origin", "http://bank.example:8080")], false),
        (&[("origin", "http://bank.example:8080")], true),
        (&[("origin", "https://bank.example:8080")], true),
        (&[("origin", "http://bank.example")], false),
        (&[("origin", "http://bank.example:8080.evil.example")], false),
        (&[("origin", "http://evil.example")], false),
        (&[("origin", "ftp://bank.example:8080")], false),
        (&[("origin", "null")], false),
        (&[], false),
    ] {
        let mut headers = headers(sent);
        assert_eq!(is_same_origin(&headers, Some("bank.example:8080")), taken, "{sent:?}");
        headers.insert(HOST, HeaderValue::from_static("bank.example:8080"));
        assert_eq!(is_same_origin(&headers, None), taken, "{sent:?}");
    }
}

#[test]
fn a_server_for_its_own_machine_is_called_by_that_machines_names_only() {
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
