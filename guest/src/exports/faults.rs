//! Misbehaviour on request, for the tests of the sandbox. Only the feature `faults` compiles it; the server never contains it.

#![expect(unsafe_code, reason = "safe Rust cannot express these faults")]

use core::arch::wasm32::{memory_grow, memory_size, unreachable};
use core::hint::black_box;
use core::{mem, ptr};

use crate::bindings::obp::onboarding::kyc_storage;
use crate::bindings::wasi::random::random;
use crate::problem::Problem;

const PAGE_BYTES: usize = 64 << 10;
/// More pages than the host keeps in memory for the next instance.
const BURIED_PAGES: usize = 48;
/// Masks the canary to search for, so that the search itself does not put it into memory.
const MASK: u8 = 0x5a;

/// Commits the fault that the comment of a KYC check names, after the rule has accepted the check and made its changes. The
/// comment is `fault: NAME` or `fault: NAME ARGUMENT`.
pub(super) fn trip(comment: &str) -> Result<(), Problem> {
    let Some(fault) = comment.strip_prefix("fault: ") else { return Ok(()) };
    let (name, argument) = fault.split_once(' ').unwrap_or((fault, ""));
    let number = argument.parse().unwrap_or(0);
    match name {
        "trap" => unreachable(),
        "loop" => loop {
            core::hint::spin_loop();
        },
        "loop-of-imports" => loop {
            black_box(kyc_storage::facts_for_write("bank-1", "c-1"));
        },
        "work" => work(number),
        "work-and-wait" => {
            work(number);
            black_box(kyc_storage::facts_for_write("bank-1", "silent"));
        }
        "memory" => (0..number).for_each(|_| mem::forget(black_box(vec![1_u8; 1 << 20]))),
        "table" => (0..number).for_each(|_| {
            if grow_table(1000) == u32::MAX {
                unreachable();
            }
        }),
        "calls" => drop(black_box(calls(number))),
        "frames" => drop(black_box(frames(number))),
        "handles" => (0..number).for_each(|_| mem::forget(kyc_storage::checks("c-1"))),
        "random" => drop(black_box(random::get_random_bytes(number as u64))),
        "text" => return Err(problem("x".repeat(number))),
        // SAFETY: this text is invalid on purpose. The host must detect it.
        "forged-text" => {
            return Err(problem(unsafe { String::from_raw_parts(ptr::without_provenance_mut(1), number, number) }));
        }
        "bury" => {
            bury(&bytes_of(argument));
            unreachable();
        }
        "bury-and-scan" => {
            bury(&bytes_of(argument));
            return scan(&bytes_of(argument));
        }
        "scan" => return scan(&bytes_of(argument)),
        "dig" => {
            memory_grow(0, BURIED_PAGES);
            return scan(&bytes_of(argument));
        }
        _ => unreachable(),
    }
    Ok(())
}

fn problem(message: String) -> Problem {
    Problem { code: String::new(), status: 400, message }
}

fn work(rounds: usize) {
    (0..rounds).for_each(|round| drop(black_box(round)));
}

/// Grows the table by null elements. `tests/build.rs` inserts the body into the module: Rust cannot express `table.grow`.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn grow_table(elements: u32) -> u32 {
    black_box(elements)
}

/// Calls itself `more` times and uses only registers: fills the host's stack.
#[inline(never)]
fn calls(more: usize) -> usize {
    if more == 0 { 0 } else { calls(more - 1).rotate_left(1) ^ more }
}

/// Calls itself `more` times with a frame in memory: fills the guest's stack.
#[inline(never)]
fn frames(more: usize) -> usize {
    let frame = black_box([more; 16]);
    if more == 0 { 0 } else { frames(more - 1).rotate_left(1) ^ frame.iter().sum::<usize>() }
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | *digit as u8)).collect()
}

/// Writes the canary, unmasked, to the end of each of many new pages.
fn bury(masked: &[u8]) {
    memory_grow(0, BURIED_PAGES);
    for page in memory_size(0) - BURIED_PAGES..memory_size(0) {
        for (offset, byte) in masked.iter().enumerate() {
            let address = (page + 1) * PAGE_BYTES - masked.len() + offset;
            // SAFETY: the address is inside a new page, where no allocated block lies.
            unsafe { ptr::with_exposed_provenance_mut::<u8>(address).write_volatile(byte ^ MASK) };
        }
    }
}

/// Refuses if the canary is anywhere in memory, unmasked.
fn scan(masked: &[u8]) -> Result<(), Problem> {
    // SAFETY: the address is inside the memory, and every byte is a valid `u8`.
    let byte = |address: usize| unsafe { ptr::with_exposed_provenance::<u8>(address).read_volatile() } ^ MASK;
    let last = memory_size(0) * PAGE_BYTES - masked.len();
    // Skip address 0, which Rust treats as null.
    let is_at =
        |address: usize| masked.iter().enumerate().all(|(offset, expected)| byte(address + offset) == *expected);
    if (1..=last).any(is_at) { Err(problem("found".to_owned())) } else { Ok(()) }
}
