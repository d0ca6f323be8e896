//! Limits of a call of the rules.

use sandbox::{Deadlines, InstanceShape, SandboxSettings};
use storage::ROWS_BYTES_MAX;

/// Core instances that make up an instance. The embedded component has three.
const CORE_INSTANCES_MAX: u32 = 4;
/// Tables of an instance. The embedded component has two.
const TABLES_MAX: u32 = 2;

/// Limits of a call.
#[derive(Clone, Copy, Debug)]
pub struct CallLimits {
    /// Processor time that a guest may use, in milliseconds. Waiting does not count.
    pub guest_ms_max: u64,
    /// Time that a call may wait for all its imports together (store, providers, password hashing), in milliseconds. It may
    /// also queue this long for a processor.
    pub host_ms_max: u64,
    /// All linear memories of an instance together, in bytes.
    pub guest_memory_bytes_max: usize,
    /// Instances that exist at the same time.
    pub instances_max: u32,
    /// Time between two interruptions of a running guest, in milliseconds.
    pub tick_ms: u64,
    /// Guests that have run for several ticks and may continue at the same time. The others queue.
    pub slow_calls_max: usize,
    /// Limits that no setting changes.
    pub bounds: Bounds,
}

impl CallLimits {
    /// The tick of a server, in milliseconds. A guest may exceed its time by one tick, and by the time until it is checked.
    pub const TICK_MS: u64 = 2;

    /// Half of the processor's cores. The other half is left to guests that do not loop.
    #[must_use]
    pub fn default_slow_calls() -> usize {
        std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
    }

    /// The largest instance.
    pub(super) const fn shape(&self) -> InstanceShape {
        InstanceShape {
            core_instances_max: CORE_INSTANCES_MAX,
            memories_max: 1,
            tables_max: TABLES_MAX,
            memory_bytes_max: self.guest_memory_bytes_max,
            table_elements_max: self.bounds.table_elements_max,
            stack_bytes_max: self.bounds.stack_bytes_max,
        }
    }

    pub(super) const fn sandbox(&self) -> SandboxSettings {
        SandboxSettings {
            shape: self.shape(),
            instances_max: self.instances_max,
            tick_ms: self.tick_ms,
            slow_calls_max: self.slow_calls_max,
            host_call_bytes_max: self.bounds.host_call_bytes_max,
        }
    }

    pub(super) const fn deadlines(&self) -> Deadlines {
        Deadlines { running_ms: self.guest_ms_max, waiting_ms: self.host_ms_max, queueing_ms: self.host_ms_max }
    }
}

/// Limits that no setting changes, far above what the rules need. Tests change them to show that each holds.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes of stack that a guest's calls may take.
    pub stack_bytes_max: usize,
    /// Elements of all tables of an instance together.
    pub table_elements_max: usize,
    /// Lists that a guest may hold at the same time. Each may be as long as the store's longest answer.
    pub lists_max: usize,
    /// Bytes that one call, of an export or an import, may copy into the host: several times the store's longest answer.
    pub host_call_bytes_max: usize,
    /// Bytes of randomness that one call of the import may ask for.
    pub random_bytes_max: u64,
}

impl Bounds {
    /// The limits of a server.
    pub const DEFAULT: Self = Self {
        stack_bytes_max: 512 << 10,
        table_elements_max: 20_000,
        lists_max: 8,
        host_call_bytes_max: 4 * ROWS_BYTES_MAX,
        random_bytes_max: 64 << 10,
    };
}
