//! The keys of later versions (decision 11): those that answers have in addition, and those that bodies may have instead. Both
//! follow what the typed models of those versions' public clients require.
//!
//! A record has the name of its Rust type. Up to v3.1.0 no entry applies. Answers gain keys only: no version loses one.

/// The version from which on the tables apply.
const SINCE: &str = "v4.0.0";

/// A key that answers have in addition, and its value.
pub(super) type Added = (&'static str, Source);

/// The value of a key that answers have in addition.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// The value of this key of the record.
    Same(&'static str),
    /// A list of one item: the value of this key of the record.
    Listed(&'static str),
    /// This JSON.
    Json(&'static str),
    /// The record has the key. Earlier versions do not show it.
    Own,
}

/// The way to read a key that a body lacks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instead {
    /// Read this key.
    Key(&'static str),
    /// Read the only item of the list at this key.
    OnlyItem(&'static str),
    /// The client left the key out: it means this JSON. A null means the same.
    Default(&'static str),
}

use Instead::{Default, Key, OnlyItem};
use Source::{Json, Listed, Own, Same};

/// Each entry has a record, its further keys and their values.
const ADDED: &[(&str, &[Added])] = &[
    (
        "Bank",
        &[("bank_code", Same("short_name")), ("bank_routings", Listed("bank_routing")), ("attributes", EMPTY_LIST)],
    ),
    (
        "BankDraft",
        &[
            ("bank_code", Same("short_name")),
            ("logo", Same("logo_url")),
            ("website", Same("website_url")),
            ("bank_routings", Listed("bank_routing")),
            ("attributes", EMPTY_LIST),
        ],
    ),
    (
        "ShownCustomer",
        &[("branch_id", Same("branchId")), ("name_suffix", Same("nameSuffix")), ("customer_attributes", EMPTY_LIST)],
    ),
    (
        "CreatedAccount",
        &[
            ("account_id", Own),
            ("product_code", Same("type")),
            ("account_routings", Listed("account_routing")),
            ("account_attributes", EMPTY_LIST),
        ],
    ),
    (
        "AccountDetails",
        &[
            ("product_code", Same("type")),
            ("account_attributes", EMPTY_LIST),
            // An account is shown through this view only.
            ("views_basic", Json(r#"["owner"]"#)),
        ],
    ),
    ("AccountHeld", &[("label", Own)]),
    (
        "Meeting",
        &[
            // The server keeps no contact details of a meeting.
            ("creator", Json(r#"{"name":"","mobile_phone":"","email_address":""}"#)),
            ("invitees", EMPTY_LIST),
        ],
    ),
    ("UserDetails", &[("is_deleted", FALSE)]),
    ("ShownUser", &[("is_deleted", Own), ("is_locked", Own)]),
    ("HeldEntitlement", &[("user_id", Own)]),
    (
        "Root",
        &[
            ("hostname", Own),
            ("local_identity_provider", Own),
            ("hosted_at", Same("hosted_by")),
            ("energy_source", Json(r#"{"organisation":"","organisation_website":""}"#)),
            ("resource_docs_requires_role", FALSE),
        ],
    ),
];

const EMPTY_LIST: Source = Json("[]");
const FALSE: Source = Json("false");

/// Record, key of v3.1.0, and what stands for it. The first entry that the body has counts.
const ACCEPTED: &[(&str, &str, Instead)] = &[
    ("BankDraft", "short_name", Key("bank_code")),
    ("BankDraft", "full_name", NO_TEXT),
    ("BankDraft", "logo_url", Key("logo")),
    ("BankDraft", "logo_url", NO_TEXT),
    ("BankDraft", "website_url", Key("website")),
    ("BankDraft", "website_url", NO_TEXT),
    ("BankDraft", "swift_bic", NO_TEXT),
    ("BankDraft", "national_identifier", NO_TEXT),
    ("BankDraft", "bank_routing", OnlyItem("bank_routings")),
    ("BankDraft", "bank_routing", NO_ROUTING),
    ("AccountDraft", "user_id", NO_TEXT),
    ("AccountDraft", "type", Key("product_code")),
    ("AccountDraft", "balance", Default(r#"{"currency":"EUR","amount":"0"}"#)),
    ("AccountDraft", "branch_id", NO_TEXT),
    ("AccountDraft", "account_routing", OnlyItem("account_routings")),
    ("AccountDraft", "account_routing", NO_ROUTING),
    // A date of birth has no value that could stand for a missing one.
    ("CustomerDraft", "email", NO_TEXT),
    ("CustomerDraft", "face_image", Default(r#"{"url":"","date":"1970-01-01T00:00:00Z"}"#)),
    ("CustomerDraft", "relationship_status", NO_TEXT),
    ("CustomerDraft", "dependants", Default("0")),
    ("CustomerDraft", "dob_of_dependants", Default("[]")),
    ("CustomerDraft", "credit_rating", Default(r#"{"rating":"","source":""}"#)),
    ("CustomerDraft", "credit_limit", Default(r#"{"currency":"","amount":"0"}"#)),
    ("CustomerDraft", "highest_education_attained", NO_TEXT),
    ("CustomerDraft", "employment_status", NO_TEXT),
    ("CustomerDraft", "kyc_status", Default("false")),
    ("CustomerDraft", "last_ok_date", Default(r#""1970-01-01T00:00:00Z""#)),
    ("CustomerDraft", "title", NO_TEXT),
    ("CustomerDraft", "branchId", NO_TEXT),
    ("CustomerDraft", "nameSuffix", NO_TEXT),
];

const NO_TEXT: Instead = Default(r#""""#);
const NO_ROUTING: Instead = Default(r#"{"scheme":"","address":""}"#);

/// The keys that a record has in addition, in all versions that have any.
pub(super) fn added(record: &str) -> &'static [Added] {
    ADDED.iter().find(|(name, _)| *name == record).map_or(&[], |(_, added)| added)
}

/// The entries about a key that a body of this version lacks.
pub(super) fn instead(version: &str, record: &str, key: &str) -> impl Iterator<Item = Instead> {
    let later = has_later_keys(version);
    ACCEPTED.iter().filter(move |(name, of, _)| later && *name == record && *of == key).map(|(.., instead)| *instead)
}

/// Whether the tables apply to a version.
pub(crate) fn has_later_keys(version: &str) -> bool {
    version >= SINCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_gives_json() {
        let added = ADDED.iter().flat_map(|(_, added)| *added);
        let added = added.filter_map(|(_, source)| if let Json(json) = source { Some(*json) } else { None });
        let defaults =
            ACCEPTED.iter().filter_map(|(_, _, instead)| if let Default(json) = instead { Some(*json) } else { None });
        for json in added.chain(defaults) {
            serde_json::from_str::<serde_json::Value>(json).unwrap();
        }
    }

    #[test]
    fn the_tables_apply_from_v4_0_0_on() {
        let versions: Vec<_> =
            crate::versions::VERSIONS.iter().copied().filter(|version| has_later_keys(version)).collect();
        assert_eq!(versions, ["v4.0.0", "v5.0.0", "v5.1.0", "v6.0.0", "v7.0.0"]);
    }
}
