//! Each error has its status, its code and a text that a client can act on.

use super::*;

/// The variants of [`ApiError`].
const VARIANTS: usize = 30;

/// The variant's place in the list of samples. The compiler demands a new variant here.
fn place(error: &ApiError) -> usize {
    match error {
        ApiError::Refused(_) => 0,
        ApiError::NotLoggedIn(_) => 1,
        ApiError::LoginHeaderMissing(_) => 2,
        ApiError::LoginWordMissing(_) => 3,
        ApiError::LoginParametersMissing { .. } => 4,
        ApiError::LoginCharactersInvalid(_) => 5,
        ApiError::LoginValueTooLong(_) => 6,
        ApiError::ConsumerKeyInvalid => 7,
        ApiError::CredentialsInvalid => 8,
        ApiError::UserLocked { .. } => 9,
        ApiError::TokenInvalid => 10,
        ApiError::JsonIncorrect(_) => 11,
        ApiError::VersionUnknown(_) => 12,
        ApiError::QueryIncorrect(_) => 13,
        ApiError::NotJsonTyped(_) => 14,
        ApiError::BodyTooLarge(_) => 15,
        ApiError::BodyTooSlow => 16,
        ApiError::PathUnknown(..) => 17,
        ApiError::MethodUnknown(_) => 18,
        ApiError::Saturated => 19,
        ApiError::NoRoom { .. } => 25,
        ApiError::PasswordDamaged(_) => 26,
        ApiError::UserDisabled => 27,
        ApiError::ContentCoded(_) => 28,
        ApiError::MessageIncorrect(..) => 29,
        ApiError::Deadline(_) => 20,
        ApiError::ExtensionFailed(..) => 21,
        ApiError::Unavailable(_) => 22,
        ApiError::Failed(_) => 23,
        ApiError::WriteUnavailable(..) | ApiError::WriteFailed(..) => 24,
    }
}

/// A sample of every variant.
fn samples() -> Vec<ApiError> {
    let (text, problem) = (|| "x".to_owned(), Problem { code: String::new(), status: 404, message: String::new() });
    let missing = |missing| ApiError::LoginParametersMissing {
        missing: vec![missing],
        present: vec![],
        source: LoginSource::DirectLogin,
    };
    let mut samples = vec![
        ApiError::Refused(problem),
        ApiError::NotLoggedIn(""),
        ApiError::LoginHeaderMissing(text()),
        ApiError::LoginWordMissing(None),
        missing("token"),
        missing("username"),
        ApiError::LoginCharactersInvalid(vec!["username"]),
        ApiError::LoginValueTooLong(vec!["username"]),
        ApiError::ConsumerKeyInvalid,
        ApiError::CredentialsInvalid,
        ApiError::UserLocked { seconds: 60 },
        ApiError::TokenInvalid,
        ApiError::JsonIncorrect(text()),
        ApiError::VersionUnknown(&["v3.1.0"]),
        ApiError::QueryIncorrect("limit"),
        ApiError::NotJsonTyped(text()),
        ApiError::BodyTooLarge(1),
        ApiError::BodyTooSlow,
        ApiError::PathUnknown(text(), text()),
        ApiError::MethodUnknown(text()),
        ApiError::Saturated,
        ApiError::Deadline(text()),
        ApiError::ExtensionFailed(text(), text()),
        ApiError::Unavailable(text()),
        ApiError::Failed(text()),
    ];
    for code in [Code::Unknown, Code::MessageNotAdded, Code::DocumentNotAdded, Code::UserNotCreated] {
        samples.extend([ApiError::WriteUnavailable(code, text()), ApiError::WriteFailed(code, text())]);
    }
    samples.extend([ApiError::NoRoom { bytes: 1 }, ApiError::PasswordDamaged('\u{fffd}'), ApiError::UserDisabled]);
    samples.push(ApiError::ContentCoded(text()));
    samples.extend([400, 408, 414, 431, 501].map(|status| ApiError::MessageIncorrect(status, text())));
    samples
}

#[test]
fn every_error_has_a_status_that_the_table_lists_for_its_code() {
    let mut places: Vec<_> = samples().iter().map(place).collect();
    places.dedup();
    assert!(places.iter().copied().eq(0..VARIANTS), "a variant has no sample: {places:?}");
    let mut unused: Vec<_> =
        Code::ALL.iter().flat_map(|code| code.statuses().iter().map(|status| (*code, *status))).collect();
    for error in samples() {
        let (status, message) = error.answer();
        let Ok(code) = error.code() else { continue };
        assert!(code.statuses().contains(&status.as_u16()), "{error:?} is answered with {status}");
        assert!(message.starts_with(&code.message()), "{error:?}: {message}");
        unused.retain(|pair| *pair != (code, status.as_u16()));
    }
    assert!(unused.is_empty(), "the table lists statuses that no error has: {unused:?}");
}
