//! What answers the component's imports: one line each. A failing store becomes a trap.

use wasmtime::Result;
use wasmtime::component::{HasSelf, Linker};
use wasmtime_wasi::clocks::WasiClocks;
use wasmtime_wasi::p2;
use wasmtime_wasi::random::WasiRandom;

use super::State;
use super::bindings::kyc_types::{KycCheck, KycDocument, KycMedia, KycStatus};
use super::bindings::screening::{Subject, Verdict};
use super::bindings::users_types::Entitlement;
use super::bindings::{entitlements_storage, kyc_storage, screening};
use crate::storage::kyc;

/// Links exactly the imports that the world names.
pub(super) fn add_to_linker(linker: &mut Linker<State>) -> Result<()> {
    p2::bindings::clocks::wall_clock::add_to_linker::<State, WasiClocks>(
        linker,
        wasmtime_wasi::clocks::WasiClocksView::clocks,
    )?;
    p2::bindings::random::random::add_to_linker::<State, WasiRandom>(
        linker,
        wasmtime_wasi::random::WasiRandomView::random,
    )?;
    super::bindings::Onboarding::add_to_linker::<State, HasSelf<State>>(linker, |state| state)
}

impl kyc_storage::Host for State {
    async fn facts_for_write(&mut self, bank_id: String, customer_id: String) -> Result<kyc_storage::WriteFacts> {
        Ok(kyc::facts_for_write(self.facts()?, &bank_id, &customer_id).await?)
    }

    async fn checks(&mut self, customer_id: String) -> Result<Option<Vec<KycCheck>>> {
        Ok(kyc::checks(self.facts()?, &customer_id).await?)
    }

    async fn documents(&mut self, customer_id: String) -> Result<Option<Vec<KycDocument>>> {
        Ok(kyc::documents(self.facts()?, &customer_id).await?)
    }

    async fn medias(&mut self, customer_id: String) -> Result<Option<Vec<KycMedia>>> {
        Ok(kyc::medias(self.facts()?, &customer_id).await?)
    }

    async fn statuses(&mut self, customer_id: String) -> Result<Option<Vec<KycStatus>>> {
        Ok(kyc::statuses(self.facts()?, &customer_id).await?)
    }
}

impl entitlements_storage::Host for State {
    async fn of_user(&mut self, user_id: String) -> Result<Vec<Entitlement>> {
        let _ = user_id;
        Ok(vec![])
    }
    async fn is_super_admin(&mut self, user_id: String) -> Result<bool> {
        let _ = user_id;
        Ok(false)
    }
    async fn all(&mut self, _: Option<String>) -> Result<Vec<entitlements_storage::EntitlementOfUser>> {
        Ok(vec![])
    }
    async fn requests(&mut self, _: Option<String>) -> Result<Vec<entitlements_storage::EntitlementRequest>> {
        Ok(vec![])
    }
    async fn request(&mut self, _: String) -> Result<Option<entitlements_storage::EntitlementRequest>> {
        Ok(None)
    }
}

impl screening::Host for State {
    /// No extension screens yet.
    async fn screen(&mut self, _subject: Subject) -> Result<Verdict> {
        Ok(Verdict::Accept)
    }
}
