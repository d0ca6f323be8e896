//! The server's clock and randomness. All code gets both from here, so that tests can fix them.

mod clock;

use std::cell::RefCell;
use std::sync::Mutex;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use self::clock::Clock;
pub use self::clock::NOW_MS_MAX;

/// A source of time and random bytes.
#[derive(Debug)]
pub struct Ambient {
    clock: Clock,
    random: Random,
}

#[derive(Debug)]
enum Random {
    System,
    Seeded(Box<Mutex<StdRng>>),
}

/// The operating system gives no random bytes. The caller must fail: there is no substitute.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct NoRandom(String);

impl Ambient {
    /// The system's clock and random source.
    #[must_use]
    pub const fn system() -> Self {
        Self { clock: Clock::system(), random: Random::System }
    }

    /// A clock that stands at `now_ms` (milliseconds since 1970), and random bytes that follow from `seed`.
    #[must_use]
    pub fn fixed(now_ms: i64, seed: u64) -> Self {
        let random = Random::Seeded(Box::new(Mutex::new(StdRng::seed_from_u64(seed))));
        Self { clock: Clock::fixed(now_ms), random }
    }

    /// Lets time pass at a fixed clock. The system's clock ignores it.
    pub fn pass_ms(&self, ms: i64) {
        self.clock.pass(ms, ms);
    }

    /// Sets a fixed clock forward or back, while no time passes. The system's clock ignores it.
    pub fn jump_ms(&self, ms: i64) {
        self.clock.pass(ms, 0);
    }

    /// Milliseconds since 1970-01-01T00:00:00Z: from 0 to [`NOW_MS_MAX`], whatever the clock of the machine says.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Whether the clock is good enough to delete data because of its age. It is after the process has run for an hour, as long
    /// as the clock has not jumped by more than a minute since the start. A jump is logged as a warning.
    #[must_use]
    pub fn clock_is_trusted(&self) -> bool {
        self.clock.is_trusted()
    }

    /// Unpredictable bytes.
    ///
    /// # Errors
    /// [`NoRandom`] if the operating system gives none.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], NoRandom> {
        let mut bytes = [0; N];
        match &self.random {
            Random::System => fill(&mut bytes)?,
            Random::Seeded(random) => {
                random.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill_bytes(&mut bytes);
            }
        }
        Ok(bytes)
    }

    /// 128 random bits in hexadecimal.
    ///
    /// # Errors
    /// [`NoRandom`].
    pub fn hex(&self) -> Result<String, NoRandom> {
        Ok(format!("{:032x}", u128::from_le_bytes(self.random()?)))
    }

    /// A random UUID (version 4).
    ///
    /// # Errors
    /// [`NoRandom`].
    pub fn uuid(&self) -> Result<String, NoRandom> {
        Ok(uuid::Builder::from_random_bytes(self.random()?).into_uuid().to_string())
    }
}

/// Reseed after this many bytes.
const BYTES_A_SEED: usize = 64 << 10;

thread_local! {
    /// The thread's generator, and the bytes until it is seeded again. A request to the operating system is a system call.
    static GENERATOR: RefCell<Option<(StdRng, usize)>> = const { RefCell::new(None) };
}

#[expect(clippy::disallowed_methods, reason = "all other code gets clock and randomness from this crate")]
fn fill(bytes: &mut [u8]) -> Result<(), NoRandom> {
    GENERATOR.with_borrow_mut(|generator| {
        let (rng, left) = match generator.take() {
            Some((rng, left)) if left >= bytes.len() => (rng, left),
            _ => {
                let mut seed = [0; 32];
                getrandom::fill(&mut seed).map_err(|error| NoRandom(error.to_string()))?;
                (StdRng::from_seed(seed), BYTES_A_SEED.max(bytes.len()))
            }
        };
        let (rng, left) = generator.insert((rng, left));
        rng.fill_bytes(bytes);
        *left -= bytes.len();
        Ok(())
    })
}
