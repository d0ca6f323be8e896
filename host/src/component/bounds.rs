//! Bounds of a call that nobody configures: far above what the rules need. That they can be changed is for the tests, which
//! show that each holds by what happens without it.

use crate::storage::ROWS_BYTES_MAX;

/// What else a call may use.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes of stack that a guest's calls may take.
    pub stack_bytes_max: usize,
    /// Elements of all tables of an instance together.
    pub table_elements_max: usize,
    /// Lists that a guest may hold at once. Each may be as long as the store's longest answer, so they are few.
    pub lists_max: usize,
    /// Bytes that one call, of an export or an import, may copy into the host: the longest list the store answers, several times.
    pub host_call_bytes_max: usize,
    /// Bytes of randomness that one call may ask for.
    pub random_bytes_max: u64,
}

impl Bounds {
    /// What a server has.
    pub const DEFAULT: Self = Self {
        stack_bytes_max: 512 << 10,
        table_elements_max: 20_000,
        lists_max: 8,
        host_call_bytes_max: 4 * ROWS_BYTES_MAX,
        random_bytes_max: 64 << 10,
    };
}
