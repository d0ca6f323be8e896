//! The component's allocator: a bump allocator that never frees memory, because the instance ends with the call.
//!
//! It searches nothing, and a call that fits the initial memory makes no system call. `docs/benchmarks.md` has the
//! measurements. Natively the crate uses the allocator of its program.

#![expect(unsafe_code, reason = "an allocator is an unsafe trait over raw addresses")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};
use core::cell::Cell;
use core::ptr;

const PAGE_BYTES: usize = 64 << 10;

unsafe extern "C" {
    /// The address at which the linker lets the heap begin.
    static __heap_base: u8;
}

#[global_allocator]
static HEAP: Heap = Heap { next: Cell::new(0) };

struct Heap {
    /// The first free address, or 0 before the first allocation.
    next: Cell<usize>,
}

// SAFETY: the component has one thread, because the threads proposal is off.
unsafe impl Sync for Heap {}

impl Heap {
    /// Moves the end of the used memory to `end`, and grows the memory if necessary. False if it cannot grow.
    fn extend_to(&self, end: usize) -> bool {
        let pages = memory_size(0);
        let missing = end.saturating_sub(pages * PAGE_BYTES).div_ceil(PAGE_BYTES);
        if missing > 0 && memory_grow(0, missing) == usize::MAX {
            return false;
        }
        self.next.set(end);
        true
    }
}

// SAFETY: each block lies above `__heap_base` and inside the memory, is aligned, and overlaps no earlier block.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let next = match self.next.get() {
            0 => (&raw const __heap_base).addr(),
            next => next,
        };
        let start = next.checked_next_multiple_of(layout.align());
        let Some((start, end)) = start.and_then(|start| Some((start, start.checked_add(layout.size())?))) else {
            return ptr::null_mut();
        };
        if self.extend_to(end) { ptr::with_exposed_provenance_mut(start) } else { ptr::null_mut() }
    }

    unsafe fn dealloc(&self, _block: *mut u8, _layout: Layout) {}

    /// New pages are zero, and no address is used twice.
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller gives the same guarantees to both functions.
        unsafe { self.alloc(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size <= layout.size() {
            return block;
        }
        // The last block grows in place.
        if block.addr() + layout.size() == self.next.get() {
            let end = block.addr().checked_add(size);
            return if end.is_some_and(|end| self.extend_to(end)) { block } else { ptr::null_mut() };
        }
        // SAFETY: the new size is larger than the old one and so not 0; the alignment was valid before.
        let moved = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !moved.is_null() {
            // SAFETY: both blocks have at least `layout.size()` bytes, and the new one overlaps no other block.
            unsafe { ptr::copy_nonoverlapping(block, moved, layout.size()) };
        }
        moved
    }
}
