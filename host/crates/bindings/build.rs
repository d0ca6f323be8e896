//! Generates `calls.rs`: for each function that the world exports, a Rust function that makes a typed call of it. Generates
//! `records.rs`: the documentation of the records that the API shows.
//!
//! wasmtime's bindings check the types of a whole interface for each instance, which costs more than the instance. A
//! [`Call`](src/call.rs) names one export, and the sandbox checks that one.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use wit_parser::{Field, Function, Handle, Interface, Resolve, Type, TypeDefKind, TypeOwner, WorldItem};

const WIT: &str = "../../../wit";
const WORLD: &str = "onboarding";

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed={WIT}");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(WIT).context("the WIT package does not parse")?;
    let world = resolve.select_world(&[package], Some(WORLD)).context("the WIT package has no such world")?;
    let world = resolve.worlds.get(world).context("a world that was selected exists")?;
    let (mut modules, mut names) = (String::new(), String::new());
    let mut exports = 0;
    for (key, item) in &world.exports {
        let WorldItem::Interface { id, .. } = item else { bail!("the world exports something that is no interface") };
        let interface = resolve.interfaces.get(*id).context("an exported interface exists")?;
        let full_name = resolve.name_world_key(key);
        let name = interface.name.as_deref().context("an exported interface has a name")?;
        writeln!(modules, "/// Calls of the interface `{name}`.\npub mod {} {{", snake(name))?;
        for function in interface.functions.values() {
            modules.push_str(
                &call(&resolve, interface, function, exports).with_context(|| format!("{name}.{}", function.name))?,
            );
            writeln!(names, "    ({full_name:?}, {:?}),", function.name)?;
            exports += 1;
        }
        modules.push_str("}\n");
    }
    let records = records(&resolve)?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").context("OUT_DIR is not set")?);
    let table = format!(
        "/// Interface and function of each export, in the order of [`Export`](crate::Export).\npub(crate) const EXPORTS: &[(&str, &str)] = &[\n{names}];\n"
    );
    std::fs::write(out.join("records.rs"), records).context("cannot write records.rs")?;
    std::fs::write(out.join("calls.rs"), modules + &table).context("cannot write calls.rs")
}

/// The table of the records that the API shows, with the documentation of their fields.
fn records(resolve: &Resolve) -> Result<String> {
    let mut table = "/// The records of the WIT that the API shows.\npub static RECORDS: &[Record] = &[\n".to_owned();
    for (_, interface) in &resolve.interfaces {
        let name = interface.name.as_deref().unwrap_or_default();
        if !name.ends_with("-types") {
            continue;
        }
        for (name, id) in &interface.types {
            let definition = resolve.types.get(*id).context("a type exists")?;
            let TypeDefKind::Record(record) = &definition.kind else { continue };
            let field = |field: &Field| {
                format!(
                    "({:?}, {:?})",
                    snake(&field.name),
                    one_line(field.docs.contents.as_deref().unwrap_or_default())
                )
            };
            let fields: Vec<_> = record.fields.iter().map(field).collect();
            writeln!(table, "    Record {{ name: {name:?}, fields: &[{}] }},", fields.join(", "))?;
        }
    }
    Ok(table + "];\n")
}

/// The text without its line breaks.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The Rust function for one exported function.
fn call(resolve: &Resolve, interface: &Interface, function: &Function, number: usize) -> Result<String> {
    let mut text = String::new();
    for line in function.docs.contents.as_deref().unwrap_or_default().lines() {
        writeln!(text, "    /// {line}")?;
    }
    let (mut parameters, mut types, mut arguments) = (String::new(), String::new(), String::new());
    for parameter in &function.params {
        let (name, rust) = (snake(&parameter.name), borrowed(resolve, &parameter.ty)?);
        write!(parameters, "{name}: {rust}, ")?;
        write!(types, "{rust}, ")?;
        write!(arguments, "{name}, ")?;
    }
    // A single reference needs no name for its lifetime.
    if types.matches("'a ").count() == 1 {
        (parameters, types) = (parameters.replace("'a ", ""), types.replace("'a ", ""));
    }
    let lifetime = if types.contains("'a ") { "<'a>" } else { "" };
    let answer = answer(resolve, function).with_context(|| format!("{:?}", interface.name))?;
    let name = snake(&function.name);
    writeln!(text, "    #[must_use]")?;
    writeln!(text, "    pub const fn {name}{lifetime}({parameters}) -> crate::Call<({types}), {answer}> {{")?;
    writeln!(text, "        crate::Call::new(crate::Export::numbered({number}), ({arguments}))\n    }}")?;
    Ok(text)
}

