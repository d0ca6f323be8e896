//! The clock and randomness of one call. The clock stands still, and the random bytes follow from one seed.
//!
//! wasmtime's own context reads four clocks and makes two generators for each call, even if the call uses none of them.

use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use wasmtime::Result;
use wasmtime::component::{HasSelf, Linker};
use wasmtime_wasi::p2::bindings::clocks::wall_clock;
use wasmtime_wasi::p2::bindings::random::random;

/// Answers `wasi:clocks/wall-clock` and `wasi:random/random`.
pub struct FrozenEnvironment {
    now_ms: i64,
    random: StdRng,
    random_bytes_max: u64,
}

impl FrozenEnvironment {
    /// A clock that stands at `now_ms` (milliseconds since 1970), and random bytes that follow from `seed`. One call of the
    /// import may ask for `random_bytes_max` bytes.
    #[must_use]
    pub fn new(now_ms: i64, seed: [u8; 32], random_bytes_max: u64) -> Self {
        Self { now_ms, random: StdRng::from_seed(seed), random_bytes_max }
    }

    /// The time at which the clock stands, in milliseconds since 1970.
    #[must_use]
    pub const fn now_ms(&self) -> i64 {
        self.now_ms
    }
}

/// Links both interfaces.
///
/// # Errors
/// If one of them is linked already.
pub fn add_to_linker<D: 'static>(
    linker: &mut Linker<D>,
    environment: fn(&mut D) -> &mut FrozenEnvironment,
) -> Result<()> {
    wall_clock::add_to_linker::<D, HasSelf<FrozenEnvironment>>(linker, environment)?;
    random::add_to_linker::<D, HasSelf<FrozenEnvironment>>(linker, environment)
}

impl wall_clock::Host for FrozenEnvironment {
    fn now(&mut self) -> Result<wall_clock::Datetime> {
        let ms = u64::try_from(self.now_ms).unwrap_or(0);
        let nanoseconds = u32::try_from(ms % 1_000).unwrap_or(0) * 1_000_000;
        Ok(wall_clock::Datetime { seconds: ms / 1_000, nanoseconds })
    }

    fn resolution(&mut self) -> Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime { seconds: 0, nanoseconds: 1_000_000 })
    }
}

impl random::Host for FrozenEnvironment {
    fn get_random_bytes(&mut self, len: u64) -> Result<Vec<u8>> {
        let max = self.random_bytes_max;
        wasmtime::ensure!(len <= max, "more than {max} random bytes at once");
        let mut bytes = vec![0; usize::try_from(len)?];
        self.random.fill_bytes(&mut bytes);
        Ok(bytes)
    }

    fn get_random_u64(&mut self) -> Result<u64> {
        Ok(self.random.random())
    }
}
