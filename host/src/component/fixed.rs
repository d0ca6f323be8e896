//! Time and chance of one call, for guests and extensions alike: the clock stands still, the random bytes follow from one seed.
//!
//! Not wasmtime's own context: it looks at four clocks and makes two generators for every call, whether or not they are used.

use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use wasmtime::Result;
use wasmtime::component::{HasSelf, Linker};
use wasmtime_wasi::p2::bindings::clocks::wall_clock;
use wasmtime_wasi::p2::bindings::random::random;

/// What `wasi:clocks/wall-clock` and `wasi:random/random` are answered with.
pub(crate) struct Fixed {
    now_ms: i64,
    random: StdRng,
    random_bytes_max: u64,
}

impl Fixed {
    /// `random_bytes_max` is what one call of the import may ask for.
    pub(crate) fn new(now_ms: i64, seed: [u8; 32], random_bytes_max: u64) -> Self {
        Self { now_ms, random: StdRng::from_seed(seed), random_bytes_max }
    }

    /// In milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        self.now_ms
    }
}

/// Links both interfaces.
pub(crate) fn add_to_linker<T: 'static>(linker: &mut Linker<T>, of: fn(&mut T) -> &mut Fixed) -> Result<()> {
    wall_clock::add_to_linker::<T, HasSelf<Fixed>>(linker, of)?;
    random::add_to_linker::<T, HasSelf<Fixed>>(linker, of)
}

impl wall_clock::Host for Fixed {
    fn now(&mut self) -> Result<wall_clock::Datetime> {
        let ms = u64::try_from(self.now_ms).unwrap_or(0);
        let nanoseconds = u32::try_from(ms % 1_000).unwrap_or(0) * 1_000_000;
        Ok(wall_clock::Datetime { seconds: ms / 1_000, nanoseconds })
    }

    fn resolution(&mut self) -> Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime { seconds: 0, nanoseconds: 1_000_000 })
    }
}

impl random::Host for Fixed {
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
