//! The grammar of the two DirectLogin headers (surface §2.1). Pure: it reads headers and nothing else.

use guest::users::may_be_username;
use hyper::HeaderMap;

use crate::errors::{ApiError, LoginHeader};

/// The longest value of a parameter, in bytes.
const PARAMETER_BYTES_MAX: usize = 512;
/// The longest header that is read, in bytes: four values, each with as many escapes as bytes, and their names.
const HEADER_BYTES_MAX: usize = 4 * 2 * PARAMETER_BYTES_MAX + 256;

/// The content of a request's two login headers.
pub(crate) enum Seen {
    /// Both are missing.
    Nothing,
    /// Authorization has another scheme. The value is its name, if the name is public.
    OtherScheme(Option<&'static str>),
    /// The header is longer than [`HEADER_BYTES_MAX`]. It is not read.
    TooLong(LoginHeader),
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
    let key_ok = consumer_key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let invalid: Vec<_> = [("username", may_be_username(username)), ("consumer_key", key_ok)]
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
    let (value, header) = match (headers.get("directlogin"), headers.get(hyper::header::AUTHORIZATION)) {
        (Some(value), _) => (value, LoginHeader::DirectLogin),
        (None, Some(value)) => (value, LoginHeader::Authorization),
        (None, None) => return Seen::Nothing,
    };
    if value.len() > HEADER_BYTES_MAX {
        return Seen::TooLong(header);
    }
    let text = String::from_utf8_lossy(value.as_bytes());
    match (strip_word(&text), header) {
        (Some(rest), _) => Seen::Parameters(parameters(rest), header),
        (None, LoginHeader::DirectLogin) => Seen::Parameters(parameters(&text), header),
        (None, LoginHeader::Authorization) => Seen::OtherScheme(known_scheme(&text)),
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
///
/// The work is proportional to the length: a text without a closing quote is searched for one only once.
fn parameters(text: &str) -> Parameters {
    let mut found = Parameters::default();
    let mut rest = text;
    let mut can_close = true;
    while let Some((name, after)) = split_at_first(rest, '=') {
        let after = without_leading_space(after);
        let quoted = after.strip_prefix('"').filter(|_| can_close).map(quoted);
        can_close &= quoted != Some(None);
        let (value, next) = quoted.flatten().unwrap_or_else(|| unquoted(after));
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

/// Splits the text at the next comma, and removes one quote at each end of the value.
fn unquoted(text: &str) -> (&str, &str) {
    let (value, next) = split_at_first(text, ',').unwrap_or((text, ""));
    let value = value.trim();
    let value = value.strip_prefix('"').unwrap_or(value);
    (value.strip_suffix('"').unwrap_or(value), next)
}

/// Splits the text after an opening quote at the closing quote. After it comes the end, or a comma and a name.
///
/// The text after a quote is read up to the next quote at most, so that the work is proportional to the length.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut rest = text;
    while let Some(position) = first(rest, &['"']) {
        let after = &rest[position + 1..];
        let value = &text[..text.len() - after.len() - 1];
        let part = without_leading_space(after);
        if part.is_empty() {
            return Some((value, ""));
        }
        if let Some(next) = part.strip_prefix(',')
            && (without_leading_space(next).is_empty() || begins_with_part(next))
        {
            return Some((value, next));
        }
        rest = after;
    }
    None
}

/// Whether the text begins with `name=`. A password may contain text that looks like a part, so a part with an unknown name
/// counts only if its value is quoted.
fn begins_with_part(text: &str) -> bool {
    let end = first(text, &['=', '"']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(value) = rest.strip_prefix('=') else { return false };
    let name = name.trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_known = ["username", "password", "consumer_key", "token"].contains(&name);
    is_known || (is_name && without_leading_space(value).starts_with('"'))
}

/// The position of the first of these characters. All searches of the grammar are this one, so that a test counts their work.
fn first(text: &str, characters: &[char]) -> Option<usize> {
    let position = text.find(characters);
    #[cfg(test)]
    tests::count(position.map_or(text.len(), |position| position + 1));
    position
}

/// The text before and after the first such character.
fn split_at_first(text: &str, character: char) -> Option<(&str, &str)> {
    let position = first(text, &[character])?;
    Some((&text[..position], &text[position + character.len_utf8()..]))
}

fn without_leading_space(text: &str) -> &str {
    let rest = text.trim_start();
    #[cfg(test)]
    tests::count(text.len() - rest.len() + 1);
    rest
}

#[cfg(test)]
mod tests;
