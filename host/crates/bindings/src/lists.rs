//! Lists behind handles. The guest decides whether a list may be answered without having it copied into its memory: it gets
//! a handle from the store and returns it, and the host answers the records behind it.

use crate::kyc_types::{KycCheck, KycDocument, KycMedia, KycStatus};

/// The records behind a handle.
pub trait List: Send + 'static {
    /// One of them.
    type Record;

    /// All of them, in the order of the store's answer.
    fn into_records(self) -> Vec<Self::Record>;
}

macro_rules! lists {
    ($($(#[doc = $doc:literal])+ $list:ident of $record:ident;)*) => {$(
        $(#[doc = $doc])+
        pub struct $list(pub Vec<$record>);

        impl List for $list {
            type Record = $record;

            fn into_records(self) -> Vec<$record> {
                self.0
            }
        }
    )*};
}

lists! {
    /// The checks behind a `kyc-check-list`.
    KycCheckList of KycCheck;
    /// The documents behind a `kyc-document-list`.
    KycDocumentList of KycDocument;
    /// The media behind a `kyc-media-list`.
    KycMediaList of KycMedia;
    /// The statuses behind a `kyc-status-list`.
    KycStatusList of KycStatus;
}
