//! One loaded extension: its component, what it was granted, and how its functions are called.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::Semaphore;
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Lift, Lower};

use super::failure::{Cause, Failure};
use super::grant::Grant;
use super::limit_violation::LimitViolations;
use super::manifest::{Manifest, Role, World};
use super::metrics::Metrics;
use super::outbound::{OutboundCall, OutboundClients};
use super::package::Package;
use super::sandbox::{Compiled, Sandbox};
use super::state::{ExtensionConfig, State};
use ::sandbox::Deadlines;
use ambient::Ambient;
use bindings::meeting_provider::{Session, SessionRequest, Unavailable};
use bindings::screening::{Subject, Verdict};

/// Of a reason or a note, as far as it is passed on.
const REASON_CHARS_MAX: usize = 500;
/// Of a session's id and of each of its tokens, in bytes.
const SESSION_TEXT_BYTES_MAX: usize = 8 << 10;

/// The request that an extension works for.
#[derive(Clone, Copy)]
pub struct CallContext<'a> {
    /// The request's id, for the log.
    pub correlation_id: &'a str,
    /// The time of the request, in milliseconds since 1970.
    pub now_ms: i64,
    /// Where each extension's random bytes follow from a seed of its own.
    pub ambient: &'a Ambient,
}

/// A loaded extension.
pub struct Extension {
    /// What its operator said.
    pub manifest: Manifest,
    /// How it has been doing.
    pub metrics: Metrics,
    sandbox: Arc<Sandbox>,
    compiled: Compiled,
    functions: Functions,
    digest: [u8; 32],
    config: Arc<ExtensionConfig>,
    grant: Arc<Grant>,
    clients: Arc<OutboundClients>,
    /// One for each call that it may be at work on: one that waits for somebody who does not answer must not take all requests.
    calls: Semaphore,
    ready: Mutex<BTreeMap<String, Result<(), Unavailable>>>,
}

/// The exports of the world that it fits.
enum Functions {
    Screening { screen: ComponentExportIndex },
    MeetingProvider { readiness: ComponentExportIndex, create_session: ComponentExportIndex },
}

impl Functions {
    fn of(compiled: &Compiled, world: World) -> Option<Self> {
        Some(match world {
            World::Screening => Self::Screening { screen: compiled.function("screening", "screen")? },
            World::MeetingProvider => Self::MeetingProvider {
                readiness: compiled.function("meeting-provider", "readiness")?,
                create_session: compiled.function("meeting-provider", "create-session")?,
            },
        })
    }
}

impl Extension {
    /// Puts a compiled component and its manifest together; `None` if it does not export what the manifest's world does.
    pub(super) fn new(
        sandbox: Arc<Sandbox>,
        compiled: Compiled,
        manifest: Manifest,
        digest: [u8; 32],
        config: ExtensionConfig,
        clients: Arc<OutboundClients>,
    ) -> Option<Self> {
        Some(Self {
            digest,
            functions: Functions::of(&compiled, manifest.world())?,
            grant: Arc::new(manifest.outbound.clone()),
            config: Arc::new(config),
            metrics: Metrics::default(),
            calls: Semaphore::new(sandbox.calls_max()),
            ready: Mutex::default(),
            sandbox,
            compiled,
            manifest,
            clients,
        })
    }

    /// Whether that package is what it was made of.
    pub(super) fn is(&self, package: &Package) -> bool {
        let ExtensionConfig { secrets, .. } = &*self.config;
        self.digest == package.inspection.about.sha256
            && self.manifest == package.manifest
            && *secrets == package.secrets
    }

    /// Its place among the screeners; `None` if it is none.
    #[must_use]
    pub fn order(&self) -> Option<u32> {
        match self.manifest.role {
            Role::Screener { order, .. } => Some(order),
            Role::MeetingProvider { .. } => None,
        }
    }

    /// Makes an instance, and looks whether its functions have the types that they must have. Calls none.
    pub(super) async fn check_types(&self) -> Result<(), Cause> {
        let ambient = Ambient::fixed(0, 0);
        let context = CallContext { correlation_id: "", now_ms: 0, ambient: &ambient };
        let state = || self.state(&context, [0; 32], &LimitViolations::default());
        let (sandbox, compiled) = (&self.sandbox, &self.compiled);
        match &self.functions {
            Functions::Screening { screen } => {
                sandbox.check_types::<(&Subject,), Verdict>(compiled, screen, state(), self.deadlines()).await
            }
            Functions::MeetingProvider { readiness, create_session } => {
                sandbox
                    .check_types::<(&str,), Result<(), Unavailable>>(compiled, readiness, state(), self.deadlines())
                    .await?;
                sandbox
                    .check_types::<(&str, &SessionRequest), Result<Session, Unavailable>>(
                        compiled,
                        create_session,
                        state(),
                        self.deadlines(),
                    )
                    .await
            }
        }
    }

    fn state(&self, context: &CallContext<'_>, seed: [u8; 32], violations: &LimitViolations) -> State {
        let outbound = OutboundCall::new(Arc::clone(&self.clients), Arc::clone(&self.grant), violations.clone());
        let limiter = self.sandbox.limiter(self.config.memory_bytes_max);
        State::new(
            Arc::clone(&self.config),
            context,
            seed,
            outbound,
            violations.clone(),
            self.sandbox.budget(),
            limiter,
        )
    }

