//! Metadata of a component. Adds the producers section and the annotations that tools such as `wasm-tools metadata` read, and
//! removes the names for debuggers.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use wasm_encoder::{Component, ComponentSectionId, CustomSection, ProducersField, ProducersSection, RawSection};
use wasmparser::{BinaryReader, ProducersSectionReader};

/// The length of magic number, version and layer, which come before the sections of a component.
const HEAD_BYTES: usize = 8;

/// The metadata of a component.
#[derive(Debug)]
pub struct Label {
    /// The version of its WIT package.
    pub version: String,
    /// The SHA-256 of its sources ([`source_digest`]).
    pub source: String,
    /// Its licence, as an SPDX expression.
    pub licence: String,
    /// A sentence about it.
    pub description: String,
}

/// The component with this label, if there is one, and without the names of its parts.
///
/// # Errors
/// If the bytes are not a component.
pub(crate) fn relabel(component: &[u8], label: Option<&Label>) -> Result<Vec<u8>> {
    let (mut relabelled, mut encoder) = (Component::new(), Vec::new());
    let mut reader = BinaryReader::new(component.get(HEAD_BYTES..).context("the component has no header")?, 0);
    while !reader.eof() {
        let id = reader.read_u8()?;
        let size = reader.read_var_u32()?;
        let data = reader.read_bytes(usize::try_from(size)?)?;
        let is_custom = id == u8::from(ComponentSectionId::CoreCustom);
        let name = if is_custom { BinaryReader::new(data, 0).read_string()? } else { "" };
        if name == "component-name" {
            continue;
        }
        if name == "producers" && label.is_some() {
            // A new section below contains the tools of this one.
            encoder = producers_of(data)?;
            continue;
        }
        relabelled.section(&RawSection { id, data });
    }
    if let Some(label) = label {
        let mut processed_by = ProducersField::new();
        for (tool, version) in &encoder {
            processed_by.value(tool, version);
        }
        processed_by.value("componentize", env!("CARGO_PKG_VERSION"));
        let mut sdk = ProducersField::new();
        sdk.value("obp:onboarding", &label.version)
            .value("source-sha256", &label.source)
            .value("licence", &label.licence);
        let mut producers = ProducersSection::new();
        producers.field("processed-by", &processed_by).field("sdk", &sdk);
        relabelled.section(&producers);
        for (name, text) in [
            ("version", &label.version),
            ("revision", &label.source),
            ("licenses", &label.licence),
            ("description", &label.description),
        ] {
            relabelled.section(&CustomSection { name: name.into(), data: text.as_bytes().into() });
        }
    }
    Ok(relabelled.finish())
}

/// The tools in the producers section of a component, with their versions.
fn producers_of(section: &[u8]) -> Result<Vec<(String, String)>> {
    // The data of a custom section begins with its name.
    let mut reader = BinaryReader::new(section, 0);
    reader.read_string()?;
    let mut tools = Vec::new();
    for field in ProducersSectionReader::new(reader)? {
        let field = field?;
        if field.name == "processed-by" {
            for value in field.values {
                let value = value?;
                tools.push((value.name.to_owned(), value.version.to_owned()));
            }
        }
    }
    Ok(tools)
}

/// The SHA-256, in hexadecimal, of these files and folders of the workspace. It covers path, size and bytes of each file, in the
/// order of the paths.
///
/// # Errors
/// If a file cannot be read.
pub fn source_digest(workspace: &Path, inputs: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    for input in inputs {
        collect(workspace, input, &mut files)?;
    }
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        let bytes = fs::read(workspace.join(&file)).with_context(|| format!("cannot read {file}"))?;
        digest.update(format!("{file}\n{}\n", bytes.len()));
        digest.update(bytes);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn collect(workspace: &Path, path: &str, files: &mut Vec<String>) -> Result<()> {
    let full = workspace.join(path);
    if full.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    ensure!(full.is_dir(), "there is no {path}");
    for entry in fs::read_dir(&full).with_context(|| format!("cannot read {path}"))? {
        let name =
            entry?.file_name().into_string().ok().with_context(|| format!("a file of {path} has no readable name"))?;
        collect(workspace, &format!("{path}/{name}"), files)?;
    }
    Ok(())
}
