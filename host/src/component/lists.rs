//! Lists behind handles: the guest decides whether a list may be answered without having it copied into its memory and
//! out again. It gets a handle from the store and returns it; the host answers what is behind it.

use wasmtime::component::{Resource, ResourceTable};

use super::State;
use super::bindings::kyc_storage;
use super::bindings::kyc_types::{KycCheck, KycDocument, KycMedia, KycStatus};

/// What is behind a `kyc-check-list`.
pub struct KycCheckList(pub Vec<KycCheck>);
/// What is behind a `kyc-document-list`.
pub struct KycDocumentList(pub Vec<KycDocument>);
/// What is behind a `kyc-media-list`.
pub struct KycMediaList(pub Vec<KycMedia>);
/// What is behind a `kyc-status-list`.
pub struct KycStatusList(pub Vec<KycStatus>);

/// What a call that has ended has left behind its handles.
pub struct Held(pub(super) ResourceTable);

impl Held {
    /// The list behind a handle that the call has returned.
    ///
    /// # Errors
    /// If the call did not return that handle.
    pub fn take<T: Send + 'static>(&mut self, handle: Resource<T>) -> wasmtime::Result<T> {
        Ok(self.0.delete(handle)?)
    }
}

macro_rules! droppable {
    ($($list:ident: $host:ident),*) => {$(
        impl kyc_storage::$host for State {
            async fn drop(&mut self, list: Resource<$list>) -> wasmtime::Result<()> {
                self.table.delete(list)?;
                Ok(())
            }
        }
    )*};
}

droppable! {
    KycCheckList: HostKycCheckList,
    KycDocumentList: HostKycDocumentList,
    KycMediaList: HostKycMediaList,
    KycStatusList: HostKycStatusList
}