    fn deadlines(&self) -> Deadlines {
        let manifest = &self.manifest;
        Deadlines { running_ms: manifest.limits.running_ms_max, waiting_ms: manifest.waiting_ms_max() }
    }

    /// Whether it is a meeting provider of that bank.
    #[must_use]
    pub fn provides(&self, bank_id: &str) -> bool {
        self.manifest.world() == World::MeetingProvider && self.manifest.banks.include(Some(bank_id))
    }

    /// The provider ids that it serves; none if it is no meeting provider.
    #[must_use]
    pub fn provider_ids(&self) -> &BTreeSet<String> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        match &self.manifest.role {
            Role::MeetingProvider { provider_ids } => provider_ids,
            Role::Screener { .. } => &NONE,
        }
    }

    /// Asks a screener.
    ///
    /// # Errors
    /// If it has no answer.
    pub async fn screen(&self, subject: &Subject, context: &CallContext<'_>) -> Result<Verdict, Failure> {
        let Functions::Screening { screen } = &self.functions else { return Err(self.no_such_function()) };
        let verdict = self.call::<_, Verdict>(screen, (subject,), context).await?;
        Ok(match verdict {
            Verdict::Accept => Verdict::Accept,
            Verdict::AcceptWithNote(note) => {
                self.metrics.noted();
                Verdict::AcceptWithNote(one_line_reason(&note))
            }
            Verdict::Reject(reason) => {
                self.metrics.rejected();
                Verdict::Reject(one_line_reason(&reason))
            }
        })
    }

    /// Asks a meeting provider whether it can serve that bank: once, since what it has to go by does not change.
    ///
    /// # Errors
    /// If it has no answer.
    pub async fn readiness(
        &self,
        bank_id: &str,
        context: &CallContext<'_>,
    ) -> Result<Result<(), Unavailable>, Failure> {
        let Functions::MeetingProvider { readiness, .. } = &self.functions else { return Err(self.no_such_function()) };
        if let Some(answer) = self.ready.lock().unwrap_or_else(PoisonError::into_inner).get(bank_id) {
            return Ok(*answer);
        }
        let answer: Result<(), Unavailable> = self.call(readiness, (bank_id,), context).await?;
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).insert(bank_id.to_owned(), answer);
        Ok(answer)
    }

    /// Has a meeting provider make a session.
    ///
    /// # Errors
    /// If it has no answer, or one that cannot be stored.
    pub async fn create_session(
        &self,
        provider_id: &str,
        request: &SessionRequest,
        context: &CallContext<'_>,
    ) -> Result<Result<Session, Unavailable>, Failure> {
        let Functions::MeetingProvider { create_session, .. } = &self.functions else {
            return Err(self.no_such_function());
        };
        let answer: Result<Session, Unavailable> = self.call(create_session, (provider_id, request), context).await?;
        match answer.as_ref().ok().and_then(invalid_reason) {
            Some(reason) => Err(self.failure(Cause::Answer(reason))),
            None => Ok(answer),
        }
    }

    async fn call<P, R>(
        &self,
        function: &ComponentExportIndex,
        arguments: P,
        context: &CallContext<'_>,
    ) -> Result<R, Failure>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        R: Send + Sync + 'static,
        (R,): ComponentNamedList + Lift,
    {
        let Ok(_call) = self.calls.try_acquire() else { return Err(self.failure(Cause::Busy)) };
        let begun = Instant::now();
        let seed = context.ambient.random().map_err(|error| self.failure(Cause::Trap(error.to_string())))?;
        let violations = LimitViolations::default();
        let state = self.state(context, seed, &violations);
        let (answer, memory_bytes) =
            self.sandbox.call(&self.compiled, function, arguments, state, self.deadlines(), &violations).await;
        self.metrics.called(begun.elapsed(), memory_bytes);
        answer.map_err(|cause| self.failure(cause))
    }

    fn failure(&self, cause: Cause) -> Failure {
        self.metrics.failed();
        Failure { extension: self.manifest.name.clone(), cause }
    }

    /// Cannot be asked for: a set asks screeners to screen, and providers to provide.
    fn no_such_function(&self) -> Failure {
        self.failure(Cause::Answer("it is of another world"))
    }
}

/// What a person is told: one line, not too long, and something.
fn one_line_reason(text: &str) -> String {
    let line: String = text
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let line: String = line.chars().take(REASON_CHARS_MAX).collect();
    if line.is_empty() { "No reason was given.".to_owned() } else { line }
}

/// Why a session cannot be stored and shown.
fn invalid_reason(session: &Session) -> Option<&'static str> {
    let Session { session_id, staff_token, customer_token } = session;
    if session_id.is_empty() {
        return Some("a session without an id");
    }
    let longest = [session_id, staff_token, customer_token].map(String::len).into_iter().max();
    longest.filter(|bytes| *bytes > SESSION_TEXT_BYTES_MAX).map(|_| "a session's text of more than 8192 bytes")
}
