//! Runs the vectors of the conformance kit in this host (`tests/embedding/README.md`). JSON values become values of the WIT by the
//! types of the component's functions.

#![expect(clippy::indexing_slicing, reason = "JSON answers null for a missing member")]
#![expect(clippy::print_stdout, reason = "a runner prints its results for the kit")]

mod values;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use embedding_rust::{Host, Others};
use serde_json::{Value, json};
use wasmtime::component::Val;
use wasmtime::{Result, bail, format_err};

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [a, component, b, vectors] = arguments.as_slice() else { bail!("usage: --component FILE --vectors FOLDER") };
    let [component, vectors] = match (a.as_str(), b.as_str()) {
        ("--component", "--vectors") => [component, vectors],
        ("--vectors", "--component") => [vectors, component],
        _ => bail!("usage: --component FILE --vectors FOLDER"),
    };
    let component = fs::read(component).map_err(|error| format_err!("{component}: {error}"))?;
    let host = Host::new(&component)?;
    let mut files: Vec<PathBuf> = fs::read_dir(vectors)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    let mut measured = None;
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let file = read(file)?;
        let operation = file["operation"].as_str().unwrap_or_default();
        for vector in file["vectors"].as_array().into_iter().flatten() {
            let why = play(&host, vector).unwrap_or_else(|error| Some(format!("{error:#}")));
            let name = format!("{operation}/{}", vector["name"].as_str().unwrap_or_default());
            println!("{}", json!({ "vector": name, "ok": why.is_none(), "why": why.unwrap_or_default() }));
            if operation == "addKycCheck" && measured.is_none() {
                measured = Some(vector.clone());
            }
        }
    }
    measure(&host, &measured.ok_or_else(|| format_err!("there is no addKycCheck.json in {vectors}"))?)
}

fn read(file: &Path) -> Result<Value> {
    serde_json::from_slice(&fs::read(file)?).map_err(|error| format_err!("{}: {error}", file.display()))
}

/// Runs a vector. Returns the difference, if there is one.
fn play(host: &Host, vector: &Value) -> Result<Option<String>> {
    let host = Arc::new(host.without_facts());
    let given = changes(&host, &vector["given"])?;
    if !host.commit(&given) {
        bail!("the changes in `given` cannot be committed");
    }
    for step in vector["steps"].as_array().into_iter().flatten() {
        let got = match step.get("commit") {
            Some(commit) => json!({ "committed": host.commit(&changes(&host, commit)?) }),
            None => told(&make(&host, step)?),
        };
        if got != step["answer"] {
            return Ok(Some(format!("expected {}, got {got}", step["answer"])));
        }
    }
    Ok(None)
}

fn make(host: &Arc<Host>, step: &Value) -> Result<Val> {
    let (interface, function, arguments) = call(host, step)?;
    let meanwhile = changes(host, &step["meanwhile"])?;
    let meanwhile = Arc::new(Mutex::new(Some(meanwhile)));
    let others = || -> Others {
        let (host, meanwhile) = (Arc::clone(host), Arc::clone(&meanwhile));
        let mut answers = others(&host, &step["host"]);
        Box::new(move |import, arguments| {
            // Another call commits once, after this call has read its inputs.
            if import == "screening.screen"
                && let Some(changes) = meanwhile.lock().unwrap_or_else(PoisonError::into_inner).take()
                && !host.commit(&changes)
            {
                bail!("the changes in `meanwhile` cannot be committed");
            }
            answers(import, arguments)
        })
    };
    Ok(host.change(others, &interface, &function, &arguments)?.0)
}

/// The vector's answers of the imports that do not read the store.
fn others(host: &Host, outside: &Value) -> Others {
    let (component, outside) = (host.component().clone(), outside.clone());
    let mut random = outside["random"].as_array().cloned().unwrap_or_default().into_iter();
    Box::new(move |import, arguments| {
        let of_type = |value: &Value| {
            let (interface, name) = import.split_once('.').unwrap_or_default();
            values::to_val(&values::answer_type(&values::function(&component, interface, name)?)?, value)
        };
        match import {
            "wall-clock.now" => {
                let number = |key: &str| outside["now"][key].as_u64().unwrap_or_default();
                let nanoseconds = Val::U32(u32::try_from(number("nanoseconds"))?);
                let seconds = ("seconds".to_owned(), Val::U64(number("seconds")));
                Ok(Val::Record(vec![seconds, ("nanoseconds".to_owned(), nanoseconds)]))
            }
            "random.get-random-u64" => {
                let next =
                    random.next().ok_or_else(|| format_err!("it asks for more random numbers than there are"))?;
                Ok(Val::U64(next.as_str().unwrap_or_default().parse()?))
            }
            "credentials.hash-password" => of_type(&outside["password-hash"]),
            "screening.screen" => of_type(&outside["screening"]),
            "meeting-provider.readiness" => of_type(&outside["readiness"]),
            "meeting-provider.create-session" => of_type(&outside["session"]),
            "meeting-provider.grant-access" => {
                let participants = if let [_, Val::List(participants)] = arguments { participants.len() } else { 0 };
                of_type(&granted(&outside["access"], participants))
            }
            _ => bail!("{import} is not part of this example"),
        }
    })
}

/// The vector's access for each of that many participants.
fn granted(access: &Value, participants: usize) -> Value {
    if access["tag"] == "ok" {
        json!({"tag": "ok", "val": vec![access["val"].clone(); participants]})
    } else {
        access.clone()
    }
}

fn call(host: &Host, step: &Value) -> Result<(String, String, Vec<Val>)> {
    let call = &step["call"];
    let text = |key: &str| call[key].as_str().unwrap_or_default().to_owned();
    let (interface, function) = (text("interface"), text("function"));
    let parameters = values::function(host.component(), &interface, &function)?;
    let given = call["arguments"].as_array().into_iter().flatten();
    let arguments = parameters.params().zip(given).map(|((_, of), value)| values::to_val(&of, value));
    Ok((interface, function, arguments.collect::<Result<_>>()?))
}

fn changes(host: &Host, list: &Value) -> Result<Vec<Val>> {
    let of = values::change_type(host.component())?;
    list.as_array().into_iter().flatten().map(|change| values::to_val(&of, change)).collect()
}

/// An export's answer in the form of the vectors.
fn told(answer: &Val) -> Value {
    match answer {
        Val::Result(Err(problem)) => json!({ "problem": problem.as_deref().map(values::to_json) }),
        Val::Result(Ok(Some(reply))) => match &**reply {
            Val::Tuple(parts) if parts.len() == 2 => {
                let mut parts = parts.iter().map(values::to_json);
                json!({ "reply": parts.next(), "changes": parts.next() })
            }
            reply => json!({ "reply": values::to_json(reply), "changes": [] }),
        },
        _ => Value::Null,
    }
}

/// Repeats the first step's call for a second, each in a new instance.
fn measure(host: &Host, vector: &Value) -> Result<()> {
    let host = host.without_facts();
    host.commit(&changes(&host, &vector["given"])?);
    let step = &vector["steps"][0];
    let (interface, function, arguments) = call(&host, step)?;
    let (begun, mut calls) = (Instant::now(), 0_u64);
    while begun.elapsed().as_secs() < 1 {
        host.call(others(&host, &step["host"]), &interface, &function, &arguments)?;
        calls += 1;
    }
    println!("{}", json!({ "calls": calls, "seconds": begun.elapsed().as_secs_f64() }));
    Ok(())
}
