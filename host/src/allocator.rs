//! The allocator of the process, and how soon it returns free memory to the system (decision 030).

use libmimalloc_sys::{mi_option_set_default, mi_option_t};

/// mimalloc allocates per thread. Under load, a tenth of the time went to the system allocator's locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// mimalloc's option `purge_delay`. The crate does not name it.
const PURGE_DELAY: mi_option_t = 15;
/// How long free memory is kept, in milliseconds. By default it is a second, in which large answers free hundreds of MiB.
const PURGE_DELAY_MS: std::ffi::c_long = 10;

/// Returns free memory to the system soon. The environment variable `MIMALLOC_PURGE_DELAY` comes before this.
pub(crate) fn set_purge_delay() {
    #[expect(unsafe_code, reason = "the crate has no safe function for options")]
    // SAFETY: the option exists, and its value may be set at any time.
    unsafe {
        mi_option_set_default(PURGE_DELAY, PURGE_DELAY_MS);
    }
}

#[cfg(test)]
mod tests {
    use libmimalloc_sys::mi_option_get;

    use super::*;

    fn purge_delay_ms() -> std::ffi::c_long {
        #[expect(unsafe_code, reason = "the crate has no safe function for options")]
        // SAFETY: reading an option has no precondition.
        unsafe {
            mi_option_get(PURGE_DELAY)
        }
    }

    #[test]
    fn memory_is_returned_soon() {
        // Another number would be another option, with another value.
        assert_eq!(purge_delay_ms(), 1000, "mimalloc's default");
        set_purge_delay();
        assert_eq!(purge_delay_ms(), PURGE_DELAY_MS);
    }
}
