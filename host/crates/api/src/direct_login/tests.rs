//! Tests of the logins that headers carry, and of the readings of a password.

use super::*;

fn read(text: &str) -> (String, String, String, String) {
    let Parameters { username, password, consumer_key, token, .. } = parameters(text, false);
    (
        username.unwrap_or_default(),
        password.unwrap_or_default(),
        consumer_key.unwrap_or_default(),
        token.unwrap_or_default(),
    )
}

#[test]
fn every_spelling_seen_in_public_clients_is_read() {
    let cases = [
        r#"username="kim", password="Abc,1 =", consumer_key="k1""#,
        r#"username="kim",password="Abc,1 =",consumer_key="k1""#,
        r#"  consumer_key=k1,   password="Abc,1 =" , username=kim"#,
        r#"username="kim" ,  password = "Abc,1 =",  consumer_key= "k1", "#,
    ];
    for text in cases {
        assert_eq!(read(text), ("kim".to_owned(), "Abc,1 =".to_owned(), "k1".to_owned(), String::new()), "{text}");
    }
}

#[test]
fn a_quoted_value_may_contain_quotes_and_commas() {
    for password in [r#"G!y"k9GHD$D"#, r#"a",b"#, r#"","#, "a=b,c=d", r#"x"y", z"#] {
        let text = format!(r#"username="kim", password="{password}", consumer_key="k1""#);
        assert_eq!(read(&text).1, password);
    }
    assert_eq!(read(r#"password=G!y"k9GHD$D,username=kim"#).1, r#"G!y"k9GHD$D"#);
}

#[test]
fn an_empty_parameter_counts_as_missing() {
    assert_eq!(parameters(r#"username="", password=, consumer_key=k"#, false).username, None);
    assert_eq!(parameters(r#"username="", password=, consumer_key=k"#, false).password, None);
    assert_eq!(parameters("", false), Parameters::default());
}

#[test]
fn the_scheme_is_read_in_any_case_and_other_schemes_are_recognised() {
    for (name, value, expected) in [
        ("authorization", "DirectLogin token=\"T\"", Some("T")),
        ("authorization", "directlogin token=T", Some("T")),
        ("directlogin", "token=T", Some("T")),
        ("directlogin", "DirectLogin token=T", Some("T")),
        ("authorization", "Basic 123456", None),
        ("authorization", "DirectLoginX token=T", None),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        match (seen(&headers), expected) {
            (Seen::Parameters(parameters, source), Some(token)) => {
                assert_eq!(parameters.token.as_deref(), Some(token));
                assert_eq!(source == LoginSource::DirectLogin, name == "directlogin");
            }
            (Seen::OtherScheme(scheme), None) => assert_eq!(scheme.is_some(), value.starts_with("Basic")),
            _ => panic!("{name}: {value}"),
        }
    }
}

#[test]
fn a_header_above_the_limit_is_not_read() {
    for name in ["directlogin", "authorization"] {
        let with = |bytes: usize| {
            let mut value = "DirectLogin token=".to_owned();
            value.push_str(&"x".repeat(bytes - value.len()));
            seen(&[(name.parse().unwrap(), value.parse().unwrap())].into_iter().collect::<HeaderMap>())
        };
        assert!(matches!(with(HEADER_BYTES_MAX), Seen::Parameters(..)));
        assert!(matches!(with(HEADER_BYTES_MAX + 1), Seen::TooLong(_)));
    }
}

/// The readings of the password in a header of these bytes, the likeliest first.
fn readings(value: &[u8]) -> Vec<String> {
    let headers = [("directlogin".parse().unwrap(), HeaderValue::from_bytes(value).unwrap())];
    match seen(&headers.into_iter().collect::<HeaderMap>()) {
        Seen::Parameters(parameters, source) => match checked(parameters, source) {
            Ok(CheckedLogin { passwords, .. }) => passwords,
            Err(error) => vec![format!("{error:?}")],
        },
        _ => Vec::new(),
    }
}

#[test]
fn a_password_is_read_as_its_client_may_have_meant_it() {
    for (value, expected) in [
        (&br#"username=u,consumer_key=k,password=plain"#[..], &["plain"][..]),
        (br#"username=u,consumer_key=k,password="a\"b\\c""#, &[r#"a"b\c"#, r#"a\"b\\c"#]),
        (br#"username=u,consumer_key=k,password=a\\b"#, &[r"a\\b"]),
        (br#"username=u,consumer_key=k,password="a\b""#, &[r"a\b"]),
        // A client that does not escape: the header is not HTTP's.
        (br#"username=u,password="abc\",consumer_key=k"#, &[r"abc\"]),
        (br#"username=u,password="a"b",consumer_key=k"#, &[r#"a"b"#]),
        (br#"username=u,password="a\"b"c",consumer_key=k"#, &[r#"a"b"c"#, r#"a\"b"c"#]),
        (br#"username=u,password="a\", token=\"x",consumer_key=k"#, &[r#"a", token="x"#, r#"a\", token=\"x"#]),
        ("username=u,consumer_key=k,password=\"né\"".as_bytes(), &["né", "nÃ©"]),
        (b"username=u,consumer_key=k,password=\"n\xe9\"", &["né"]),
        // U+00A0 is no space of the grammar.
        (b"username=u,consumer_key=k,password=\xa0a\xa0", &["\u{a0}a\u{a0}"]),
        ("username=u,consumer_key=k,password=\u{a0}a\u{a0}".as_bytes(), &["\u{a0}a\u{a0}", "Â\u{a0}aÂ\u{a0}"]),
        // Its bytes as ISO-8859-1 are control characters, which no password has.
        ("username=u,consumer_key=k,password=À".as_bytes(), &["À"]),
        ("username=u,consumer_key=k,password=a\u{fffd}b".as_bytes(), &["PasswordDamaged('\u{fffd}')"]),
        (b"username=u,consumer_key=k,password=a\x80b", &["PasswordDamaged('\\u{80}')"]),
    ] {
        assert_eq!(readings(value), expected, "{}", String::from_utf8_lossy(value));
    }
}

#[test]
fn an_empty_header_counts_as_absent() {
    let with = |headers: &[(&'static str, &'static str)]| {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        seen(&headers.collect())
    };
    let other = with(&[("directlogin", " "), ("authorization", "DirectLogin token=T")]);
    assert!(matches!(other, Seen::Parameters(Parameters { token: Some(_), .. }, LoginSource::Authorization)));
    assert!(matches!(with(&[("directlogin", ""), ("authorization", "")]), Seen::Nothing));
}
