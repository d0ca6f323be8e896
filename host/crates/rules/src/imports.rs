//! Answers the component's imports, in one line each. An error of the store becomes a trap.

use bindings::accounts_types::Account;
use bindings::banks_types::Bank;
use bindings::customers_types::Customer;
use bindings::entitlements_types::EntitlementRequest;
use bindings::kyc_types::BankTimeline;
use bindings::meeting_provider::{Access, Participant, SessionRequest, Unavailable};
use bindings::meetings_types::StoredMeeting;
use bindings::screening::{Subject, Verdict};
use bindings::users_types::{Entitlement, LockStatus, UserDetails};
use bindings::{
    AccountList, ConsumerList, EntitlementOfUserList, EntitlementRequestList, KycCheckList, KycDocumentList,
    KycMediaList, KycStatusList, VisibleAccountList,
};
use bindings::{
    accounts_storage, banks_storage, consumers_storage, credentials, customers_storage, entitlements_storage,
    kyc_storage, meeting_provider, meetings_storage, screening, users_storage,
};
use storage::{accounts, banks, consumers, customers, entitlements, failed_logins, kyc, meetings, users};
use wasmtime::Result;
use wasmtime::component::{HasSelf, Linker, Resource};

use crate::credentials::digest;
use crate::state::RulesState;

/// Links interfaces that [`RulesState`] answers. A macro, because each interface is a module, which no function can take.
macro_rules! link {
    ($linker:ident: $($interface:ident)*) => {
        $(bindings::$interface::add_to_linker::<RulesState, HasSelf<RulesState>>($linker, |state| state)?;)*
    };
}

/// Implements and links interfaces that have types only. A macro for the same reason.
macro_rules! types_only {
    ($($interface:ident)*) => {
        $(impl bindings::$interface::Host for RulesState {})*

        fn link_types(linker: &mut Linker<RulesState>) -> Result<()> {
            link!(linker: $($interface)*);
            bindings::timestamp::add_to_linker::<RulesState, HasSelf<RulesState>>(linker, |state| state)
        }
    };
}

types_only! {
    accounts_types banks_types caller changes consumers_types customers_types entitlements_types kyc_types meetings_types
    problem users_types
}

/// Links exactly the imports that the world names.
pub(super) fn add_to_linker(linker: &mut Linker<RulesState>) -> Result<()> {
    sandbox::add_to_linker(linker, |state| &mut state.environment)?;
    link_types(linker)?;
    link!(linker: accounts_storage banks_storage consumers_storage credentials customers_storage entitlements_storage);
    link!(linker: kyc_storage meeting_provider meetings_storage screening users_storage);
    Ok(())
}

impl accounts_storage::HostAccountList for RulesState {
    async fn drop(&mut self, list: Resource<AccountList>) -> Result<()> {
        self.drop_list(list)
    }
}

impl accounts_storage::HostVisibleAccountList for RulesState {
    async fn drop(&mut self, list: Resource<VisibleAccountList>) -> Result<()> {
        self.drop_list(list)
    }
}

impl consumers_storage::HostConsumerList for RulesState {
    async fn drop(&mut self, list: Resource<ConsumerList>) -> Result<()> {
        self.drop_list(list)
    }
}

impl entitlements_storage::HostEntitlementOfUserList for RulesState {
    async fn drop(&mut self, list: Resource<EntitlementOfUserList>) -> Result<()> {
        self.drop_list(list)
    }
}

impl entitlements_storage::HostEntitlementRequestList for RulesState {
    async fn drop(&mut self, list: Resource<EntitlementRequestList>) -> Result<()> {
        self.drop_list(list)
    }
}

impl kyc_storage::HostKycCheckList for RulesState {
    async fn drop(&mut self, list: Resource<KycCheckList>) -> Result<()> {
        self.drop_list(list)
    }
}

impl kyc_storage::HostKycDocumentList for RulesState {
    async fn drop(&mut self, list: Resource<KycDocumentList>) -> Result<()> {
        self.drop_list(list)
    }
}

