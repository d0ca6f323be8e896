//! The records of the WIT and the meanings of their fields, as the WIT documents them.

/// A record.
#[derive(Debug)]
pub struct Record {
    /// Its name in the WIT, such as `kyc-check-draft`.
    pub name: &'static str,
    /// The fields in their order: the name in JSON, and the documentation. It is empty if the WIT has none.
    pub fields: &'static [(&'static str, &'static str)],
}

include!(concat!(env!("OUT_DIR"), "/records.rs"));
