//! The sandbox over a store with prepared rows: the cost of an invocation without SQLite.

use std::sync::Arc;

use anyhow::Context as _;
use clap::ValueEnum;
use obp_host::ambient::Ambient;
use obp_host::app::{App, compile, extensions_in_process};
use obp_host::component::bindings::caller::{AccessProfile, Caller};
use obp_host::component::bindings::calls::kyc;
use obp_host::component::bindings::kyc_types::KycCheckDraft;
use obp_host::component::{CallInputs, Onboarding, RequestScope};
use obp_host::storage::{
    CommitError, Param, Pending, Record as _, Row, Rows, Snapshot, Statement, Store, StoreError, Value,
};

use crate::data::{self, BANK, MANY};
use crate::screeners::{self, load_all};

/// A correlation id of the usual length.
const CORRELATION_ID: &str = "00000000-0000-4000-8000-000000000000";

/// The invoked operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Operation {
    /// No operation: makes and drops an instance.
    Instantiate,
    /// Invokes addKycCheck.
    Put,
    /// Invokes getKycChecks for a customer with 20 records.
    Get20,
}

/// A sandbox, and the arguments of its calls.
pub(crate) struct Sandbox {
    app: App,
    caller: Caller,
    draft: KycCheckDraft,
}

impl Sandbox {
    /// The sandbox of a server without extensions.
    pub(crate) fn new() -> anyhow::Result<Self> {
        Self::of(&[])
    }

    /// The sandbox of a server with one screener for each of these banks.
    pub(crate) fn of(banks: &[&str]) -> anyhow::Result<Self> {
        // The configuration needs a folder, in which nothing is stored.
        let folder = tempfile::tempdir()?;
        let config = data::config(folder.path())?;
        for bank in banks {
            screeners::put(&config.extensions_folder(), bank)?;
        }
        let (runtime, extensions) = (compile(&config)?, extensions_in_process(&config)?);
        let caller = Caller {
            user_id: "bench-user".to_owned(),
            username: "bench".to_owned(),
            super_admin: false,
            profile: AccessProfile::Seed,
        };
        let app = App::new(config, Arc::new(Canned), runtime, Ambient::system(), extensions)?;
        on_this_thread()?.block_on(load_all(&app))?;
        Ok(Self { app, caller, draft: data::check_draft() })
    }

    /// The number of successful calls of all extensions.
    pub(crate) fn answers_of_extensions(&self) -> u64 {
        let set = self.app.onboarding.extensions.current();
        let readings = set.extensions().iter().map(|extension| extension.metrics.snapshot());
        readings.map(|reading| reading.calls - reading.failures).sum()
    }

    /// Makes one invocation, which must succeed.
    pub(crate) async fn invoke(&self, operation: Operation, snapshot: Box<dyn Snapshot>) -> anyhow::Result<()> {
        let Onboarding { runtime, services, extensions, .. } = &*self.app.onboarding;
        let scope = Arc::new(RequestScope::new(CORRELATION_ID.to_owned(), extensions.current()));
        let inputs = CallInputs { snapshot, services: Arc::clone(services), scope };
        let (caller, draft, customer, id) = (&self.caller, &self.draft, "many-00000001", "check-1");
        match operation {
            Operation::Instantiate => runtime.instantiate(inputs).await?,
            Operation::Put => {
                let (answer, _) = runtime.call(inputs, kyc::add_check(caller, BANK, customer, id, draft)).await?;
                let (_, changes) = answer.map_err(|problem| anyhow::anyhow!(problem.message))?;
                anyhow::ensure!(changes.len() == 1, "a check is stored");
            }
            Operation::Get20 => {
                let (answer, mut held) = runtime.call(inputs, kyc::checks(caller, customer)).await?;
                let list = answer.map_err(|problem| anyhow::anyhow!(problem.message))?;
                anyhow::ensure!(held.take(list)?.len() as u64 == MANY, "all checks are answered");
            }
        }
        Ok(())
    }
}

/// The rows that an invocation will read, made in advance.
pub(crate) fn facts(operation: Operation) -> Box<dyn Snapshot> {
    let rows = match operation {
        Operation::Instantiate => Vec::new(),
        Operation::Put => vec![Row::new(vec![Value::Int(1), Value::Int(1)])],
        Operation::Get20 => (0..MANY)
            .map(|number| Row::new(data::check("many-00000001", &format!("check-{number}")).values()))
            .collect(),
    };
    Box::new(CannedFacts(Some(rows)))
}

/// Answers one query.
struct CannedFacts(Option<Rows>);

impl Snapshot for CannedFacts {
    fn rows<'a>(&'a mut self, sql: &'static str, _: &'a [Param<'a>]) -> Pending<'a, Result<Rows, StoreError>> {
        let rows = self.0.take().ok_or_else(|| StoreError::Failed(format!("a second query: {sql}")));
        Box::pin(std::future::ready(rows))
    }
}

/// A store that the application needs and that no call uses.
struct Canned;

impl Store for Canned {
    fn read(&self) -> Pending<'_, Result<Box<dyn Snapshot>, StoreError>> {
        Box::pin(std::future::ready(Ok(facts(Operation::Instantiate))))
    }

    fn commit(&self, _: Vec<Statement>) -> Pending<'_, Result<(), CommitError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The runtime for measured invocations. All work runs on the waiting thread.
pub(crate) fn on_this_thread() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start a runtime")
}
