//! Runs WebAssembly components. Each call gets a fresh instance, which is dropped after the call. Knows no interface of this
//! product.
//!
//! A [`Sandbox`] is an engine with its limits. A call runs on a fibre, with a bounded running time, waiting time, queueing time
//! and memory, and with a clock that stands still.

pub mod about;
pub mod cache;
mod call_budget;
mod engine;
mod frozen;
mod limiter;
pub mod rights;
mod runner;
mod running_time;
mod slow_calls;

pub use self::call_budget::{CallBudget, HostWork};
pub use self::engine::{InstanceShape, compiling_engine};
pub use self::frozen::{FrozenEnvironment, add_to_linker};
pub use self::limiter::{Limiter, MemoryRefusal, SharedMemory};
pub use self::runner::{CallData, Deadlines, RunError, Sandbox, SandboxSettings};
