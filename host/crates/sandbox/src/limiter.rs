//! Limits the total size of an instance's memories and tables. wasmtime's own limits apply to each memory or table alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wasmtime::{ResourceLimiter, Result};

use crate::engine::InstanceShape;

/// Memory that all instances of a sandbox share. Each instance has a limit of its own; this limits their sum.
#[derive(Debug)]
pub struct SharedMemory {
    bytes_left: AtomicUsize,
}

impl SharedMemory {
    /// Room for that many bytes.
    #[must_use]
    pub const fn new(bytes: usize) -> Self {
        Self { bytes_left: AtomicUsize::new(bytes) }
    }

    fn take(&self, bytes: usize) -> bool {
        self.bytes_left.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.bytes_left.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The limit that refused memory to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryRefusal {
    /// The instance's own limit.
    Own,
    /// The memory that all instances share.
    Shared,
}

/// The limits of one instance, and its use so far.
#[derive(Debug)]
pub struct Limiter {
    shape: InstanceShape,
    memory_bytes_max: usize,
    memory_bytes: usize,
    memory_refused: Option<MemoryRefusal>,
    shared: Option<Arc<SharedMemory>>,
    table_elements_max: usize,
    table_elements: usize,
}

impl Limiter {
    /// A limiter for an instance of that shape. Its memories together have at most `memory_bytes_max` bytes, its tables
    /// together `table_elements_max` elements.
    #[must_use]
    pub const fn new(shape: InstanceShape, memory_bytes_max: usize, table_elements_max: usize) -> Self {
        Self {
            shape,
            memory_bytes_max,
            memory_bytes: 0,
            memory_refused: None,
            shared: None,
            table_elements_max,
            table_elements: 0,
        }
    }

    /// The same limiter, which also takes its memory from `memory`.
    #[must_use]
    pub fn sharing(self, memory: Arc<SharedMemory>) -> Self {
        Self { shared: Some(memory), memory_bytes: 0, ..self }
    }

    /// All memories of the instance together, in bytes.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        self.memory_bytes
    }

    /// The limit that last refused memory, if one has.
    #[must_use]
    pub const fn memory_refused(&self) -> Option<MemoryRefusal> {
        self.memory_refused
    }

    fn grow_memory(&mut self, more: usize) -> std::result::Result<(), MemoryRefusal> {
        let grown = self.memory_bytes.saturating_add(more);
        if grown > self.memory_bytes_max {
            return Err(MemoryRefusal::Own);
        }
        if self.shared.as_ref().is_some_and(|shared| !shared.take(more)) {
            return Err(MemoryRefusal::Shared);
        }
        self.memory_bytes = grown;
        Ok(())
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let grown = self.grow_memory(desired.saturating_sub(current));
        self.memory_refused = grown.err().or(self.memory_refused);
        Ok(grown.is_ok())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let grown = self.table_elements.saturating_add(desired.saturating_sub(current));
        let fits = grown <= self.table_elements_max;
        if fits {
            self.table_elements = grown;
        }
        Ok(fits)
    }

    fn instances(&self) -> usize {
        self.shape.core_instances_max as usize
    }

    fn tables(&self) -> usize {
        self.shape.tables_max as usize
    }

    fn memories(&self) -> usize {
        self.shape.memories_max as usize
    }
}

/// Returns the instance's memory to the shared memory.
impl Drop for Limiter {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            shared.give_back(self.memory_bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: InstanceShape = InstanceShape {
        core_instances_max: 4,
        memories_max: 1,
        tables_max: 2,
        memory_bytes_max: 1 << 20,
        table_elements_max: 100,
        stack_bytes_max: 64 << 10,
    };

    #[test]
    fn memories_are_bounded_together() {
        let mut limiter = Limiter::new(SHAPE, 100, 10);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(!limiter.memory_growing(0, 41, None).unwrap());
        assert_eq!(limiter.memory_refused(), Some(MemoryRefusal::Own));
        assert!(limiter.memory_growing(0, 40, None).unwrap());
        assert_eq!(limiter.memory_bytes(), 100);
    }

    #[test]
    fn tables_are_bounded_together() {
        let mut limiter = Limiter::new(SHAPE, 100, 10);
        assert!(limiter.table_growing(0, 6, None).unwrap());
        assert!(!limiter.table_growing(0, 5, None).unwrap());
        assert!(limiter.table_growing(6, 10, None).unwrap());
    }

    #[test]
    fn instances_share_memory_and_give_it_back() {
        let shared = Arc::new(SharedMemory::new(100));
        let mut first = Limiter::new(SHAPE, 80, 10).sharing(Arc::clone(&shared));
        let mut second = Limiter::new(SHAPE, 80, 10).sharing(Arc::clone(&shared));
        assert!(first.memory_growing(0, 80, None).unwrap());
        assert!(!second.memory_growing(0, 21, None).unwrap());
        assert_eq!(second.memory_refused(), Some(MemoryRefusal::Shared));
        drop(first);
        assert!(second.memory_growing(0, 80, None).unwrap());
    }
}
