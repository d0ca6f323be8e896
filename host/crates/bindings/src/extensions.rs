//! The interfaces that only extensions import. The interfaces that extensions export are imports of the rules, and their types
//! are at the crate's root.

wasmtime::component::bindgen!({
    path: "../../../wit",
    inline: "
        package obp:extensions;

        world ours {
            import obp:onboarding/logging@0.1.0;
            import obp:onboarding/settings@0.1.0;
        }
    ",
    world: "obp:extensions/ours",
    imports: { default: trappable },
});

pub use self::obp::onboarding::{logging, settings};
