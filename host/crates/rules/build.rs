//! Builds the component that the host embeds.

fn main() -> anyhow::Result<()> {
    componentize::build_script()
}
