//! The interfaces that only extensions import. The interfaces that they export have the types of the crate's root: they are
//! imports of the domain's component.

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
