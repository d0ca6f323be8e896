//! Takes the post-return functions out of a module. They free what a call has returned; this guest's allocator frees nothing, and
//! every instance would look all of them up when it is made.

use std::collections::HashSet;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, ExportSection, Function, Instruction, Module};
use wasmparser::{Export, ExternalKind, FunctionBody, Parser, Payload, TypeRef};

const PREFIX: &str = "cabi_post_";

/// The module without them.
///
/// # Errors
/// If the module cannot be parsed.
pub(crate) fn strip(module: &[u8]) -> Result<Vec<u8>> {
    let mut strip = Strip::default();
    for payload in Parser::new(0).parse_all(module) {
        match payload.context("the guest's module cannot be read")? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    strip.next += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if is_post_return(&export) {
                        strip.functions.insert(export.index);
                    }
                }
            }
            _ => {}
        }
    }
    let mut stripped = Module::new();
    strip
        .parse_core_module(&mut stripped, Parser::new(0), module)
        .context("the guest's module cannot be written anew")?;
    Ok(stripped.finish())
}

fn is_post_return(export: &Export<'_>) -> bool {
    export.kind == ExternalKind::Func && export.name.starts_with(PREFIX)
}

#[derive(Default)]
struct Strip {
    functions: HashSet<u32>,
    /// The index of the next function that has a body.
    next: u32,
}

impl Reencode for Strip {
    type Error = std::convert::Infallible;

    fn parse_export(&mut self, exports: &mut ExportSection, export: Export<'_>) -> Result<(), Error> {
        if is_post_return(&export) { Ok(()) } else { utils::parse_export(self, exports, export) }
    }

    /// Nothing calls them any more; what is left of one is a trap.
    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        let index = self.next;
        self.next += 1;
        if !self.functions.contains(&index) {
            return utils::parse_function_body(self, code, body);
        }
        let mut gone = Function::new([]);
        gone.instruction(&Instruction::Unreachable).instruction(&Instruction::End);
        code.function(&gone);
        Ok(())
    }
}
