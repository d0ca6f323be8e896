//! Conversion between the JSON values of the vectors and the values of the component model, by the types of the component's functions.

use serde_json::{Map, Value, json};
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, Type, Val};
use wasmtime::{Result, bail, format_err};

/// A function that the component exports or imports, by the names of the WIT.
pub(crate) fn function(component: &Component, interface: &str, name: &str) -> Result<ComponentFunc> {
    let (engine, world) = (component.engine(), component.component_type());
    let of_interface = format!("obp:onboarding/{interface}@0.1.0");
    let found = world.get_export(engine, &of_interface).or_else(|| world.get_import(engine, &of_interface));
    match found.map(|item| item.ty) {
        Some(ComponentItem::ComponentInstance(instance)) => match instance.get_export(engine, name).map(|item| item.ty)
        {
            Some(ComponentItem::ComponentFunc(function)) => Ok(function),
            _ => bail!("{interface} has no function {name}"),
        },
        _ => bail!("the component has no interface {interface}"),
    }
}

/// The type of a function's result.
pub(crate) fn answer_type(function: &ComponentFunc) -> Result<Type> {
    function.results().next().ok_or_else(|| format_err!("it answers nothing"))
}

/// The type `change`. A write returns `result<tuple<…, list<change>>, problem>`.
pub(crate) fn change_type(component: &Component) -> Result<Type> {
    if let Type::Result(result) = answer_type(&function(component, "kyc", "add-check")?)?
        && let Some(Type::Tuple(written)) = result.ok()
        && let Some(Type::List(changes)) = written.types().nth(1)
    {
        return Ok(changes.ty());
    }
    bail!("kyc.add-check does not answer a reply and changes")
}

/// Converts JSON to a value of this type.
pub(crate) fn to_val(of: &Type, value: &Value) -> Result<Val> {
    let wrong = || format_err!("{value} is no {of:?}");
    let text = || value.as_str().map(str::to_owned).ok_or_else(wrong);
    let number = || value.as_i64().ok_or_else(wrong);
    let items = || value.as_array().ok_or_else(wrong);
    let case = || value["tag"].as_str().ok_or_else(wrong);
    // The payload of a case, if it has one.
    let payload = |of: Option<Type>| of.map(|of| to_val(&of, &value["val"]).map(Box::new)).transpose();
    Ok(match of {
        Type::Bool => Val::Bool(value.as_bool().ok_or_else(wrong)?),
        Type::S32 => Val::S32(i32::try_from(number()?)?),
        Type::S64 => Val::S64(number()?),
        Type::U16 => Val::U16(u16::try_from(number()?)?),
        Type::U32 => Val::U32(u32::try_from(number()?)?),
        Type::U64 => Val::U64(u64::try_from(number()?)?),
        Type::String => Val::String(text()?),
        Type::Enum(_) => Val::Enum(text()?),
        Type::List(list) => Val::List(items()?.iter().map(|item| to_val(&list.ty(), item)).collect::<Result<_>>()?),
        Type::Tuple(tuple) => {
            let items = tuple.types().zip(items()?);
            Val::Tuple(items.map(|(of, item)| to_val(&of, item)).collect::<Result<_>>()?)
        }
        Type::Record(record) => Val::Record(
            record
                .fields()
                .map(|field| Ok((field.name.to_owned(), to_val(&field.ty, &value[field.name])?)))
                .collect::<Result<_>>()?,
        ),
        Type::Option(_) if value.is_null() => Val::Option(None),
        Type::Option(option) => Val::Option(Some(Box::new(to_val(&option.ty(), value)?))),
        Type::Variant(variant) => {
            let case = case()?;
            let of = variant.cases().find(|known| known.name == case).ok_or_else(wrong)?;
            Val::Variant(case.to_owned(), payload(of.ty)?)
        }
        Type::Result(result) => match case()? {
            "ok" => Val::Result(Ok(payload(result.ok())?)),
            "err" => Val::Result(Err(payload(result.err())?)),
            _ => return Err(wrong()),
        },
        _ => bail!("no vector has a {of:?}"),
    })
}

/// Converts a value to JSON.
pub(crate) fn to_json(value: &Val) -> Value {
    let tagged = |tag: &str, val: Option<&Val>| match val {
        Some(val) => json!({ "tag": tag, "val": to_json(val) }),
        None => json!({ "tag": tag }),
    };
    match value {
        Val::Bool(truth) => json!(truth),
        Val::S32(number) => json!(number),
        Val::S64(number) => json!(number),
        Val::U16(number) => json!(number),
        Val::U32(number) => json!(number),
        Val::U64(number) => json!(number),
        Val::String(text) | Val::Enum(text) => json!(text),
        Val::List(items) | Val::Tuple(items) => items.iter().map(to_json).collect(),
        Val::Record(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), to_json(value))).collect::<Map<_, _>>().into()
        }
        Val::Option(value) => value.as_ref().map_or(Value::Null, |value| to_json(value)),
        Val::Variant(case, value) => tagged(case, value.as_deref()),
        Val::Result(Ok(value)) => tagged("ok", value.as_deref()),
        Val::Result(Err(value)) => tagged("err", value.as_deref()),
        other => json!(format!("{other:?}")),
    }
}
