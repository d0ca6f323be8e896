//! Misbehaviour on request, for the tests of containment. Compiled only with the feature `faults`, never into the server.

/// Does what the comment of a KYC check asks for, after the rule has accepted it and built its changes.
pub(super) fn trip(comment: &str) {
    match comment {
        "fault: trap" => core::arch::wasm32::unreachable(),
        "fault: loop" => loop {
            core::hint::spin_loop();
        },
        _ => {}
    }
}