impl kyc_storage::HostKycMediaList for RulesState {
    async fn drop(&mut self, list: Resource<KycMediaList>) -> Result<()> {
        self.drop_list(list)
    }
}

impl kyc_storage::HostKycStatusList for RulesState {
    async fn drop(&mut self, list: Resource<KycStatusList>) -> Result<()> {
        self.drop_list(list)
    }
}

impl accounts_storage::Host for RulesState {
    async fn facts_for_create(
        &mut self,
        bank_id: String,
        account_id: String,
        owner_user_id: String,
    ) -> Result<accounts_storage::CreateFacts> {
        Ok(accounts::facts_for_create(self.snapshot()?, &bank_id, &account_id, &owner_user_id).await?)
    }

    async fn find(
        &mut self,
        bank_id: String,
        account_id: String,
        user_id: String,
    ) -> Result<Option<(Account, Vec<String>)>> {
        Ok(accounts::find(self.snapshot()?, &bank_id, &account_id, &user_id).await?)
    }

    async fn seen_by(&mut self, user_id: String, bank_id: Option<String>) -> Result<Resource<VisibleAccountList>> {
        let list = accounts::seen_by(self.snapshot()?, &user_id, bank_id.as_deref()).await?;
        self.push_list(list)
    }

    async fn held_by(&mut self, user_id: String, bank_id: String) -> Result<Resource<AccountList>> {
        let list = accounts::held_by(self.snapshot()?, &user_id, &bank_id).await?;
        self.push_list(list)
    }
}

impl banks_storage::Host for RulesState {
    async fn exists(&mut self, bank_id: String) -> Result<bool> {
        Ok(banks::exists(self.snapshot()?, &bank_id).await?)
    }

    async fn find(&mut self, bank_id: String) -> Result<Option<Bank>> {
        Ok(banks::find(self.snapshot()?, &bank_id).await?)
    }

    async fn all(&mut self) -> Result<Vec<Bank>> {
        Ok(banks::all(self.snapshot()?).await?)
    }
}

impl consumers_storage::Host for RulesState {
    async fn made_by(&mut self, user_id: Option<String>) -> Result<Resource<ConsumerList>> {
        let list = consumers::made_by(self.snapshot()?, user_id.as_deref()).await?;
        self.push_list(list)
    }

    async fn exists(&mut self, consumer_id: String) -> Result<bool> {
        Ok(consumers::exists(self.snapshot()?, &consumer_id).await?)
    }
}

impl customers_storage::Host for RulesState {
    async fn at_bank(&mut self, bank_id: String, customer_id: String) -> Result<Option<Customer>> {
        Ok(customers::at_bank(self.snapshot()?, &bank_id, &customer_id).await?)
    }

    async fn by_number(&mut self, bank_id: String, customer_number: String) -> Result<Option<Customer>> {
        Ok(customers::by_number(self.snapshot()?, &bank_id, &customer_number).await?)
    }

    async fn linked_to(&mut self, user_id: String, bank_id: Option<String>) -> Result<Vec<Customer>> {
        Ok(customers::linked_to(self.snapshot()?, &user_id, bank_id.as_deref()).await?)
    }
}

impl entitlements_storage::Host for RulesState {
    async fn of_user(&mut self, user_id: String) -> Result<Vec<Entitlement>> {
        Ok(entitlements::of_user(self.snapshot()?, &user_id).await?)
    }

    async fn is_super_admin(&mut self, user_id: String) -> Result<bool> {
        Ok(entitlements::is_super_admin(self.snapshot()?, &user_id).await?)
    }

    async fn all(&mut self, role_name: Option<String>) -> Result<Resource<EntitlementOfUserList>> {
        let list = entitlements::all(self.snapshot()?, role_name.as_deref()).await?;
        self.push_list(list)
    }

    async fn requests(&mut self, user_id: Option<String>) -> Result<Resource<EntitlementRequestList>> {
        let list = entitlements::requests(self.snapshot()?, user_id.as_deref()).await?;
        self.push_list(list)
    }

    async fn has_requested(&mut self, user_id: String, role_name: String, bank_id: String) -> Result<bool> {
        Ok(entitlements::has_requested(self.snapshot()?, &user_id, &role_name, &bank_id).await?)
    }

