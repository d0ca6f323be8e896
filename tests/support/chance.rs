//! Random numbers of a test, which a seed repeats.

use obp_host::ambient::Ambient;

/// The chance of a test. It prints its seed: `SEED=…` repeats a failure.
pub fn chance() -> Ambient {
    let seed =
        std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| std::process::id().into());
    println!("seed {seed}");
    Ambient::fixed(0, seed)
}

/// A number below `bound`.
pub fn below(chance: &Ambient, bound: usize) -> usize {
    usize::from_le_bytes(chance.random().expect("a fixed source does not fail")) % bound
}
