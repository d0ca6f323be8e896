//! The codes of the host's own faults, and their texts: one table. Those of the rules stand in `guest/src/refusals.rs`.

use guest::refusals::RefusalCode;

guest::error_codes! {
    /// The code of a host's error, without the details that differ from case to case.
    pub enum Code {
        /// A KYC check, medium or status could not be stored.
        MessageNotAdded [500 503] "OBP-00004" "Server error: could not add message";
        /// A version of the API was named that is not served.
        VersionUnknown [400] "OBP-00027" "Invalid API Version string. We could not find the version specified.";
        /// The body is not JSON of the right types, not of a JSON content type, too large, or too slow to come.
        JsonIncorrect [400 408 413 415] "OBP-10001" "Incorrect json format.";
        /// A parameter of the query is not in its range.
        QueryIncorrect [400] "OBP-10016" "Incorrect filter Parameters in URL.";
        /// The path has other methods only.
        MethodUnknown [405] "OBP-10037" "Incorrect http_method.";
        /// As many requests are at work as may be.
        Saturated [503] "OBP-10040" "The Service is too busy, please try it later.";
        /// No route has that path.
        PathUnknown [404] "OBP-10404" "404 Not Found. The server could not find the requested URI. Please double check your URL, headers and body. Note: When you are making a POST or PUT request, the Content-Type header MUST be `application/json`. Note: OBP only supports JSON formatted bodies.";
        /// The route needs a login.
        NotLoggedIn [401] "OBP-20001" "User not logged in. Authentication is required!";
        /// DirectLogin: parameters are missing; 401 where it is the token of a call.
        LoginParametersMissing [400 401] "OBP-20002" "These DirectLogin parameters are missing:";
        /// The token is unknown or has expired.
        TokenInvalid [401] "OBP-20003" "This DirectLogin token is invalid or expired:";
        /// DirectLogin: no such user, or another password.
        CredentialsInvalid [401] "OBP-20004" "Invalid login credentials. Check username/password.";
        /// DirectLogin: no such consumer, or it is disabled.
        ConsumerKeyInvalid [401] "OBP-20008" "Invalid Consumer Key.";
        /// DirectLogin: a parameter is too long.
        LoginValueTooLong [400] "OBP-20010" "Value too long";
        /// DirectLogin: a parameter has characters it cannot have.
        LoginCharactersInvalid [400] "OBP-20011" "Value contains invalid characters";
        /// DirectLogin: too many failed tries.
        UserLocked [401] "OBP-20013" "The account has been locked, please contact an administrator!";
        /// DirectLogin: neither of the two headers is there.
        LoginHeaderMissing [400] "OBP-20082" "Missing DirectLogin or Authorization header.";
        /// DirectLogin: the Authorization header is of another scheme.
        LoginWordMissing [400] "OBP-20083" "Missing DirectLogin word at the value of Authorization header.";
        /// A fault of our own.
        Unknown [500 503 504] "OBP-50000" "Unknown Error.";
        /// A KYC document could not be stored.
        DocumentNotAdded [500 503] "" "Server error: could not add KycDocument";
        /// A user could not be stored.
        UserNotCreated [500 503] "" "Error occurred during user creation.";
    }
}

/// An error a client may be told, whoever tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A refusal of the rules.
    Rules(RefusalCode),
    /// A fault of the host.
    Host(Code),
}

impl Error {
    /// How every message of it begins, and what the documents list.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Self::Rules(code) => code.message(),
            Self::Host(code) => code.message(),
        }
    }

    /// `OBP-20001`, or nothing where the text stands alone.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::Rules(code) => code.number(),
            Self::Host(code) => code.number(),
        }
    }

    /// The statuses it is answered with.
    #[must_use]
    pub fn statuses(self) -> Vec<u16> {
        match self {
            Self::Rules(code) => code.statuses().to_vec(),
            Self::Host(code) => code.statuses().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_belongs_to_one_code_whoever_answers_it() {
        let rules = RefusalCode::ALL.iter().map(|code| (code.number(), code.text()));
        let own = Code::ALL.iter().map(|code| (code.number(), code.text()));
        let mut texts = std::collections::BTreeMap::new();
        for (number, text) in rules.chain(own).filter(|(number, _)| !number.is_empty()) {
            assert_eq!(*texts.entry(number).or_insert(text), text, "{number} has two texts");
        }
    }
}
