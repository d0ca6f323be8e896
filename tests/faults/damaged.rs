//! Thousands of damaged or swapped files: components, and compiled components in the cache. Each is refused by name or runs
//! correctly. A changed file of the cache never becomes machine code.

use std::collections::BTreeMap;
use std::path::Path;

use obp_host::ambient::Ambient;
use obp_host::app::compile;
use obp_host::component::EMBEDDED;
use obp_host::component::cache::{Cache, HEADER_BYTES, MAGIC, Origin};
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Precompiled, Store};

use crate::support::app::config;
use crate::support::damage::Damage;

const CASES: usize = 1000;

/// A component whose export `f` returns this number, which is below 64. It compiles in a millisecond.
fn answering(number: u8) -> Vec<u8> {
    #[rustfmt::skip]
    let bytes = [
        b"\0asm\x0d\0\x01\0".as_slice(),
        // A core module whose export `f` is `i32.const number`,
        b"\x01\x22\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7f\x03\x02\x01\0\x07\x05\x01\x01f\0\0\x0a\x06\x01\x04\0\x41", &[number], b"\x0b",
        // its instance, that instance's `f`,
        b"\x02\x04\x01\0\0\0", b"\x06\x07\x01\0\0\x01\0\x01f",
        // the type `func() -> u32`, `f` lifted to it, and exported.
        b"\x07\x05\x01\x40\0\0\x79", b"\x08\x06\x01\0\0\0\0\0", b"\x0b\x07\x01\0\x01f\x01\0\0",
    ];
    bytes.concat()
}

fn answer(engine: &Engine, component: &Component) -> u32 {
    let mut store = Store::new(engine, ());
    let instance = Linker::new(engine).instantiate(&mut store, component).unwrap();
    instance.get_typed_func::<(), (u32,)>(&mut store, "f").unwrap().call(&mut store, ()).unwrap().0
}

fn open(folder: &Path) -> Cache {
    Cache::open(folder, &Ambient::system()).unwrap()
}

/// A file that the cache wrote for this component and can load.
fn kept(cache: &Cache, engine: &Engine, wasm: &[u8]) -> Vec<u8> {
    cache.component(engine, wasm).unwrap();
    let entry = cache.entry(engine, wasm);
    assert!(entry.load().unwrap().is_some());
    std::fs::read(entry.path()).unwrap()
}

/// Whether wasmtime accepts the file as its own, so that only the signature protects the processor from it.
fn passes_but_for_the_signature(file: &[u8]) -> bool {
    file.starts_with(&MAGIC)
        && file.get(HEADER_BYTES..).and_then(Engine::detect_precompiled) == Some(Precompiled::Component)
}

#[test]
fn a_thousand_damaged_cache_files_are_refused_by_name_and_replaced() {
    let damage = Damage::new();
    let (here, elsewhere) = (crate::support::folder().unwrap(), crate::support::folder().unwrap());
    let (cache, other_cache) = (open(here.path()), open(elsewhere.path()));
    let engine = Engine::default();
    let other_settings = Engine::new(wasmtime::Config::new().epoch_interruption(true)).unwrap();
    let wasm = answering(42);
    let good = kept(&cache, &engine, &wasm);
    // These files are valid in their own place, and invalid in this one.
    let foreign = [
        ("another entry's file", kept(&cache, &engine, &answering(23))),
        ("another folder's file", kept(&other_cache, &engine, &wasm)),
        ("a file for other settings", kept(&cache, &other_settings, &wasm)),
        ("another version's file", [b"obp compiled v0\n", &good[MAGIC.len()..]].concat()),
        ("what wasmtime made, unsigned", good[HEADER_BYTES..].to_vec()),
    ];
    let mut held_by_the_signature = BTreeMap::<_, usize>::new();
    for case in 0..CASES {
        let (what, file) = match foreign.get(case % 25) {
            Some((what, file)) => ((*what).to_owned(), file.clone()),
            None => damage.to(&good),
        };
        if passes_but_for_the_signature(&file) {
            *held_by_the_signature.entry(foreign.get(case % 25).map_or("damaged", |(what, _)| what)).or_default() += 1;
        }
        let entry = cache.entry(&engine, &wasm);
        std::fs::write(entry.path(), file).unwrap();
        let Err(refused) = entry.load() else { panic!("loaded: {what}") };
        let named = refused.to_string();
        assert!(named.starts_with(entry.path().to_str().unwrap()), "{what}: {named}");
        let (component, origin) = cache.component(&engine, &wasm).unwrap();
        assert_eq!((origin, answer(&engine, &component)), (Origin::Compiled, 42), "{what}");
        let loaded = entry.load().unwrap().expect("it was replaced");
        assert_eq!(answer(&engine, &loaded), 42, "{what}");
    }
    // The control: without the signature, most of the files would have become machine code.
    println!("held by the signature: {held_by_the_signature:?}");
    for what in ["another entry's file", "another folder's file", "a file for other settings"] {
        assert_eq!(held_by_the_signature[what], CASES / 25, "{what}");
    }
    assert!(held_by_the_signature["damaged"] > CASES / 3);
}

