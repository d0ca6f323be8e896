//! Misbehaviour on request, for the tests of containment. Compiled only with the feature `faults`, never into the server.

#![expect(unsafe_code, reason = "what a guest can do to harm is what safe Rust cannot say")]

use core::arch::wasm32::{memory_grow, memory_size, unreachable};
use core::hint::black_box;
use core::{mem, ptr};

use crate::bindings::obp::onboarding::kyc_storage;
use crate::bindings::wasi::random::random;
use crate::problem::Problem;

const PAGE_BYTES: usize = 64 << 10;
/// More than the host keeps for the next instance.
const BURIED_PAGES: usize = 48;
/// Laid over a canary that is looked for, so that it is not in memory because it is looked for.
const MASK: u8 = 0x5a;

/// Does what the comment of a KYC check asks for, after the rule has accepted it and built its changes. The comment is
/// `fault: NAME` or `fault: NAME ARGUMENT`.
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
        // SAFETY: it is not; that is what the host has to find out.
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

/// Every element is null. The body is put in when the component is made (`tests/build.rs`): Rust has no word for `table.grow`.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn grow_table(elements: u32) -> u32 {
    black_box(elements)
}

/// Calls itself so often, in registers only: fills the host's stack.
#[inline(never)]
fn calls(more: usize) -> usize {
    if more == 0 { 0 } else { calls(more - 1).rotate_left(1) ^ more }
}

/// Calls itself so often, with a frame in memory: fills the guest's own stack.
#[inline(never)]
fn frames(more: usize) -> usize {
    let frame = black_box([more; 16]);
    if more == 0 { 0 } else { frames(more - 1).rotate_left(1) ^ frame.iter().sum::<usize>() }
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | *digit as u8)).collect()
}

/// Writes what is masked, unmasked, to the end of each of many new pages.
fn bury(masked: &[u8]) {
    memory_grow(0, BURIED_PAGES);
    for page in memory_size(0) - BURIED_PAGES..memory_size(0) {
        for (offset, byte) in masked.iter().enumerate() {
            let address = (page + 1) * PAGE_BYTES - masked.len() + offset;
            // SAFETY: the page is new; the allocator has not handed it out, and will not: the guest is about to trap.
            unsafe { ptr::with_exposed_provenance_mut::<u8>(address).write_volatile(byte ^ MASK) };
        }
    }
}

/// Refuses if what is masked lies, unmasked, anywhere in memory.
fn scan(masked: &[u8]) -> Result<(), Problem> {
    // SAFETY: the address is inside the memory, and any byte may be read as a number.
    let byte = |address: usize| unsafe { ptr::with_exposed_provenance::<u8>(address).read_volatile() } ^ MASK;
    let last = memory_size(0) * PAGE_BYTES - masked.len();
    // Not from 0: to Rust, nothing lies there.
    let is_at =
        |address: usize| masked.iter().enumerate().all(|(offset, expected)| byte(address + offset) == *expected);
    if (1..=last).any(is_at) { Err(problem("found".to_owned())) } else { Ok(()) }
}
