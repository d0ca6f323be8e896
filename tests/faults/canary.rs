//! What one request has in its memory is never in another's. A canary is put into an invocation, and the next invocation, in
//! the same slot of the pool, looks for it in all of its memory.

use std::sync::Arc;

use obp_host::ambient::Ambient;
use obp_host::app::App;
use obp_host::component::bindings::caller::{AccessProfile, Caller};
use obp_host::component::bindings::calls::kyc;
use obp_host::component::bindings::kyc_types::KycCheckDraft;
use obp_host::component::samples;
use obp_host::component::{CallError, CallInputs};
use obp_host::storage::{Param, Pending, Row, Rows, Snapshot, StoreError, Value};

use crate::support::TestApp;

const PAIRS: usize = 100_000;
/// Every so many pairs, the canary lies beyond what the host resets by writing over it.
const DEEP: usize = 250;
/// As in `guest/src/exports/faults.rs`.
const MASK: u8 = 0x5a;

/// Says that the bank and the customer exist.
struct Canned;

impl Snapshot for Canned {
    fn rows<'a>(&'a mut self, _: &'static str, _: &'a [Param<'a>]) -> Pending<'a, Result<Rows, StoreError>> {
        Box::pin(std::future::ready(Ok(vec![Row::new(vec![Value::Int(1), Value::Int(1)])])))
    }
}

/// A pool of one slot.
async fn slot() -> TestApp {
    TestApp::faulty(|limits| (limits.instances_max, limits.guest_ms_max) = (1, 60_000), |store| store).await
}

/// Invokes addKycCheck with these texts in its draft: the status, or what the guest refused with, or that it trapped.
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
        Err(CallError::Trap(_)) => "trapped".to_owned(),
        Err(error) => panic!("{error}"),
    }
}

/// A text that nothing else contains, and what to look for it by.
fn canary(chance: &Ambient) -> (String, String) {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let canary = hex(&chance.random::<16>().unwrap());
    let masked: Vec<_> = canary.bytes().map(|byte| byte ^ MASK).collect();
    (canary, hex(&masked))
}

fn chance() -> Ambient {
    let seed = std::process::id().into();
    println!("seed {seed}");
    Ambient::fixed(0, seed)
}

#[tokio::test]
async fn of_a_hundred_thousand_requests_none_leaves_anything_in_the_memory_of_the_next() {
    let (slot, chance) = (slot().await, chance());
    for pair in 0..PAIRS {
        let (canary, masked) = canary(&chance);
        // By turns, the request with the canary ends well, in a trap, or after it has filled much memory with it.
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

/// The control: what lies in the invocation's own memory is found, be it in its arguments or in what it has written itself.
#[tokio::test]
async fn a_canary_in_a_request_s_own_memory_is_found() {
    let (slot, chance) = (slot().await, chance());
    for _ in 0..100 {
        let (canary, masked) = canary(&chance);
        assert_eq!(invoke(&slot.app, &canary, &format!("fault: scan {masked}")).await, "found");
        assert_eq!(invoke(&slot.app, "n", &format!("fault: bury-and-scan {masked}")).await, "found");
    }
}