/// Compiles a damaged copy of the embedded component, which the configuration names.
fn compile_damaged(folder: &Path, file: &[u8], pin: Option<&str>) -> Result<(), String> {
    let path = folder.join("damaged.wasm");
    std::fs::write(&path, file).unwrap();
    let mut settings = vec![("OBP_HOST_COMPONENT", path.to_str().unwrap())];
    settings.extend(pin.map(|pin| ("OBP_HOST_COMPONENT_SHA256", pin)));
    compile(&config(&settings)).map(drop).map_err(|error| format!("{error:#}"))
}

#[test]
fn a_thousand_damaged_components_fail_the_digest_check() {
    let damage = Damage::new();
    let folder = crate::support::folder().unwrap();
    let pin = sha256sum(EMBEDDED);
    compile_damaged(folder.path(), EMBEDDED, Some(&pin)).unwrap();
    compile_damaged(folder.path(), EMBEDDED, Some(&pin.to_uppercase())).unwrap();
    for _ in 0..CASES {
        let (what, file) = damage.to(EMBEDDED);
        let error = compile_damaged(folder.path(), &file, Some(&pin)).unwrap_err();
        for part in ["damaged.wasm", "`component_sha256`", &pin] {
            assert!(error.contains(part), "{what}: {error}");
        }
    }
    // Another program computes the same digests.
    let (_, file) = damage.to(EMBEDDED);
    let error = compile_damaged(folder.path(), &file, Some(&pin)).unwrap_err();
    assert!(error.contains(&sha256sum(&file)), "{error}");
}

fn sha256sum(bytes: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
    let output = std::process::Command::new("sha256sum").arg(file.path()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

/// The embedded component begins with its types and ends with its imports, exports and names. Damage in between, and in a part
/// of the end, is found only after all functions are compiled. That takes a second, so there are only a few cases.
const BEGINNING: usize = 8 << 10;
const END: usize = 64 << 10;

#[test]
fn a_damaged_component_without_a_digest_gives_a_short_error_or_compiles() {
    let damage = Damage::new();
    let folder = crate::support::folder().unwrap();
    let mut refused = 0;
    for case in 0..CASES {
        let at = match case {
            0..10 => damage.below(EMBEDDED.len()),
            10..100 => EMBEDDED.len() - 1 - damage.below(END),
            _ => damage.below(BEGINNING),
        };
        let (what, file) = damage.at(EMBEDDED, at);
        if let Err(error) = compile_damaged(folder.path(), &file, None) {
            refused += 1;
            assert!(error.contains("damaged.wasm") && error.len() < 500 && !error.contains('\n'), "{what}: {error}");
        }
    }
    println!("{refused} of {CASES} refused");
    assert!(refused > CASES / 2);
}

#[test]
fn a_damaged_component_that_compiles_answers_or_traps() {
    let damage = Damage::new();
    let engine = Engine::new(wasmtime::Config::new().consume_fuel(true)).unwrap();
    let wasm = answering(42);
    let mut compiled = 0;
    for _ in 0..CASES {
        let (_, file) = damage.to(&wasm);
        let Ok(component) = Component::new(&engine, file) else { continue };
        compiled += 1;
        let mut store = Store::new(&engine, ());
        store.set_fuel(1000).unwrap();
        let Ok(instance) = Linker::new(&engine).instantiate(&mut store, &component) else { continue };
        let Ok(f) = instance.get_typed_func::<(), (u32,)>(&mut store, "f") else { continue };
        let _ = f.call(&mut store, ());
    }
    println!("{compiled} of {CASES} compiled");
    assert!(0 < compiled && compiled < CASES / 2);
}
