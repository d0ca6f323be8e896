//! What a component is, read from its bytes without compiling or running any: what it imports, exports and declares.
//!
//! The bytes are not trusted. What reading them can cost is bounded, and nothing but their names and numbers is kept.

#[cfg(test)]
mod tests;

use sha2::{Digest as _, Sha256};
use wasmparser::{
    ComponentExternalKind, Encoding, FuncValidatorAllocations, MemorySectionReader, Parser, Payload, ValidPayload,
    Validator,
};

use super::manifest::{Manifest, World};
use super::refused::Refused;
use super::version::{API_VERSION, Version};

/// Of sections other than code, data and custom ones. The validator keeps what is in them, several times as large.
const STRUCTURE_BYTES_MAX: u64 = 2 << 20;
/// Components in components. What tools make of one crate has two levels.
const DEPTH_MAX: usize = 8;
/// Modules and components together, at all levels.
const PARTS_MAX: usize = 1000;
/// Of what the validator says.
const ERROR_CHARS_MAX: usize = 300;
/// The unit in which memories are declared.
const PAGE_BYTES: u64 = 65_536;

/// The package of our own interfaces.
const PACKAGE: &str = "obp:onboarding";
/// Interfaces of our package that an extension may import because they are answered.
const ANSWERED: &[&str] = &["logging", "settings"];
/// Interfaces of our package that hold nothing but types.
const TYPES_ONLY: &[&str] = &[
    "accounts-types",
    "banks-types",
    "caller",
    "changes",
    "consumers-types",
    "customers-types",
    "entitlements-types",
    "kyc-types",
    "meetings-types",
    "problem",
    "timestamp",
    "users-types",
];
/// Interfaces of WASI 0.2 that every extension may import.
const WASI: &[&str] = &[
    "wasi:clocks/wall-clock",
    "wasi:clocks/monotonic-clock",
    "wasi:random/random",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
];
/// And those that may call somebody.
const WASI_HTTP: &[&str] = &["wasi:http/types", "wasi:http/outgoing-handler"];

/// What a component is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Names of its imports in full, such as `wasi:random/random@0.2.0`, in its own order.
    pub imports: Vec<String>,
    /// Names of its exports in full, in its own order.
    pub exports: Vec<String>,
    /// Its length, in bytes.
    pub bytes: usize,
    /// The SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// The worlds whose interface it exports.
    pub worlds: Vec<World>,
    /// The versions of `obp:onboarding` among its imports and exports, each once, ascending. One, if it is an extension.
    pub api: Vec<Version>,
    /// Core modules in it.
    pub modules: usize,
    /// Memories that its modules declare.
    pub memories: usize,
    /// Tables that its modules declare.
    pub tables: usize,
    /// What its memories have at first, in bytes, all together.
    pub memory_bytes: u64,
}

