//! The component's allocator: it hands out memory in a row and never takes any back, because the instance ends with the call.
//!
//! Nothing is searched, nothing is freed, and a call that fits the initial memory makes no system call.
//! `docs/benchmarks.md` has the measurements. Only the component has it; natively the crate uses its host's allocator.

#![expect(unsafe_code, reason = "an allocator is an unsafe trait over raw addresses")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};
use core::cell::Cell;
use core::ptr;

const PAGE_BYTES: usize = 64 << 10;

unsafe extern "C" {
    /// Where the linker lets the heap begin.
    static __heap_base: u8;
}

#[global_allocator]
static HEAP: Heap = Heap { next: Cell::new(0) };

struct Heap {
    /// The first address that is free; 0 before the first allocation.
    next: Cell<usize>,
}

// SAFETY: the component has one thread; the threads proposal is off.
unsafe impl Sync for Heap {}

impl Heap {
    /// Moves the end of what is in use to `end`, which may need more pages.
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

// SAFETY: what is handed out lies above `__heap_base` and inside the memory, is aligned, and overlaps nothing handed out before.
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

    /// New pages are zero, and none is used twice.
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        unsafe { self.alloc(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size <= layout.size() {
            return block;
        }
        // The last block grows where it is.
        if block.addr() + layout.size() == self.next.get() {
            let end = block.addr().checked_add(size);
            return if end.is_some_and(|end| self.extend_to(end)) { block } else { ptr::null_mut() };
        }
        // SAFETY: the new size is larger than the old one and so not 0; the alignment was valid before.
        let moved = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !moved.is_null() {
            // SAFETY: both blocks are that long, and the new one overlaps nothing.
            unsafe { ptr::copy_nonoverlapping(block, moved, layout.size()) };
        }
        moved
    }
}
