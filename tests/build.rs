//! Builds the components of the tests: a variant of the rules that misbehaves on request, copies of it that need too much memory
//! or too large tables at the start, and an extension that misbehaves on request.

use std::convert::Infallible;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, Function, HeapType, Instruction, MemoryType, Module, TableType};
use wasmparser::{ExternalKind, FunctionBody, Parser, Payload, TypeRef};

fn main() -> Result<()> {
    let module = componentize::module(&["faults"])?;
    for (name, memory_pages_min, table_elements_min) in
        [("onboarding.wasm", 0, 0), ("large-memory.wasm", 1025, 0), ("large-table.wasm", 0, 20_001)]
    {
        let faults = Faults { memory_pages_min, table_elements_min, ..Faults::of(&module)? };
        componentize::write_component(name, &faults.added_to(&module)?)?;
    }
    let extension = componentize::module_of("hostile", &["tests/hostile", "extensions/sdk", "guest/src/heap.rs"], &[])?;
    componentize::write_component("hostile.wasm", &extension)
}

/// Changes of the guest's module that its source cannot express.
#[derive(Default)]
struct Faults {
    memory_pages_min: u64,
    table_elements_min: u64,
    /// The index of the function that becomes `table.grow`.
    grow_table: u32,
    /// The index of the next function with a body.
    next: u32,
}

impl Faults {
    fn of(module: &[u8]) -> Result<Self> {
        let mut faults = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        faults.next += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        if export.kind == ExternalKind::Func && export.name == "grow_table" {
                            faults.grow_table = export.index;
                        }
                    }
                }
                _ => {}
            }
        }
        anyhow::ensure!(faults.grow_table >= faults.next, "the guest has no function grow_table");
        Ok(faults)
    }

    fn added_to(mut self, module: &[u8]) -> Result<Vec<u8>> {
        let mut rewritten = Module::new();
        self.parse_core_module(&mut rewritten, Parser::new(0), module).context("the module cannot be written anew")?;
        Ok(rewritten.finish())
    }
}

impl Reencode for Faults {
    type Error = Infallible;

    fn memory_type(&mut self, memory: wasmparser::MemoryType) -> Result<MemoryType, Error> {
        let memory = utils::memory_type(self, memory);
        Ok(MemoryType { minimum: memory.minimum.max(self.memory_pages_min), ..memory })
    }

    /// Removes the maximum that the linker writes, so that each growth asks the host.
    fn table_type(&mut self, table: wasmparser::TableType) -> Result<TableType, Error> {
        let table = utils::table_type(self, table)?;
        Ok(TableType { minimum: table.minimum.max(self.table_elements_min), maximum: None, ..table })
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        let index = self.next;
        self.next += 1;
        if index != self.grow_table {
            return utils::parse_function_body(self, code, body);
        }
        let mut grow_table = Function::new([]);
        grow_table
            .instruction(&Instruction::RefNull(HeapType::FUNC))
            .instruction(&Instruction::LocalGet(0))
            .instruction(&Instruction::TableGrow(0))
            .instruction(&Instruction::End);
        code.function(&grow_table);
        Ok(())
    }
}
