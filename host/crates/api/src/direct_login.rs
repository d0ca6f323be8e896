//! The login that a request carries: in one of the two DirectLogin headers (surface §2.1), or in the body. Pure: it reads the
//! request and nothing else.
//!
//! A password may have several readings, because clients differ in the encoding of headers and in the grammar of quoted values.
//! A login tries them all, and counts as one attempt (`docs/decisions/074-readings-of-a-login.md`).

mod body;
mod grammar;
mod text;

use guest::passwords::unusable_character;
use guest::users::may_be_username;
use hyper::HeaderMap;
use hyper::header::{self, HeaderName, HeaderValue};

pub(crate) use self::body::in_body;
use self::grammar::parts;
use self::text::{Decoded, as_latin1, decoded};
use crate::errors::ApiError;
use crate::login_source::LoginSource;

const DIRECT_LOGIN: HeaderName = HeaderName::from_static("directlogin");
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
    TooLong(LoginSource),
    /// One header has these parameters.
    Parameters(Parameters, LoginSource),
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
    /// Other readings of the password, each a possible password.
    other_passwords: Vec<String>,
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
        Self {
            username: given(username),
            password: given(password),
            consumer_key: given(consumer_key),
            ..Self::default()
        }
    }
}

impl Parameters {
    /// Sets a parameter. An empty one counts as missing, an unknown one is ignored.
    fn set(&mut self, name: &str, value: String) {
        let slot = match name {
            "username" => &mut self.username,
            "password" => &mut self.password,
            "consumer_key" => &mut self.consumer_key,
            "token" => &mut self.token,
            _ => return,
        };
        *slot = (!value.is_empty()).then_some(value);
    }

    /// Sets a parameter whose bytes were decoded. A password gets its other reading too.
    fn set_decoded(&mut self, name: &str, value: Decoded) {
        if name == "password" {
            self.other_passwords.clear();
            if value.is_ambiguous {
                self.add_reading(Decoded { text: as_latin1(&value.text), is_ambiguous: false });
            }
        }
        self.set(name, value.text);
    }

    /// Adds a reading of the password, unless no password can be like that.
    fn add_reading(&mut self, reading: Decoded) {
        let Decoded { text, is_ambiguous } = reading;
        if is_ambiguous {
            self.add_reading(Decoded { text: as_latin1(&text), is_ambiguous: false });
        }
        if text.len() <= PARAMETER_BYTES_MAX
            && unusable_character(&text).is_none()
            && self.password.as_ref() != Some(&text)
            && !self.other_passwords.contains(&text)
        {
            self.other_passwords.push(text);
        }
    }

    /// The parameters with their names, in the order of messages.
    fn named(&self) -> [(&'static str, Option<&String>); 4] {
        [
            ("username", self.username.as_ref()),
            ("password", self.password.as_ref()),
            ("consumer_key", self.consumer_key.as_ref()),
            ("token", self.token.as_ref()),
        ]
    }

    /// The names of the parameters that are present.
    pub(crate) fn present(&self) -> Vec<&'static str> {
        self.named().into_iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name).collect()
    }

    /// The error about missing parameters. It names the parameters that are present, never their values.
    pub(crate) fn missing(&self, missing: Vec<&'static str>, source: LoginSource) -> ApiError {
        ApiError::LoginParametersMissing { missing, present: self.present(), source }
    }
}

/// A login whose values may be right.
pub(crate) struct CheckedLogin {
    pub(crate) username: String,
    pub(crate) consumer_key: String,
    /// The readings of the password, the likeliest first.
    pub(crate) passwords: Vec<String>,
}

/// Checks the values of a login.
///
/// # Errors
/// If one of them is missing, too long, has invalid characters, or was damaged on its way.
pub(crate) fn checked(parameters: Parameters, source: LoginSource) -> Result<CheckedLogin, ApiError> {
    let needed = || parameters.named().into_iter().filter(|(name, _)| *name != "token");
    let missing: Vec<_> = needed().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
    let too_long: Vec<_> = needed()
        .filter(|(_, value)| value.is_some_and(|value| value.len() > PARAMETER_BYTES_MAX))
        .map(|(name, _)| name)
        .collect();
    if !missing.is_empty() {
        return Err(parameters.missing(missing, source));
    }
    if !too_long.is_empty() {
        return Err(ApiError::LoginValueTooLong(too_long));
    }
    let Parameters { username, password, consumer_key, token: _, other_passwords } = parameters;
    let [username, password, consumer_key] = [username, password, consumer_key].map(Option::unwrap_or_default);
    let key_ok = consumer_key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let invalid: Vec<_> = [("username", may_be_username(&username)), ("consumer_key", key_ok)]
        .into_iter()
        .filter(|(_, ok)| !ok)
        .map(|(name, _)| name)
        .collect();
    if !invalid.is_empty() {
        return Err(ApiError::LoginCharactersInvalid(invalid));
    }
    if let Some(character) = unusable_character(&password) {
        return Err(ApiError::PasswordDamaged(character));
    }
    let passwords = std::iter::once(password).chain(other_passwords).collect();
    Ok(CheckedLogin { username, consumer_key, passwords })
}

/// Reads the login headers. `DirectLogin` wins over `Authorization: DirectLogin …`. The scheme's case does not matter. An empty
/// header counts as absent (decision 4).
pub(crate) fn seen(headers: &HeaderMap) -> Seen {
    let given = |name: HeaderName| {
        let mut values = headers.get_all(name).into_iter().map(HeaderValue::as_bytes);
        values.find(|value| !value.trim_ascii().is_empty())
    };
    let (value, source) = match (given(DIRECT_LOGIN), given(header::AUTHORIZATION)) {
        (Some(value), _) => (value, LoginSource::DirectLogin),
        (None, Some(value)) => (value, LoginSource::Authorization),
        (None, None) => return Seen::Nothing,
    };
    if value.len() > HEADER_BYTES_MAX {
        return Seen::TooLong(source);
    }
    let Decoded { text, is_ambiguous } = decoded(value);
    match (strip_word(&text), source) {
        (Some(rest), _) => Seen::Parameters(parameters(rest, is_ambiguous), source),
        (None, LoginSource::Authorization) => Seen::OtherScheme(known_scheme(&text)),
        (None, _) => Seen::Parameters(parameters(&text, is_ambiguous), source),
    }
}

/// Whether a login may be in the body: neither header has one.
pub(crate) fn may_be_in_body(headers: &HeaderMap) -> bool {
    matches!(seen(headers), Seen::Nothing | Seen::OtherScheme(_))
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

/// The parameters of a header.
fn parameters(text: &str, is_ambiguous: bool) -> Parameters {
    let mut found = Parameters::default();
    for part in parts(text) {
        let unescaped = part.unescaped();
        // A client that does not know the grammar of HTTP sends backslashes as they are.
        let literal = (part.name == "password" && unescaped != part.value).then(|| part.value.to_owned());
        found.set_decoded(part.name, Decoded { text: unescaped, is_ambiguous });
        if let Some(text) = literal {
            found.add_reading(Decoded { text, is_ambiguous });
        }
    }
    found
}

#[cfg(test)]
mod tests;
