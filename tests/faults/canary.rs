//! No request sees the memory of another. An invocation gets a canary, and the next invocation in the same slot of the pool looks
//! for it in all of its memory.

use std::sync::Arc;

use obp_host::ambient::Ambient;
use obp_host::app::App;
use obp_host::component::bindings::caller::{AccessProfile, Caller};
use obp_host::component::bindings::calls::kyc;
use obp_host::component::bindings::kyc_types::KycCheckDraft;
use obp_host::component::samples;
use obp_host::component::{CallError, CallInputs, RunError};
use obp_host::storage::{Param, Pending, Row, Rows, Snapshot, StoreError, Value};

use crate::support::TestApp;

const PAIRS: usize = 100_000;
/// One pair in this many puts the canary beyond the memory that the host resets by overwriting.
const DEEP: usize = 250;
/// The same mask as in `guest/src/exports/faults.rs`.
const MASK: u8 = 0x5a;

/// A snapshot in which bank and customer exist.
struct Canned;

impl Snapshot for Canned {
    fn rows<'a>(&'a mut self, _: &'static str, _: &'a [Param<'a>]) -> Pending<'a, Result<Rows, StoreError>> {
        Box::pin(std::future::ready(Ok(vec![Row::new(vec![Value::Int(1), Value::Int(1)])])))
    }
}

/// A server whose pool has one slot.
async fn slot() -> TestApp {
    TestApp::faulty(|limits| (limits.instances_max, limits.guest_ms_max) = (1, 60_000), |store| store).await
}

/// Invokes addKycCheck with these texts in its draft. Returns `answered`, the refusal of the guest, or that it trapped.
async fn invoke(app: &App, staff_name: &str, comments: &str) -> String {
    let inputs = CallInputs {
        snapshot: Box::new(Canned),
        services: Arc::clone(&app.onboarding.services),
        scope: Arc::default(),
    };
    let caller = &Caller {
        user_id: "u-kim".to_owned(),
        username: "kim".to_owned(),
        super_admin: false,
        profile: AccessProfile::Seed,
    };
    let draft = &KycCheckDraft {
        staff_name: staff_name.to_owned(),
        comments: comments.to_owned(),
        ..samples::kyc_check_draft()
    };
    let (bank, customer, id) = ("bank-1", "c-1", "k-1");
    let called = app.onboarding.runtime.call(inputs, kyc::add_check(caller, bank, customer, id, draft)).await;
    match called {
        Ok((Ok(_), _)) => "answered".to_owned(),
        Ok((Err(problem), _)) => problem.message,
        Err(CallError::Sandbox(RunError::Trap(_))) => "trapped".to_owned(),
        Err(error) => panic!("{error}"),
    }
}

/// A text that nothing else contains, and the masked text by which the guest looks for it.
fn canary(randomness: &Ambient) -> (String, String) {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let canary = hex(&randomness.random::<16>().unwrap());
    let masked: Vec<_> = canary.bytes().map(|byte| byte ^ MASK).collect();
    (canary, hex(&masked))
}

fn randomness() -> Ambient {
    let seed = std::process::id().into();
    println!("seed {seed}");
    Ambient::fixed(0, seed)
}

#[tokio::test]
async fn a_hundred_thousand_requests_leave_nothing_in_the_memory_of_the_next() {
    let (slot, randomness) = (slot().await, randomness());
    for pair in 0..PAIRS {
        let (canary, masked) = canary(&randomness);
        // In turn, the request with the canary succeeds, traps, or fills much memory with the canary.
        let (left, comments, look) = match pair {
            _ if pair % DEEP == 0 => ("trapped", format!("fault: bury {masked}"), "dig"),
            _ if pair % 2 == 0 => ("trapped", "fault: trap".to_owned(), "scan"),
            _ => ("answered", canary.clone(), "scan"),
        };
        assert_eq!(invoke(&slot.app, &canary, &comments).await, left, "pair {pair}");
        let found = invoke(&slot.app, "n", &format!("fault: {look} {masked}")).await;
        assert_eq!(found, "answered", "pair {pair}");
    }
}

/// The control: a canary in the invocation's own memory is found, both in its arguments and in memory that it has written.
#[tokio::test]
async fn a_canary_in_the_memory_of_the_same_request_is_found() {
    let (slot, randomness) = (slot().await, randomness());
    for _ in 0..100 {
        let (canary, masked) = canary(&randomness);
        assert_eq!(invoke(&slot.app, &canary, &format!("fault: scan {masked}")).await, "found");
        assert_eq!(invoke(&slot.app, "n", &format!("fault: bury-and-scan {masked}")).await, "found");
    }
}
