//! The host's side of what only extensions import, generated once, here. What they export has the types of
//! `component/bindings.rs`: it is what the domain's component imports.

wasmtime::component::bindgen!({
    path: "../wit",
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

pub(super) use self::obp::onboarding::{logging, settings};
