//! Builds the screener that the benchmark measures, and generates the conversions of the native baseline.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use componentize::{Extension, deploy, nested_target_dir};
use wit_parser::{Resolve, Type, TypeDefKind};

fn main() -> Result<()> {
    for input in
        ["extensions/expired-documents", "extensions/sdk", "guest/src/heap.rs", "wit", "Cargo.lock", "Cargo.toml"]
    {
        println!("cargo:rerun-if-changed=../../{input}");
    }
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).context("OUT_DIR is not set")?;
    let target = nested_target_dir(&out)?;
    deploy(Path::new("../../extensions/expired-documents"), &Extension::Crate(&target), &out)?;
    std::fs::write(out.join("convert.rs"), conversions()?).context("cannot write convert.rs")
}

/// Moves the fields of a KYC check between the host's and the guest's types, which wasmtime and wit-bindgen generate from one
/// record of `wit/kyc.wit`.
fn conversions() -> Result<String> {
    let mut resolve = Resolve::default();
    resolve.push_dir("../../wit").context("the WIT package does not parse")?;
    let into = conversion(
        &resolve,
        "kyc-check-draft",
        "pub(crate) fn into_rules(from: host::KycCheckDraft) -> rules::KycCheckDraft",
        "rules::KycCheckDraft",
        "guest::timestamp::Timestamp",
    )?;
    let from = conversion(
        &resolve,
        "kyc-check",
        "pub(crate) fn from_rules(from: rules::KycCheck) -> host::KycCheck",
        "host::KycCheck",
        "obp_host::component::timestamp::Timestamp",
    )?;
    Ok(into + &from)
}

fn conversion(resolve: &Resolve, record: &str, signature: &str, to: &str, timestamp: &str) -> Result<String> {
    let definition = resolve.types.iter().map(|(_, definition)| definition).find(|definition| {
        definition.name.as_deref() == Some(record) && matches!(definition.kind, TypeDefKind::Record(_))
    });
    let Some(TypeDefKind::Record(fields)) = definition.map(|definition| &definition.kind) else {
        bail!("the WIT package has no record {record}")
    };
    let mut text = format!("{signature} {{\n    {to} {{\n");
    for field in &fields.fields {
        let name = match field.name.replace('-', "_").as_str() {
            "type" => "type_".to_owned(),
            name => name.to_owned(),
        };
        let is_time = matches!(field.ty, Type::Id(_));
        let value = format!("{timestamp} {{ milliseconds: from.{name}.milliseconds }}");
        let value = if is_time { value } else { format!("from.{name}") };
        writeln!(text, "        {name}: {value},")?;
    }
    text.push_str("    }\n}\n");
    Ok(text)
}
