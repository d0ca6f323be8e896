//! The kinds of records that a screener can get: the cases of the variant `subject` in `wit/screening.wit`.

use std::collections::BTreeSet;
use std::fmt;

use bindings::screening::Subject;
use serde::Deserialize;

/// A kind of record.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    /// The user of createUser. It belongs to no bank.
    User,
    /// The account of createAccount.
    Account,
    /// The check of addKycCheck.
    KycCheck,
    /// The document of addKycDocument.
    KycDocument,
    /// The image or scan of addKycMedia.
    KycMedia,
    /// The entry of addKycStatus.
    KycStatus,
}

impl RecordKind {
    /// The names of all kinds, in the order of the WIT.
    pub const NAMES: [&str; 6] = ["user", "account", "kyc-check", "kyc-document", "kyc-media", "kyc-status"];

    const ALL: [Self; 6] =
        [Self::User, Self::Account, Self::KycCheck, Self::KycDocument, Self::KycMedia, Self::KycStatus];

    /// The kind of a record.
    #[must_use]
    pub const fn of(subject: &Subject) -> Self {
        match subject {
            Subject::User(_) => Self::User,
            Subject::Account(_) => Self::Account,
            Subject::KycCheck(_) => Self::KycCheck,
            Subject::KycDocument(_) => Self::KycDocument,
            Subject::KycMedia(_) => Self::KycMedia,
            Subject::KycStatus(_) => Self::KycStatus,
        }
    }

    /// All kinds.
    #[must_use]
    pub fn all() -> BTreeSet<Self> {
        Self::ALL.into()
    }

    /// The name in the WIT package.
    #[must_use]
    pub const fn name(self) -> &'static str {
        let [user, account, kyc_check, kyc_document, kyc_media, kyc_status] = Self::NAMES;
        match self {
            Self::User => user,
            Self::Account => account,
            Self::KycCheck => kyc_check,
            Self::KycDocument => kyc_document,
            Self::KycMedia => kyc_media,
            Self::KycStatus => kyc_status,
        }
    }

    /// Whether records of this kind belong to a bank.
    #[must_use]
    pub const fn has_bank(self) -> bool {
        !matches!(self, Self::User)
    }
}

impl fmt::Display for RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_are_the_cases_of_the_wit() {
        let wit = include_str!("../../../../wit/screening.wit");
        let body = wit.split("variant subject {").nth(1).unwrap().split("\n  }").next().unwrap();
        let cases = body.lines().map(str::trim).filter(|line| !line.starts_with("///") && line.contains('('));
        let cases: Vec<_> = cases.map(|line| line.split('(').next().unwrap()).collect();
        assert_eq!(cases, RecordKind::NAMES);
        assert_eq!(RecordKind::all().into_iter().map(RecordKind::name).collect::<Vec<_>>(), RecordKind::NAMES);
    }
}
