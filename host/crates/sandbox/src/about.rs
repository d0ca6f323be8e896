//! Reads a component's own description from its bytes: imports, exports, annotations and sizes. Compiles and runs nothing.
//!
//! The bytes are not trusted. The reader bounds its own cost, and keeps names and numbers only.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest as _, Sha256};
use wasmparser::{
    BinaryReaderError, ComponentExternalKind, Encoding, FuncValidatorAllocations, MemorySectionReader, Parser, Payload,
    ValidPayload, Validator,
};

use crate::engine::PROPOSALS;

/// The most bytes in sections other than code, data and custom ones. The validator keeps a multiple of them in memory.
const STRUCTURE_BYTES_MAX: u64 = 2 << 20;
/// The most levels of nested components. Common tools make two levels from one crate.
const DEPTH_MAX: usize = 8;
/// The most modules and components together, at all levels.
const PARTS_MAX: usize = 1000;
/// The most characters of the validator's message that are passed on. It repeats names of the component, which may be long.
const MESSAGE_CHARS_MAX: usize = 300;
/// Memories are declared in pages of this many bytes.
const PAGE_BYTES: u64 = 65_536;
/// The custom sections that are annotations.
const ANNOTATIONS: [&str; 4] = ["version", "revision", "licenses", "description"];

/// A component, as its own bytes describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its annotations (`version`, `revision`, `licenses`, `description`), as far as it has them.
    pub annotations: BTreeMap<String, String>,
    /// Full names of its imports, such as `wasi:random/random@0.2.0`, in the component's order. Some have types only.
    pub imports: Vec<String>,
    /// Its exports, in the component's order.
    pub exports: Vec<Export>,
    /// Its length, in bytes.
    pub bytes: usize,
    /// The SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Core modules in it, at all levels.
    pub modules: usize,
    /// Memories that its modules declare.
    pub memories: usize,
    /// Tables that its modules declare.
    pub tables: usize,
    /// Initial size of all its memories together, in bytes.
    pub memory_bytes: u64,
}

/// An export of a component. Displays as its name, with the kind in front unless it is an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Its full name, such as `obp:onboarding/kyc@0.1.0`.
    pub name: String,
    /// Its kind, such as `func`. An interface is exported as an `instance`.
    pub kind: &'static str,
}

impl Export {
    /// Whether this is an interface. Another kind of export may have the name of an interface, and must not pass for one.
    #[must_use]
    pub fn is_interface(&self) -> bool {
        self.kind == ComponentExternalKind::Instance.desc()
    }
}

impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_interface() { f.write_str(&self.name) } else { write!(f, "{} {}", self.kind, self.name) }
    }
}

/// The reason why bytes are refused. Reads after the name of their file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAComponent {
    /// They do not begin like WebAssembly.
    #[error("is no WebAssembly, not a component")]
    NotWasm,
    /// They are a module of WebAssembly.
    #[error("is a core module, not a component")]
    CoreModule,
    /// They do not pass validation.
    #[error("is no valid component: {0}")]
    Invalid(String),
    /// Components are nested too deeply.
    #[error("has components within components, deeper than {DEPTH_MAX}")]
    TooDeep,
    /// There are too many modules and components.
    #[error("has more than {PARTS_MAX} modules and components")]
    TooManyParts,
    /// Types, imports, exports and similar sections are too large.
    #[error("has more than {STRUCTURE_BYTES_MAX} bytes of types, imports, exports and the like")]
    TooMuchStructure,
}

impl From<BinaryReaderError> for NotAComponent {
    fn from(error: BinaryReaderError) -> Self {
        Self::Invalid(error.to_string().chars().take(MESSAGE_CHARS_MAX).collect())
    }
}

/// Checks that bytes begin like a component. Reads nothing behind the header.
///
/// # Errors
/// [`NotAComponent::NotWasm`] or [`NotAComponent::CoreModule`].
pub fn check_header(bytes: &[u8]) -> Result<(), NotAComponent> {
    if Parser::is_component(bytes) {
        return Ok(());
    }
    Err(if Parser::is_core_wasm(bytes) { NotAComponent::CoreModule } else { NotAComponent::NotWasm })
}

