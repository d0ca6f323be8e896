//! The grammar of the two DirectLogin headers (surface §2.1). Pure: it reads headers and nothing else.

use hyper::HeaderMap;

use crate::errors::{ApiError, LoginHeader};

/// The longest value of a parameter, in bytes.
const PARAMETER_BYTES_MAX: usize = 512;

/// The content of a request's two login headers.
pub(crate) enum Seen {
    /// Both are missing.
    Nothing,
    /// Authorization has another scheme. The value is its name, if the name is public.
    OtherScheme(Option<&'static str>),
    /// One header has these parameters.
    Parameters(Parameters, LoginHeader),
}

/// Schemes of other APIs. Any other word in their place may be a secret, so no message repeats it.
const SCHEMES: [&str; 6] = ["Basic", "Bearer", "Digest", "GatewayLogin", "Negotiate", "OAuth"];

/// The parameters of a DirectLogin header. An empty parameter counts as missing.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Parameters {
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) consumer_key: Option<String>,
    pub(crate) token: Option<String>,
}

/// Credentials of an in-process caller. Never format them into a header: a password could inject parameters.
#[derive(Clone)]
pub struct Credentials {
    /// The user name.
    pub username: String,
    /// The password, exactly as typed.
    pub password: String,
    /// The key of the application that signs in.
    pub consumer_key: String,
}

impl From<Credentials> for Parameters {
    fn from(Credentials { username, password, consumer_key }: Credentials) -> Self {
        let given = |value: String| (!value.is_empty()).then_some(value);
        Self { username: given(username), password: given(password), consumer_key: given(consumer_key), token: None }
    }
}

impl Parameters {
    /// The error about missing parameters. It names the parameters that are present, never their values.
    pub(crate) fn missing(&self, missing: Vec<&'static str>, header: LoginHeader) -> ApiError {
        let all = [
            ("username", &self.username),
            ("password", &self.password),
            ("consumer_key", &self.consumer_key),
            ("token", &self.token),
        ];
        let present = all.into_iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name).collect();
        ApiError::LoginParametersMissing { missing, present, header }
    }
}

/// User name, password and consumer key of a login.
///
/// # Errors
/// If one of them is missing, too long or has invalid characters.
pub(crate) fn checked(parameters: &Parameters, header: LoginHeader) -> Result<(String, String, String), ApiError> {
    let (Some(username), Some(password), Some(consumer_key)) =
        (&parameters.username, &parameters.password, &parameters.consumer_key)
    else {
        let all = [
            ("username", &parameters.username),
            ("password", &parameters.password),
            ("consumer_key", &parameters.consumer_key),
        ];
        let missing = all.into_iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        return Err(parameters.missing(missing, header));
    };
    let all = [("username", username), ("password", password), ("consumer_key", consumer_key)];
    let too_long: Vec<_> =
        all.into_iter().filter(|(_, value)| value.len() > PARAMETER_BYTES_MAX).map(|(name, _)| name).collect();
    if !too_long.is_empty() {
        return Err(ApiError::LoginValueTooLong(too_long));
    }
    let username_ok = username.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._@ ".contains(&byte));
    let key_ok = consumer_key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let invalid: Vec<_> = [("username", username_ok), ("consumer_key", key_ok)]
        .into_iter()
        .filter(|(_, ok)| !ok)
        .map(|(name, _)| name)
        .collect();
    if !invalid.is_empty() {
        return Err(ApiError::LoginCharactersInvalid(invalid));
    }
    Ok((username.clone(), password.clone(), consumer_key.clone()))
}

/// Reads the login headers. `DirectLogin` wins over `Authorization: DirectLogin …`. The scheme's case does not matter.
pub(crate) fn seen(headers: &HeaderMap) -> Seen {
    if let Some(value) = headers.get("directlogin") {
        let text = String::from_utf8_lossy(value.as_bytes());
        return Seen::Parameters(parameters(strip_word(&text).unwrap_or(&text)), LoginHeader::DirectLogin);
    }
    let Some(value) = headers.get(hyper::header::AUTHORIZATION) else { return Seen::Nothing };
    let text = String::from_utf8_lossy(value.as_bytes());
    match strip_word(&text) {
        Some(rest) => Seen::Parameters(parameters(rest), LoginHeader::Authorization),
        None => Seen::OtherScheme(known_scheme(&text)),
    }
}

fn known_scheme(text: &str) -> Option<&'static str> {
    let word = text.split_whitespace().next()?;
    SCHEMES.into_iter().find(|scheme| scheme.eq_ignore_ascii_case(word))
}

fn strip_word(text: &str) -> Option<&str> {
    const WORD: &str = "directlogin";
    let text = text.trim_start();
    let (word, rest) = text.split_at_checked(WORD.len())?;
    (word.eq_ignore_ascii_case(WORD) && rest.starts_with(|next: char| next.is_whitespace() || next == ',')
        || rest.is_empty() && word.eq_ignore_ascii_case(WORD))
    .then(|| rest.trim_start_matches(|next: char| next.is_whitespace() || next == ','))
}

/// Reads `key=value` parts, separated by commas. A quoted value ends at the quote before the next part or the end, so it may
/// contain commas and quotes. An unquoted value ends at the comma.
fn parameters(text: &str) -> Parameters {
    let mut found = Parameters::default();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"').and_then(quoted) {
            Some(split) => split,
            None => {
                let (value, next) = after.split_once(',').unwrap_or((after, ""));
                let value = value.trim();
                let value = value.strip_prefix('"').unwrap_or(value);
                (value.strip_suffix('"').unwrap_or(value), next)
            }
        };
        let slot = match name.trim_matches(|c: char| c.is_whitespace() || c == ',') {
            "username" => Some(&mut found.username),
            "password" => Some(&mut found.password),
            "consumer_key" => Some(&mut found.consumer_key),
            "token" => Some(&mut found.token),
            _ => None,
        };
        if let Some(slot) = slot {
            *slot = (!value.is_empty()).then(|| value.to_owned());
        }
        rest = next;
    }
    found
}

/// Splits the text after an opening quote at the closing quote. After it comes the end, or a comma and a name.
fn quoted(text: &str) -> Option<(&str, &str)> {
    for (position, _) in text.match_indices('"') {
        let (value, rest) = text.split_at(position);
        let rest = rest.strip_prefix('"')?.trim_start();
        if rest.is_empty() {
            return Some((value, ""));
        }
        let Some(next) = rest.strip_prefix(',') else { continue };
        let (name, after) = next.split_once('=').unwrap_or_default();
        let is_name =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let is_known = ["username", "password", "consumer_key", "token"].contains(&name.trim());
        // A password may contain text that looks like a part. So a part with an unknown name must be quoted too.
        if next.trim().is_empty() || is_known || (is_name(name.trim()) && after.trim_start().starts_with('"')) {
            return Some((value, next));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, String, String, String) {
        let Parameters { username, password, consumer_key, token } = parameters(text);
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
        assert_eq!(parameters(r#"username="", password=, consumer_key=k"#).username, None);
        assert_eq!(parameters(r#"username="", password=, consumer_key=k"#).password, None);
        assert_eq!(parameters(""), Parameters::default());
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
                (Seen::Parameters(parameters, header), Some(token)) => {
                    assert_eq!(parameters.token.as_deref(), Some(token));
                    assert_eq!(header == LoginHeader::DirectLogin, name == "directlogin");
                }
                (Seen::OtherScheme(scheme), None) => assert_eq!(scheme.is_some(), value.starts_with("Basic")),
                _ => panic!("{name}: {value}"),
            }
        }
    }
}
