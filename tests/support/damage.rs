//! Random damage to files, as a disk or a person causes it. The same seed gives the same damage.

use obp_host::ambient::Ambient;

use super::chance::{below, chance};

/// The source of the damage.
pub struct Damage(Ambient);

impl Damage {
    pub fn new() -> Self {
        Self(chance())
    }

    /// A number below `end`.
    pub fn below(&self, end: usize) -> usize {
        below(&self.0, end)
    }

    /// Damages a copy of the file: flips bits, truncates, extends or zeroes a part. Returns a description and the damaged copy, which
    /// always differs from the file.
    pub fn to(&self, file: &[u8]) -> (String, Vec<u8>) {
        self.at(file, self.below(file.len()))
    }

    /// The same as [`Damage::to`], from this position on.
    pub fn at(&self, file: &[u8], at: usize) -> (String, Vec<u8>) {
        let mut damaged = file.to_vec();
        let what = match self.below(4) {
            0 => {
                let bits = 1 + self.below(8);
                for bit in 0..bits {
                    // The bits are neighbours, so that no bit is flipped twice.
                    damaged[(at + bit / 8) % file.len()] ^= 1 << (bit % 8);
                }
                format!("{bits} bits flipped at {at}")
            }
            1 => {
                damaged.truncate(at);
                format!("cut off at {at}")
            }
            2 => {
                let more = 1 + self.below(64);
                damaged.extend((0..more).map(|_| self.below(256) as u8));
                format!("{more} bytes longer")
            }
            _ => {
                let end = file.len().min(at + 1 + self.below(4096));
                damaged[at..end].fill(0);
                if damaged == file {
                    damaged[at] = 1;
                }
                format!("zeroed from {at} to {end}")
            }
        };
        assert_ne!(damaged, file);
        (what, damaged)
    }
}