/// The type of a function's answer, without the `result<…, problem>` around it.
fn answer(resolve: &Resolve, function: &Function) -> Result<String> {
    let Some(Type::Id(id)) = function.result else { bail!("it answers no result") };
    let TypeDefKind::Result(result) = &resolve.types.get(id).context("a type exists")?.kind else {
        bail!("it answers no result")
    };
    let problem = owned(resolve, &result.err.context("its result has no problem")?)?;
    if !problem.ends_with("::problem::Problem") {
        bail!("its result has another problem: {problem}");
    }
    result.ok.as_ref().map_or(Ok("()".to_owned()), |ok| owned(resolve, ok))
}

/// The Rust type of an argument of that type.
fn borrowed(resolve: &Resolve, wit: &Type) -> Result<String> {
    Ok(match wit {
        Type::String => "&'a str".to_owned(),
        Type::Bool | Type::U32 | Type::U64 | Type::S64 => owned(resolve, wit)?,
        Type::Id(id) => match &resolve.types.get(*id).context("a type exists")?.kind {
            TypeDefKind::Option(inner) => format!("Option<{}>", borrowed(resolve, inner)?),
            _ => format!("&'a {}", owned(resolve, wit)?),
        },
        other => bail!("no export takes a {other:?} yet: add it to {}", file!()),
    })
}

/// The Rust type of a value of that type.
fn owned(resolve: &Resolve, wit: &Type) -> Result<String> {
    let id = match wit {
        Type::Bool => return Ok("bool".to_owned()),
        Type::String => return Ok("String".to_owned()),
        Type::U32 => return Ok("u32".to_owned()),
        Type::U64 => return Ok("u64".to_owned()),
        Type::S64 => return Ok("i64".to_owned()),
        Type::Id(id) => *id,
        other => bail!("no export uses a {other:?} yet: add it to {}", file!()),
    };
    let definition = resolve.types.get(id).context("a type exists")?;
    Ok(match &definition.kind {
        TypeDefKind::Type(original) => owned(resolve, original)?,
        TypeDefKind::List(item) => format!("Vec<{}>", owned(resolve, item)?),
        TypeDefKind::Option(inner) => format!("Option<{}>", owned(resolve, inner)?),
        TypeDefKind::Tuple(tuple) => {
            let types: Result<Vec<_>> = tuple.types.iter().map(|part| owned(resolve, part)).collect();
            format!("({})", types?.join(", "))
        }
        TypeDefKind::Handle(Handle::Own(resource)) => {
            format!("wasmtime::component::Resource<{}>", owned(resolve, &Type::Id(*resource))?)
        }
        TypeDefKind::Record(_) | TypeDefKind::Variant(_) | TypeDefKind::Enum(_) | TypeDefKind::Resource => {
            let name = definition.name.as_deref().context("a type has a name")?;
            let TypeOwner::Interface(owner) = definition.owner else { bail!("{name} belongs to no interface") };
            let owner = resolve.interfaces.get(owner).and_then(|owner| owner.name.as_deref());
            format!("crate::obp::onboarding::{}::{}", snake(owner.context("an interface has a name")?), camel(name))
        }
        other => bail!("no export uses a {other:?} yet: add it to {}", file!()),
    })
}

/// `add-check` becomes `add_check`.
fn snake(name: &str) -> String {
    name.replace('-', "_")
}

/// `kyc-check` becomes `KycCheck`.
fn camel(name: &str) -> String {
    let parts = name.split('-').map(|part| {
        let (first, rest) = part.split_at(part.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    parts.collect()
}
