//! The embedded component: its annotations, and its compiled form in the cache.

use ambient::Ambient;
use extensions::inspect::Inspection;
use extensions::version::API_VERSION;
use sandbox::about::About;
use sandbox::cache::{Cache, Origin};

use super::{Bounds, CallLimits, EMBEDDED, Runtime, WIT};

const LIMITS: CallLimits = CallLimits {
    guest_ms_max: 500,
    host_ms_max: 500,
    guest_memory_bytes_max: 1 << 20,
    instances_max: 1,
    tick_ms: CallLimits::TICK_MS,
    slow_calls_max: 1,
    bounds: Bounds::DEFAULT,
};

#[test]
fn the_embedded_component_states_its_version_source_and_licence() {
    let about = About::read(EMBEDDED).unwrap();
    let version = about.annotations.get("version").unwrap();
    assert!(WIT.contains(&format!("package obp:onboarding@{version};")), "{version}");
    assert_eq!(about.annotations.get("revision").unwrap().len(), 64);
    assert_eq!(about.annotations.get("licenses").map(String::as_str), Some("Apache-2.0"));
    assert!(about.exports.iter().any(|export| export.name == format!("obp:onboarding/kyc@{version}")), "{about:?}");
    assert!(about.imports.contains(&"wasi:random/random@0.2.0".to_owned()), "{:?}", about.imports);
}

#[test]
fn the_rules_are_a_component_and_no_extension() {
    let Inspection { about, worlds, api } = Inspection::of(EMBEDDED).unwrap();
    assert_eq!((worlds.as_slice(), api.as_slice()), ([].as_slice(), [API_VERSION].as_slice()));
    assert_eq!((about.memories, about.memory_bytes), (1, 65_536));
    assert!(about.tables >= 1 && about.modules >= 2);
    assert!(about.exports.iter().any(|export| export.to_string() == "obp:onboarding/kyc@0.1.0"), "{about:?}");
}

#[test]
fn limits_can_be_changed_without_compiling_again() {
    let parent = tempfile::tempdir().unwrap();
    let cache = Cache::open(&parent.path().join("compiled"), &Ambient::system()).unwrap();
    let start = |guest_memory_bytes_max, instances_max| {
        let limits = CallLimits { guest_memory_bytes_max, instances_max, ..LIMITS };
        Runtime::with_cache(EMBEDDED, limits, Some(&cache)).map(|(_, origin)| origin)
    };
    assert_eq!(start(64 << 20, 4).unwrap(), Origin::Compiled);
    assert_eq!(start(32 << 20, 2).unwrap(), Origin::Cache);
    // The limits hold for a component from the cache as for a compiled one.
    let loaded = format!("{:#}", start(1 << 15, 1).unwrap_err());
    let limits = CallLimits { guest_memory_bytes_max: 1 << 15, ..LIMITS };
    let compiled = format!("{:#}", Runtime::new(EMBEDDED, limits).err().unwrap());
    assert_eq!(loaded, compiled);
}
