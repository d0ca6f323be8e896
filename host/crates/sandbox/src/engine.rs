//! The one configuration of wasmtime, and the thread that interrupts running guests.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use wasmparser::WasmFeatures;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result};

/// Bytes of a fibre's stack for the host's imports, beside the bytes that the guest may use.
const HOST_STACK_BYTES: usize = 512 << 10;
/// Bytes of a memory that stay resident in its slot and are overwritten for the next instance. The rest is returned to the
/// system.
const MEMORY_KEPT_BYTES: usize = 256 << 10;
/// Bytes of a table that stay resident in its slot.
const TABLE_KEPT_BYTES: usize = 64 << 10;

/// The proposals for WebAssembly that every engine of [`engine`] accepts: those that wasmtime turns on by itself, without the ones
/// that its features or the configuration below turn off. wasmtime does not tell them, so a test compares both.
pub(crate) const PROPOSALS: WasmFeatures = WasmFeatures::WASM3
    .difference(WasmFeatures::EXCEPTIONS)
    .difference(WasmFeatures::GC_TYPES)
    .difference(WasmFeatures::MEMORY64)
    .difference(WasmFeatures::RELAXED_SIMD)
    .difference(WasmFeatures::THREADS)
    .union(WasmFeatures::COMPONENT_MODEL);

/// The largest instance that fits a slot of the pool.
#[derive(Clone, Copy, Debug)]
pub struct InstanceShape {
    /// Core instances that make up an instance.
    pub core_instances_max: u32,
    /// Its linear memories.
    pub memories_max: u32,
    /// Its tables.
    pub tables_max: u32,
    /// Bytes of each memory.
    pub memory_bytes_max: usize,
    /// Elements of each table.
    pub table_elements_max: usize,
    /// Bytes of stack that a guest's calls may take.
    pub stack_bytes_max: usize,
}

/// An engine with a pool of `instances_max` slots. `docs/decisions/` has the reasons for its settings.
pub(crate) fn engine(instances_max: u32, shape: InstanceShape) -> Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances_max)
        .total_core_instances(instances_max.saturating_mul(shape.core_instances_max))
        .total_memories(instances_max.saturating_mul(shape.memories_max))
        .total_tables(instances_max.saturating_mul(shape.tables_max))
        .total_stacks(instances_max)
        .max_memory_size(shape.memory_bytes_max)
        .max_core_instances_per_component(shape.core_instances_max)
        .max_tables_per_component(shape.tables_max)
        .max_memories_per_component(shape.memories_max)
        .table_elements(shape.table_elements_max)
        .linear_memory_keep_resident(MEMORY_KEPT_BYTES)
        .table_keep_resident(TABLE_KEPT_BYTES);
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // Calls run on fibres. Component-model async doubles the cost of a call, and no interface needs it.
        .concurrency_support(false)
        .wasm_memory64(PROPOSALS.contains(WasmFeatures::MEMORY64))
        .wasm_relaxed_simd(PROPOSALS.contains(WasmFeatures::RELAXED_SIMD))
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(shape.stack_bytes_max)
        .async_stack_size(shape.stack_bytes_max + HOST_STACK_BYTES)
        .wasm_backtrace_max_frames(NonZeroUsize::new(32))
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}

/// An engine that compiles for a sandbox of that shape, and runs nothing.
///
/// # Errors
/// If this machine does not support the configuration.
pub fn compiling_engine(shape: InstanceShape) -> Result<Engine> {
    engine(1, shape)
}

/// Advances the engine's epoch from a thread of its own: a guest that never yields could starve any task.
pub(crate) struct Ticker {
    engine: Engine,
    stopped: Arc<AtomicBool>,
}

impl Ticker {
    pub(crate) fn start(engine: Engine, tick: Duration) -> Result<Self> {
        let stopped = Arc::new(AtomicBool::new(false));
        let (ticking, stop) = (engine.clone(), Arc::clone(&stopped));
        std::thread::Builder::new().name("guest-ticker".to_owned()).spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(tick);
                ticking.increment_epoch();
            }
        })?;
        Ok(Self { engine, stopped })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}
