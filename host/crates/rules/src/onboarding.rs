//! The parts that a request needs: the store, the rules, and the services that answer their imports.

use std::sync::Arc;

use extensions::Extensions;
use storage::Store;

use crate::runtime::Runtime;
use crate::state::Services;

/// The parts that all requests share. The program that composes the server keeps its settings elsewhere.
pub struct Onboarding {
    /// Keeps all records.
    pub store: Arc<dyn Store>,
    /// Runs the component.
    pub runtime: Arc<Runtime>,
    /// Answers the component's imports, except those of the store.
    pub services: Arc<Services>,
    /// Third-party components that answer some of the imports.
    pub extensions: Extensions,
}
