//! Deeds that do not call other hosts.

use std::hint::black_box;

use onboarding_extension::bindings::screening::obp::onboarding::logging::{Level, log};
use onboarding_extension::bindings::screening::wasi::clocks::monotonic_clock::{now, subscribe_duration};
use onboarding_extension::bindings::screening::wasi::io::poll::poll;
use onboarding_extension::{log as lines, random_bytes, secret};

use crate::{calls, number, split};

const NANOSECONDS_A_MS: u64 = 1_000_000;
const PAGES_A_MIB: usize = 16;

/// Does the deed and returns whether it succeeded.
pub(crate) fn done(word: &str, rest: &str) -> bool {
    let (count, address) = split(rest);
    let count = number(count);
    match word {
        "run" => run(count),
        "loop" => run(usize::MAX),
        "take-memory" => drop(black_box(vec![1_u8; count << 20])),
        "take-memory-for-ever" => loop {
            std::mem::forget(black_box(vec![1_u8; 1 << 16]));
        },
        "ask-for-memory" => return grow(count * PAGES_A_MIB),
        "descend" => drop(black_box(descend(count))),
        "descend-with-baggage" => drop(black_box(descend_with_baggage(count))),
        "wait" => wait(count),
        "wait-for-ever" => wait(usize::MAX),
        "hold-pollables" => drop((0..count).map(|_| subscribe_duration(0)).collect::<Vec<_>>()),
        "poll" => {
            let pollable = subscribe_duration(0);
            drop(poll(&vec![&pollable; count]));
        }
        "log" => (0..count).for_each(|line| lines::info(&format!("line {line}"))),
        "log-for-ever" => loop {
            lines::info("line");
        },
        "log-line" => lines::info(&"x".repeat(count)),
        "log-secret" => {
            let secret = secret("password").unwrap_or_default();
            log(Level::Warn, &secret, &format!("it is {secret}\nERROR forged"));
        }
        "random" => drop(black_box(random_bytes(count as u64))),
        "trap" => std::process::abort(),
        "panic" => panicking(),
        "call" => return calls::answered(rest),
        "calls" => return (0..count).all(|_| calls::answered(address)),
        "call-for-ever" => loop {
            calls::answered(rest);
        },
        "follow" => return calls::followed(rest),
        "send" => return calls::sent(count, address),
        "hold-texts" => return calls::held(count),
        _ => {}
    }
    true
}

/// Runs for this many milliseconds.
fn run(ms: usize) {
    let end = after(ms);
    while now() < end {}
}

/// Waits for this many milliseconds.
fn wait(ms: usize) {
    subscribe_duration((ms as u64).saturating_mul(NANOSECONDS_A_MS)).block();
}

fn after(ms: usize) -> u64 {
    now().saturating_add((ms as u64).saturating_mul(NANOSECONDS_A_MS))
}

/// Requests memory pages and returns whether it got them.
fn grow(pages: usize) -> bool {
    #[cfg(target_arch = "wasm32")]
    return core::arch::wasm32::memory_grow(0, pages) != usize::MAX;
    #[cfg(not(target_arch = "wasm32"))]
    return pages == 0;
}

/// Calls itself this many times. It has work after each call, so that no call is a tail call.
#[inline(never)]
fn descend(depth: usize) -> u64 {
    if depth == 0 { 0 } else { descend(depth - 1).rotate_left(1) ^ now() }
}

/// The same as [`descend`], with data in memory in each call.
#[inline(never)]
fn descend_with_baggage(depth: usize) -> usize {
    if depth == 0 { 0 } else { black_box(descend_with_baggage(black_box(depth - 1))) + 1 }
}

#[expect(clippy::panic, reason = "the deed is a panic")]
fn panicking() {
    panic!("on purpose");
}
