//! Removes the post-return exports of a module. They free the values that a call has returned, but an instance ends with its call
//! anyway. A new instance would look up all of them. Their bodies, which are then unused, are replaced by traps.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, ExportSection, Function, Instruction, Module};
use wasmparser::{ElementItems, Export, ExternalKind, FunctionBody, Operator, Parser, Payload, TypeRef};

const PREFIX: &str = "cabi_post_";

/// The module without its post-return exports.
///
/// # Errors
/// If the module cannot be parsed.
pub(crate) fn strip(module: &[u8]) -> Result<Vec<u8>> {
    let mut stripped = Module::new();
    let mut strip = Strip::of(module)?;
    strip.parse_core_module(&mut stripped, Parser::new(0), module).context("the module cannot be rewritten")?;
    Ok(stripped.finish())
}

#[derive(Default)]
struct Strip {
    /// The functions that are used only as post-returns.
    unused: HashSet<u32>,
    /// The index of the next function with a body.
    next: u32,
}

impl Strip {
    fn of(module: &[u8]) -> Result<Self> {
        let (mut strip, mut used) = (Self::default(), HashSet::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        strip.next += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        let functions = if is_post_return(&export) { &mut strip.unused } else { &mut used };
                        functions.insert(export.index);
                    }
                }
                // The linker may have merged the body of a post-return with that of another function.
                Payload::ElementSection(elements) => {
                    for element in elements {
                        match element?.items {
                            ElementItems::Functions(functions) => {
                                used.extend(functions.into_iter().collect::<Result<Vec<_>, _>>()?);
                            }
                            ElementItems::Expressions(..) => bail!("the module fills a table by expressions"),
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    for operator in body.get_operators_reader()? {
                        if let Operator::Call { function_index }
                        | Operator::ReturnCall { function_index }
                        | Operator::RefFunc { function_index } = operator?
                        {
                            used.insert(function_index);
                        }
                    }
                }
                _ => {}
            }
        }
        strip.unused.retain(|function| !used.contains(function));
        Ok(strip)
    }
}

fn is_post_return(export: &Export<'_>) -> bool {
    export.kind == ExternalKind::Func && export.name.starts_with(PREFIX)
}

impl Reencode for Strip {
    type Error = std::convert::Infallible;

    fn parse_export(&mut self, exports: &mut ExportSection, export: Export<'_>) -> Result<(), Error> {
        if is_post_return(&export) {
            return Ok(());
        }
        utils::parse_export(self, exports, export)
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        let index = self.next;
        self.next += 1;
        if !self.unused.contains(&index) {
            return utils::parse_function_body(self, code, body);
        }
        let mut trap = Function::new([]);
        trap.instruction(&Instruction::Unreachable).instruction(&Instruction::End);
        code.function(&trap);
        Ok(())
    }
}
