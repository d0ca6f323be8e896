//! Takes the post-return exports out of a module. They free what a call has returned; an instance ends with its call, and
//! would look all of them up when it is made. Their bodies, which are next to nothing, stay.

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{ExportSection, Module};
use wasmparser::{Export, ExternalKind, Parser};

const PREFIX: &str = "cabi_post_";

/// The module without them.
///
/// # Errors
/// If the module cannot be parsed.
pub(crate) fn strip(module: &[u8]) -> Result<Vec<u8>> {
    let mut stripped = Module::new();
    Strip.parse_core_module(&mut stripped, Parser::new(0), module).context("the module cannot be written anew")?;
    Ok(stripped.finish())
}

struct Strip;

impl Reencode for Strip {
    type Error = std::convert::Infallible;

    fn parse_export(&mut self, exports: &mut ExportSection, export: Export<'_>) -> Result<(), Error> {
        if export.kind == ExternalKind::Func && export.name.starts_with(PREFIX) {
            return Ok(());
        }
        utils::parse_export(self, exports, export)
    }
}
