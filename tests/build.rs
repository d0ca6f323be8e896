//! Builds the variant of the component that misbehaves on request.

fn main() -> anyhow::Result<()> {
    componentize::build_script(&["faults"])
}
