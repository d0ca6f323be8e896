//! Lists behind handles. The guest decides whether a list may be returned without a copy of it in its own memory: it gets a
//! handle and returns it, and the host answers with the records of the list.

use crate::accounts_types::Account;
use crate::consumers_types::Consumer;
use crate::entitlements_types::{EntitlementOfUser, EntitlementRequest};
use crate::kyc_types::{KycCheck, KycDocument, KycMedia, KycStatus};

/// The records behind a handle, in the order of the store's answer.
pub struct RecordList<T>(pub Vec<T>);

/// The accounts behind an `account-list`.
pub type AccountList = RecordList<Account>;
/// The accounts behind a `visible-account-list`, with the ids of the views.
pub type VisibleAccountList = RecordList<(Account, Vec<String>)>;
/// The consumers behind a `consumer-list`.
pub type ConsumerList = RecordList<Consumer>;
/// The entitlements behind an `entitlement-of-user-list`.
pub type EntitlementOfUserList = RecordList<EntitlementOfUser>;
/// The requests behind an `entitlement-request-list`.
pub type EntitlementRequestList = RecordList<EntitlementRequest>;
/// The checks behind a `kyc-check-list`.
pub type KycCheckList = RecordList<KycCheck>;
/// The documents behind a `kyc-document-list`.
pub type KycDocumentList = RecordList<KycDocument>;
/// The media behind a `kyc-media-list`.
pub type KycMediaList = RecordList<KycMedia>;
/// The statuses behind a `kyc-status-list`.
pub type KycStatusList = RecordList<KycStatus>;