    async fn request(&mut self, entitlement_request_id: String) -> Result<Option<EntitlementRequest>> {
        Ok(entitlements::request(self.snapshot()?, &entitlement_request_id).await?)
    }
}

impl kyc_storage::Host for RulesState {
    async fn facts_for_write(&mut self, bank_id: String, customer_id: String) -> Result<kyc_storage::WriteFacts> {
        Ok(kyc::facts_for_write(self.snapshot()?, &bank_id, &customer_id).await?)
    }

    async fn checks(&mut self, customer_id: String) -> Result<Option<Resource<KycCheckList>>> {
        let list = kyc::checks(self.snapshot()?, &customer_id).await?;
        list.map(|list| self.push_list(list)).transpose()
    }

    async fn documents(&mut self, customer_id: String) -> Result<Option<Resource<KycDocumentList>>> {
        let list = kyc::documents(self.snapshot()?, &customer_id).await?;
        list.map(|list| self.push_list(list)).transpose()
    }

    async fn medias(&mut self, customer_id: String) -> Result<Option<Resource<KycMediaList>>> {
        let list = kyc::medias(self.snapshot()?, &customer_id).await?;
        list.map(|list| self.push_list(list)).transpose()
    }

    async fn statuses(&mut self, customer_id: String) -> Result<Option<Resource<KycStatusList>>> {
        let list = kyc::statuses(self.snapshot()?, &customer_id).await?;
        list.map(|list| self.push_list(list)).transpose()
    }

    async fn timeline(&mut self, bank_id: String, customer_id: String) -> Result<Option<BankTimeline>> {
        Ok(kyc::timeline(self.snapshot()?, &bank_id, &customer_id).await?)
    }
}

impl meetings_storage::Host for RulesState {
    async fn find(&mut self, bank_id: String, meeting_id: String) -> Result<Option<StoredMeeting>> {
        Ok(meetings::find(self.snapshot()?, &bank_id, &meeting_id).await?)
    }

    async fn at_bank(&mut self, bank_id: String) -> Result<Vec<StoredMeeting>> {
        Ok(meetings::at_bank(self.snapshot()?, &bank_id).await?)
    }
}

impl users_storage::Host for RulesState {
    async fn by_id(&mut self, user_id: String) -> Result<Option<UserDetails>> {
        Ok(users::by_id(self.snapshot()?, &user_id).await?)
    }

    async fn by_username(&mut self, username: String) -> Result<Option<UserDetails>> {
        Ok(users::by_username(self.snapshot()?, &username).await?)
    }

    async fn page(&mut self, limit: u32, offset: u32) -> Result<Vec<UserDetails>> {
        Ok(users::page(self.snapshot()?, limit, offset).await?)
    }

    async fn failed_logins(&mut self, username: String) -> Result<Option<LockStatus>> {
        Ok(failed_logins::status(self.snapshot()?, &username).await?)
    }
}

impl credentials::Host for RulesState {
    async fn hash_password(&mut self, password: String) -> Result<String> {
        self.close_snapshot();
        Ok(self.services.passwords.hash(password, &self.services.ambient).await?)
    }

    async fn digest_secret(&mut self, secret: String) -> Result<String> {
        Ok(digest(&secret))
    }
}

impl meeting_provider::Host for RulesState {
    async fn readiness(&mut self, bank_id: String) -> Result<Result<(), Unavailable>> {
        Ok(self.readiness(&bank_id).await?)
    }

    async fn create_session(
        &mut self,
        provider_id: String,
        request: SessionRequest,
    ) -> Result<Result<String, Unavailable>> {
        self.create_session_once(provider_id, request).await
    }

    async fn grant_access(
        &mut self,
        provider_id: String,
        participants: Vec<Participant>,
    ) -> Result<Result<Vec<Access>, Unavailable>> {
        self.grant_access(&provider_id, &participants).await
    }
}

impl screening::Host for RulesState {
    async fn screen(&mut self, subject: Subject) -> Result<Verdict> {
        Ok(self.screen(&subject).await?)
    }
}