impl Inspection {
    /// Reads and validates a component.
    ///
    /// # Errors
    /// Why it is none, or which bound it oversteps; to be read after its name.
    pub fn of(bytes: &[u8]) -> Result<Self, String> {
        let mut found = Self {
            imports: Vec::new(),
            exports: Vec::new(),
            bytes: bytes.len(),
            sha256: Sha256::digest(bytes).into(),
            worlds: Vec::new(),
            api: Vec::new(),
            modules: 0,
            memories: 0,
            tables: 0,
            memory_bytes: 0,
        };
        if !Parser::is_component(bytes) {
            let what = if Parser::is_core_wasm(bytes) { "a core module" } else { "no WebAssembly" };
            return Err(format!("is {what}, not a component"));
        }
        let invalid = |error: wasmparser::BinaryReaderError| {
            // It repeats names of the component, which may be long.
            let why: String = error.to_string().chars().take(ERROR_CHARS_MAX).collect();
            format!("is no valid component: {why}")
        };
        let mut validator = Validator::new();
        let mut allocations = FuncValidatorAllocations::default();
        let mut walk = Walk::default();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(invalid)?;
            // Before the validator sees it.
            walk.count(&payload)?;
            if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(invalid)? {
                let mut function = function.into_validator(allocations);
                function.validate(&body).map_err(invalid)?;
                allocations = function.into_allocations();
            }
            found.note(&payload, walk.depth).map_err(invalid)?;
        }
        found.worlds = World::ALL.into_iter().filter(|world| found.fits(*world)).collect();
        found.api = found.imports.iter().chain(&found.exports).filter_map(|name| own(name)?.1).collect();
        found.api.sort_unstable();
        found.api.dedup();
        Ok(found)
    }

    /// Keeps what is of interest about a part at that depth.
    fn note(&mut self, payload: &Payload<'_>, depth: usize) -> wasmparser::Result<()> {
        match payload {
            Payload::ComponentImportSection(imports) if depth == 1 => {
                for import in imports.clone() {
                    self.imports.push(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(exports) if depth == 1 => {
                for export in exports.clone() {
                    let export = export?;
                    // Only an instance is an interface; anything else of that name must not pass for one.
                    let interface = export.kind == ComponentExternalKind::Instance;
                    let name = export.name.name;
                    self.exports.push(if interface {
                        name.to_owned()
                    } else {
                        format!("{} {name}", export.kind.desc())
                    });
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

    fn fits(&self, world: World) -> bool {
        self.exports.iter().any(|name| {
            own(name).is_some_and(|(interface, version)| version.is_some() && interface == world.interface())
        })
    }

    /// Whether it is what the manifest says, for this server, and imports nothing that the manifest does not grant.
    ///
    /// # Errors
    /// The first difference, with the line of the manifest that it is a difference to.
    pub fn against(&self, manifest: &Manifest) -> Result<(), Refused> {
        let world = manifest.world();
        if !self.worlds.contains(&world) {
            let reason = format!("it exports no {PACKAGE}/{}, as the world `{world}` needs", world.interface());
            let hint = match self.worlds.first() {
                Some(other) => format!("its world is `{other}`: correct `world`, or the component"),
                None => "build the component for a world of wit/extensions.wit".to_owned(),
            };
            return Err(manifest.refuse("world", reason, hint));
        }
        self.check_api(manifest)?;
        for import in &self.imports {
            check_import(import, manifest)?;
        }
        let granted = u64::try_from(manifest.limits.memory_bytes_max).unwrap_or(u64::MAX);
        if self.memory_bytes > granted {
            let reason =
                format!("its memories begin with {} bytes, `limits.memory_bytes_max` is {granted}", self.memory_bytes);
            let hint = "raise `limits.memory_bytes_max`, or have the component built with less".to_owned();
            return Err(manifest.refuse("limits.memory_bytes_max", reason, hint));
        }
        Ok(())
    }

    fn check_api(&self, manifest: &Manifest) -> Result<(), Refused> {
        let said = manifest.api;
        if !API_VERSION.serves(said) {
            let reason = format!("this server speaks version {API_VERSION} of {PACKAGE}, not {said}");
            let hint = format!("get the extension for version {API_VERSION}, or a server for {said}");
            return Err(manifest.refuse("api", reason, hint));
        }
        match self.api.iter().find(|built| **built != said) {
            Some(built) => {
                let reason = format!("it was built for version {built} of {PACKAGE}, `api` says {said}");
                Err(manifest.refuse(
                    "api",
                    reason,
                    format!("set `api` to \"{built}\", or have the component built for {said}"),
                ))
            }
            None => Ok(()),
        }
    }
}

/// What reading has cost so far.
#[derive(Default)]
struct Walk {
    /// Components and modules that are open.
    depth: usize,
    parts: usize,
    structure_bytes: u64,
}

impl Walk {
    fn count(&mut self, payload: &Payload<'_>) -> Result<(), String> {
        match payload {
            Payload::Version { encoding, .. } => {
                self.depth += 1;
                self.parts += 1;
                if *encoding == Encoding::Component && self.depth > DEPTH_MAX {
                    return Err(format!("has components within components, deeper than {DEPTH_MAX}"));
                }
            }
            Payload::End(_) => self.depth = self.depth.saturating_sub(1),
            // Not sections of their own, or nothing that is kept.
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
            return Err(format!("has more than {PARTS_MAX} modules and components"));
        }
        if self.structure_bytes > STRUCTURE_BYTES_MAX {
            return Err(format!("has more than {STRUCTURE_BYTES_MAX} bytes of types, imports, exports and the like"));
        }
        Ok(())
    }
}

/// The interface and the version, if the name is one of our package's. A version of another form is none.
fn own(name: &str) -> Option<(&str, Option<Version>)> {
    let interface = name.strip_prefix(PACKAGE)?.strip_prefix('/')?;
    let (interface, version) = interface.split_once('@')?;
    Some((interface, version.parse().ok()))
}

fn check_import(import: &str, manifest: &Manifest) -> Result<(), Refused> {
    let refuse = |reason, hint: &str| Err(manifest.refuse("component", reason, hint.to_owned()));
    if let Some((interface, Some(_))) = own(import)
        && (ANSWERED.contains(&interface) || TYPES_ONLY.contains(&interface))
    {
        return Ok(());
    }
    let wasi = import.split_once('@').and_then(|(name, version)| {
        let version = version.parse::<Version>().ok()?;
        (version.major == 0 && version.minor == 2).then_some(name)
    });
    match wasi {
        Some(name) if WASI.contains(&name) => Ok(()),
        Some(name) if WASI_HTTP.contains(&name) && !manifest.outbound.hosts.is_empty() => Ok(()),
        Some(name) if WASI_HTTP.contains(&name) => refuse(
            format!("imports {name}, but `outbound.hosts` allows no host"),
            "name the hosts that it may call in `outbound.hosts`, or have it built without calls",
        ),
        _ => refuse(
            format!("imports {import}, which no extension may"),
            "have it built with the imports of wit/extensions.wit only",
        ),
    }
}
