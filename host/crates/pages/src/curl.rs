//! Calls of the API as curl commands.

use hyper::Method;

/// The call as a command for a shell. It does not contain the token, which would stay in the shell's history.
pub(crate) fn curl(
    origin: &str,
    method: &Method,
    url: &str,
    body: &str,
    direct_login: Option<&str>,
    signed_in: bool,
) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut parts = vec![match *method {
        Method::GET => format!("curl {}", quoted(&format!("{origin}{url}"))),
        _ => format!("curl -X {method} {}", quoted(&format!("{origin}{url}"))),
    }];
    match direct_login {
        Some(login) => parts.push(format!("-H {}", quoted(&format!("DirectLogin: {login}")))),
        None if signed_in => parts.push("-H \"DirectLogin: token=$TOKEN\"".to_owned()),
        None => {}
    }
    if !body.is_empty() {
        parts.push("-H 'Content-Type: application/json'".to_owned());
        parts.push(format!("--data-raw {}", quoted(body)));
    }
    parts.join(" \\\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curl_command_quotes_each_value_as_one_word() {
        let line = curl("http://h", &Method::PUT, "/obp/x?a=b&c='d'", "{\"a\":\n\"it's\"}", None, true);
        let expected = "curl -X PUT 'http://h/obp/x?a=b&c='\\''d'\\''' \\\n  -H \"DirectLogin: token=$TOKEN\" \\\n  \
            -H 'Content-Type: application/json' \\\n  --data-raw '{\"a\":\n\"it'\\''s\"}'";
        assert_eq!(line, expected);
        assert_eq!(curl("http://h", &Method::GET, "/obp/x", "", None, false), "curl 'http://h/obp/x'");
        let login = curl("http://h", &Method::POST, "/my/logins/direct", "", Some("username=\"a\""), true);
        assert_eq!(login, "curl -X POST 'http://h/my/logins/direct' \\\n  -H 'DirectLogin: username=\"a\"'");
    }
}
