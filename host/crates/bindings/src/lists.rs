//! Lists behind handles. The guest decides whether a list may be returned without a copy of it in its own memory: it gets a handle
//! and returns it, and the host answers with the records of the list.

use crate::kyc_types::{KycCheck, KycDocument, KycMedia, KycStatus};

/// The records behind a handle.
pub trait List: Send + 'static {
    /// The type of its records.
    type Record;

    /// Its records, in the order of the store's answer.
    fn into_records(self) -> Vec<Self::Record>;
}

/// The checks behind a `kyc-check-list`.
pub struct KycCheckList(pub Vec<KycCheck>);

impl List for KycCheckList {
    type Record = KycCheck;

    fn into_records(self) -> Vec<KycCheck> {
        self.0
    }
}

/// The documents behind a `kyc-document-list`.
pub struct KycDocumentList(pub Vec<KycDocument>);

impl List for KycDocumentList {
    type Record = KycDocument;

    fn into_records(self) -> Vec<KycDocument> {
        self.0
    }
}

/// The media behind a `kyc-media-list`.
pub struct KycMediaList(pub Vec<KycMedia>);

impl List for KycMediaList {
    type Record = KycMedia;

    fn into_records(self) -> Vec<KycMedia> {
        self.0
    }
}

/// The statuses behind a `kyc-status-list`.
pub struct KycStatusList(pub Vec<KycStatus>);

impl List for KycStatusList {
    type Record = KycStatus;

    fn into_records(self) -> Vec<KycStatus> {
        self.0
    }
}
