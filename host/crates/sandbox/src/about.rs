//! What a component says of itself, read from its bytes: nothing is compiled or believed.

use std::collections::BTreeMap;

use wasmparser::{BinaryReaderError, ComponentExternalKind, Parser, Payload};

/// What a component says of itself.
#[derive(Debug, Default)]
pub struct About {
    /// Its annotations (`version`, `revision`, `licenses`, `description`), as far as it has them.
    pub annotations: BTreeMap<String, String>,
    /// The interfaces that it imports, in the order of their names; some have types only.
    pub imports: Vec<String>,
    /// The interfaces that it exports, in the order of their names.
    pub exports: Vec<String>,
}

/// The custom sections that are annotations.
const ANNOTATIONS: [&str; 4] = ["version", "revision", "licenses", "description"];

impl About {
    /// Reads it from a component's bytes.
    ///
    /// # Errors
    /// If they are no component.
    pub fn read(component: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut about = Self::default();
        // Sections of modules and components inside are none of ours.
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::CustomSection(section) if depth == 0 && ANNOTATIONS.contains(&section.name()) => {
                    let text = String::from_utf8_lossy(section.data()).into_owned();
                    about.annotations.insert(section.name().to_owned(), text);
                }
                Payload::ComponentImportSection(imports) if depth == 0 => {
                    for import in imports {
                        about.imports.push(import?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(exports) if depth == 0 => {
                    for export in exports {
                        let export = export?;
                        if export.kind == ComponentExternalKind::Instance {
                            about.exports.push(export.name.name.to_owned());
                        }
                    }
                }
                _ => {}
            }
        }
        about.imports.sort();
        about.exports.sort();
        Ok(about)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_component_says_nothing() {
        assert!(About::read(b"\0asm").is_err());
        assert!(About::read(b"onboarding").is_err());
    }
}
