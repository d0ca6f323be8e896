//! The codes of the host's own errors and their texts, in one table. The rules' codes are in the guest's table of refusals.

pub use guest::refusals::RefusalCode;

guest::error_codes! {
    /// The code of a host error, without the details that differ from case to case.
    pub enum HostErrorCode {
        /// A KYC check, image or status could not be stored.
        MessageNotAdded [500 503] "OBP-00004" "Server error: could not add message";
        /// The path names a version of the API that this server does not serve.
        VersionUnknown [400] "OBP-00027" "Invalid API Version string. We could not find the version specified.";
        /// The body is not JSON of the right types, has no JSON content type, is too large or arrives too slowly.
        JsonIncorrect [400 408 413 415] "OBP-10001" "Incorrect json format.";
        /// The server does not support this part of HTTP.
        NotImplemented [501] "OBP-10010" "Not Implemented";
        /// A parameter of the query is not a number in its range.
        QueryIncorrect [400] "OBP-10016" "Incorrect filter Parameters in URL.";
        /// The path exists for other methods only.
        MethodUnknown [405] "OBP-10037" "Incorrect http_method.";
        /// The HTTP message is not valid, is too large or arrives too slowly.
        ProtocolIncorrect [400 408 414 431] "OBP-10038" "Incorrect http_protocol.";
        /// The server has reached its request limit.
        Saturated [503] "OBP-10040" "The Service is too busy, please try it later.";
        /// No operation has this path.
        PathUnknown [404] "OBP-10404" "404 Not Found. The server could not find the requested URI. Please double check your URL, headers and body. Note: When you are making a POST or PUT request, the Content-Type header MUST be `application/json`. Note: OBP only supports JSON formatted bodies.";
        /// The operation needs a login.
        NotLoggedIn [401] "OBP-20001" "User not logged in. Authentication is required!";
        /// DirectLogin: parameters are missing. The status is 401 if the token of a call is missing.
        LoginParametersMissing [400 401] "OBP-20002" "These DirectLogin parameters are missing:";
        /// The token is unknown or has expired.
        TokenInvalid [401] "OBP-20003" "This DirectLogin token is invalid or expired:";
        /// DirectLogin: the user does not exist, or has another password.
        CredentialsInvalid [401] "OBP-20004" "Invalid login credentials. Check username/password.";
        /// DirectLogin: no application has this consumer key, or the application is disabled.
        ConsumerKeyInvalid [401] "OBP-20008" "Invalid Consumer Key.";
        /// DirectLogin: a parameter is too long.
        LoginValueTooLong [400] "OBP-20010" "Value too long";
        /// DirectLogin: a parameter contains invalid characters.
        LoginCharactersInvalid [400] "OBP-20011" "Value contains invalid characters";
        /// DirectLogin: the user is locked after too many failed logins.
        UserLocked [401] "OBP-20013" "The account has been locked, please contact an administrator!";
        /// DirectLogin: both headers are missing.
        LoginHeaderMissing [400] "OBP-20082" "Missing DirectLogin or Authorization header.";
        /// DirectLogin: the Authorization header has another scheme.
        LoginWordMissing [400] "OBP-20083" "Missing DirectLogin word at the value of Authorization header.";
        /// The server failed.
        Unknown [500 503 504] "OBP-50000" "Unknown Error.";
        /// A KYC document could not be stored.
        DocumentNotAdded [500 503] "" "Server error: could not add KycDocument";
        /// A user could not be stored.
        UserNotCreated [500 503] "" "Error occurred during user creation.";
    }
}

/// The code of any error that the API can return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// A refusal of the rules.
    Rules(RefusalCode),
    /// An error of the host.
    Host(HostErrorCode),
}

impl ErrorCode {
    /// The beginning of every message with this code: the code and the text. The documents list it.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Self::Rules(code) => code.message(),
            Self::Host(code) => code.message(),
        }
    }

    /// The code that clients see, such as `OBP-20001`. Empty where the contract has a text without a code.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::Rules(code) => code.number(),
            Self::Host(code) => code.number(),
        }
    }

    /// Every HTTP status that this code can have, the usual one first.
    #[must_use]
    pub const fn statuses(self) -> &'static [u16] {
        match self {
            Self::Rules(code) => code.statuses(),
            Self::Host(code) => code.statuses(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_both_tables_has_the_same_text_in_both() {
        let rules = RefusalCode::ALL.iter().map(|code| (code.number(), code.text()));
        let host = HostErrorCode::ALL.iter().map(|code| (code.number(), code.text()));
        let mut texts = std::collections::BTreeMap::new();
        for (number, text) in rules.chain(host).filter(|(number, _)| !number.is_empty()) {
            assert_eq!(*texts.entry(number).or_insert(text), text, "{number} has two texts");
        }
    }
}