impl About {
    /// Reads and validates a component. Refuses proposals that the engine does not accept.
    ///
    /// # Errors
    /// [`NotAComponent`].
    pub fn read(component: &[u8]) -> Result<Self, NotAComponent> {
        check_header(component)?;
        let mut about = Self::of_size(component);
        let mut validator = Validator::new_with_features(PROPOSALS);
        let mut allocations = FuncValidatorAllocations::default();
        let mut cost = Cost::default();
        let mut parser = Parser::new(0);
        parser.set_features(PROPOSALS);
        for payload in parser.parse_all(component) {
            let payload = payload?;
            // The bounds come before the validator, which keeps what it reads.
            cost.add(&payload)?;
            if let ValidPayload::Func(function, body) = validator.payload(&payload)? {
                let mut function = function.into_validator(allocations);
                function.validate(&body)?;
                allocations = function.into_allocations();
            }
            about.note(&payload, cost.depth)?;
        }
        Ok(about)
    }

    fn of_size(component: &[u8]) -> Self {
        Self {
            annotations: BTreeMap::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            bytes: component.len(),
            sha256: Sha256::digest(component).into(),
            modules: 0,
            memories: 0,
            tables: 0,
            memory_bytes: 0,
        }
    }

    /// Notes a part at that depth. Imports, exports and annotations count at depth 1 only: deeper ones are internal.
    fn note(&mut self, payload: &Payload<'_>, depth: usize) -> wasmparser::Result<()> {
        match payload {
            Payload::CustomSection(section) if depth == 1 && ANNOTATIONS.contains(&section.name()) => {
                let text = String::from_utf8_lossy(section.data()).into_owned();
                self.annotations.insert(section.name().to_owned(), text);
            }
            Payload::ComponentImportSection(imports) if depth == 1 => {
                for import in imports.clone() {
                    self.imports.push(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(exports) if depth == 1 => {
                for export in exports.clone() {
                    let export = export?;
                    self.exports.push(Export { name: export.name.name.to_owned(), kind: export.kind.desc() });
                }
            }
            Payload::ModuleSection { .. } => self.modules += 1,
            Payload::MemorySection(memories) => self.note_memories(memories)?,
            Payload::TableSection(tables) => {
                self.tables = self.tables.saturating_add(usize::try_from(tables.count()).unwrap_or(usize::MAX));
            }
            _ => {}
        }
        Ok(())
    }

    fn note_memories(&mut self, memories: &MemorySectionReader<'_>) -> wasmparser::Result<()> {
        for memory in memories.clone() {
            self.memories += 1;
            self.memory_bytes = self.memory_bytes.saturating_add(memory?.initial.saturating_mul(PAGE_BYTES));
        }
        Ok(())
    }
}

/// The cost of reading so far.
#[derive(Default)]
struct Cost {
    /// Components and modules that are open.
    depth: usize,
    parts: usize,
    structure_bytes: u64,
}

impl Cost {
    fn add(&mut self, payload: &Payload<'_>) -> Result<(), NotAComponent> {
        match payload {
            Payload::Version { encoding, .. } => {
                self.depth += 1;
                self.parts += 1;
                if *encoding == Encoding::Component && self.depth > DEPTH_MAX {
                    return Err(NotAComponent::TooDeep);
                }
            }
            Payload::End(_) => self.depth = self.depth.saturating_sub(1),
            // These are no sections of their own, or the validator keeps nothing of them.
            Payload::ModuleSection { .. }
            | Payload::ComponentSection { .. }
            | Payload::CodeSectionStart { .. }
            | Payload::CodeSectionEntry(_)
            | Payload::DataSection(_)
            | Payload::CustomSection(_) => {}
            section => {
                let bytes = section.as_section().map_or(0, |(_, range)| range.end.saturating_sub(range.start));
                self.structure_bytes = self.structure_bytes.saturating_add(bytes);
            }
        }
        if self.parts > PARTS_MAX {
            return Err(NotAComponent::TooManyParts);
        }
        if self.structure_bytes > STRUCTURE_BYTES_MAX {
            return Err(NotAComponent::TooMuchStructure);
        }
        Ok(())
    }
}
