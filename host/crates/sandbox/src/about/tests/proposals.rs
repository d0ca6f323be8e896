//! The reader accepts the proposals for WebAssembly that the engine accepts, and no others.

use wasm_encoder::{
    CodeSection, ComponentBuilder, Function, FunctionSection, HeapType, InstructionSink, MemArg, MemorySection,
    MemoryType, Module, RefType, TableSection, TableType, TagKind, TagSection, TagType, TypeSection,
};
use wasmtime::component::Component as Compiled;

use super::*;
use crate::engine::{InstanceShape, compiling_engine};

const SHAPE: InstanceShape = InstanceShape {
    core_instances_max: 4,
    memories_max: 4,
    tables_max: 4,
    memory_bytes_max: 1 << 20,
    table_elements_max: 100,
    stack_bytes_max: 64 << 10,
};

fn of_module(module: &Module) -> Vec<u8> {
    let mut builder = ComponentBuilder::default();
    builder.core_module(None, module);
    builder.finish()
}

const MEMORY: MemoryType =
    MemoryType { minimum: 1, maximum: Some(1), memory64: false, shared: false, page_size_log2: None };

fn memories(memories: &[MemoryType]) -> Vec<u8> {
    let mut section = MemorySection::new();
    for memory in memories {
        section.memory(*memory);
    }
    of_module(Module::new().section(&section))
}

/// A module with one function without results, one memory, and a function type as its first type.
fn code(instructions: impl FnOnce(&mut InstructionSink<'_>)) -> Vec<u8> {
    let (mut types, mut functions, mut memories) = (TypeSection::new(), FunctionSection::new(), MemorySection::new());
    types.ty().function([], []);
    functions.function(0);
    memories.memory(MEMORY);
    let mut body = Function::new([]);
    let mut sink = body.instructions();
    instructions(&mut sink);
    sink.end();
    let mut code = CodeSection::new();
    code.function(&body);
    of_module(Module::new().section(&types).section(&functions).section(&memories).section(&code))
}

fn types(add: impl FnOnce(&mut TypeSection)) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    add(&mut types);
    of_module(Module::new().section(&types))
}

fn table(element_type: RefType) -> Vec<u8> {
    let mut tables = TableSection::new();
    let table = TableType { element_type, table64: false, minimum: 1, maximum: Some(1), shared: false };
    tables.table(table);
    of_module(Module::new().section(&tables))
}

fn tag() -> Vec<u8> {
    let (mut types, mut tags) = (TypeSection::new(), TagSection::new());
    types.ty().function([], []);
    tags.tag(TagType { kind: TagKind::Exception, func_type_idx: 0 });
    of_module(Module::new().section(&types).section(&tags))
}

fn component(add: impl FnOnce(&mut ComponentBuilder)) -> Vec<u8> {
    let mut builder = ComponentBuilder::default();
    add(&mut builder);
    builder.finish()
}

/// Each proposal with a component that needs it, and whether the engine accepts it.
fn samples() -> Vec<(&'static str, Vec<u8>, bool)> {
    accepted().into_iter().chain(refused()).collect()
}

/// The proposals that the engine accepts.
fn accepted() -> Vec<(&'static str, Vec<u8>, bool)> {
    let v128 = |sink: &mut InstructionSink<'_>| {
        sink.v128_const(0);
    };
    vec![
        ("none", memories(&[MEMORY]), true),
        (
            "bulk memory",
            code(|sink| {
                sink.i32_const(0).i32_const(0).i32_const(0).memory_copy(0, 0);
            }),
            true,
        ),
        (
            "tail calls",
            code(|sink| {
                sink.return_call(0);
            }),
            true,
        ),
        (
            "vectors",
            code(|sink| {
                {
                    v128(sink);
                    sink.drop()
                };
            }),
            true,
        ),
        (
            "function references",
            code(|sink| {
                sink.ref_null(HeapType::Concrete(0)).drop();
            }),
            true,
        ),
        ("tables of functions", table(RefType::FUNCREF), true),
    ]
}

/// The proposals that the engine refuses.
fn refused() -> Vec<(&'static str, Vec<u8>, bool)> {
    let v128 = |sink: &mut InstructionSink<'_>| {
        sink.v128_const(0);
    };
    vec![
        ("memory of 64 bits", memories(&[MemoryType { memory64: true, ..MEMORY }]), false),
        ("shared memory", memories(&[MemoryType { shared: true, ..MEMORY }]), false),
        ("pages of another size", memories(&[MemoryType { page_size_log2: Some(0), ..MEMORY }]), false),
        (
            "atomic instructions",
            code(|sink| {
                sink.i32_const(0).i32_atomic_load(MemArg { offset: 0, align: 2, memory_index: 0 }).drop();
            }),
            false,
        ),
        (
            "relaxed vectors",
            code(|sink| {
                (0..3).for_each(|_| v128(sink));
                sink.f32x4_relaxed_madd().drop();
            }),
            false,
        ),
        (
            "wide arithmetic",
            code(|sink| {
                (0..4).for_each(|_| {
                    sink.i64_const(0);
                });
                sink.i64_add128().drop().drop();
            }),
            false,
        ),
        ("exceptions", tag(), false),
        ("references to the host", table(RefType::EXTERNREF), false),
        ("structures of the garbage collector", types(|types| types.ty().struct_([])), false),
        ("stack switching", types(|types| types.ty().cont(&wasm_encoder::ContType(0))), false),
        (
            "values of both kinds",
            code(|sink| {
                sink.ref_null(HeapType::EXTERN).drop();
            }),
            false,
        ),
        (
            "asynchronous components",
            component(|builder| {
                builder.waitable_set_new();
            }),
            false,
        ),
        (
            "error contexts",
            component(|builder| {
                builder.error_context_drop();
            }),
            false,
        ),
        (
            "lists of fixed length",
            component(|builder| {
                let (_, types) = builder.type_defined(None);
                types.fixed_length_list(wasm_encoder::PrimitiveValType::U8, 4);
            }),
            false,
        ),
    ]
}

#[test]
fn a_component_that_the_engine_refuses_is_refused_with_a_reason() {
    let engine = compiling_engine(SHAPE).unwrap();
    for (proposal, bytes, accepted) in samples() {
        let (read, compiled) = (About::read(&bytes), Compiled::new(&engine, &bytes));
        let errors = (read.as_ref().err(), compiled.as_ref().err().map(|error| format!("{error:#}")));
        assert_eq!((read.is_ok(), compiled.is_ok()), (accepted, accepted), "{proposal}: {errors:?}");
        if let Err(reason) = read {
            assert!(reason.to_string().starts_with("is no valid component: "), "{proposal}: {reason}");
        }
    }
    assert!(samples().iter().any(|(.., accepted)| *accepted), "the control");
}
