//! One loaded extension: its component, its rights, and calls of its functions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use ambient::Ambient;
use bindings::meeting_provider::{Access, Participant, SessionRequest, Unavailable};
use bindings::screening::{Subject, Verdict};
use sandbox::Deadlines;
use tokio::sync::Semaphore;
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Lift, Lower};

use super::call_context::CallContext;
use super::extension_sandbox::{Compiled, ExtensionSandbox};
use super::failure::{Cause, Failure};
use super::grant::Grant;
use super::limit_violation::LimitViolations;
use super::manifest::{Manifest, Role, World};
use super::metrics::Metrics;
use super::outbound::{OutboundCall, OutboundClients};
use super::package::Package;
use super::state::{ExtensionConfig, ExtensionState};

/// The most characters of a reason or a note that are passed on.
const REASON_CHARS_MAX: usize = 500;
/// The most bytes of a session's id, of a token and of a URL.
const SESSION_TEXT_BYTES_MAX: usize = 8 << 10;
/// Milliseconds that a call may queue for a processor. The request ends earlier if `limits.host_ms_max` is shorter.
const QUEUEING_MS_MAX: u64 = 10_000;

/// A loaded extension.
pub struct Extension {
    /// Its manifest.
    pub manifest: Manifest,
    /// Counts its calls.
    pub metrics: Metrics,
    sandbox: Arc<ExtensionSandbox>,
    compiled: Compiled,
    functions: Functions,
    digest: [u8; 32],
    config: Arc<ExtensionConfig>,
    grant: Arc<Grant>,
    clients: Arc<OutboundClients>,
    /// One permit for each call that may run. An extension that waits for a silent peer must not take all requests.
    calls: Semaphore,
    ready: Mutex<BTreeMap<String, Result<(), Unavailable>>>,
}

/// The exports of the world that it fits.
enum Functions {
    Screening {
        screen: ComponentExportIndex,
    },
    MeetingProvider {
        readiness: ComponentExportIndex,
        create_session: ComponentExportIndex,
        grant_access: ComponentExportIndex,
    },
}

impl Functions {
    fn of(compiled: &Compiled, world: World) -> Option<Self> {
        Some(match world {
            World::Screening => Self::Screening { screen: compiled.function("screening", "screen")? },
            World::MeetingProvider => Self::MeetingProvider {
                readiness: compiled.function("meeting-provider", "readiness")?,
                create_session: compiled.function("meeting-provider", "create-session")?,
                grant_access: compiled.function("meeting-provider", "grant-access")?,
            },
        })
    }
}

impl Extension {
    /// `None` if the component lacks an export of the manifest's world.
    pub(super) fn new(
        sandbox: Arc<ExtensionSandbox>,
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

    /// Whether the extension was made from an equal package.
    pub(super) fn is_from(&self, package: &Package) -> bool {
        let ExtensionConfig { secrets, .. } = &*self.config;
        self.digest == package.inspection.about.sha256
            && self.manifest == package.manifest
            && *secrets == package.secrets
    }

    /// Its place among the screeners. `None` for a meeting provider.
    #[must_use]
    pub fn order(&self) -> Option<u32> {
        match self.manifest.role {
            Role::Screener { order, .. } => Some(order),
            Role::MeetingProvider { .. } => None,
        }
    }

    /// Checks the types of its functions in a fresh instance. Calls none.
    pub(super) async fn check_types(&self) -> Result<(), Cause> {
        let ambient = Ambient::fixed(0, 0);
        let context = CallContext { correlation_id: "", now_ms: 0, ambient: &ambient };
        let state = || self.state(&context, [0; 32], &LimitViolations::default());
        let (sandbox, compiled) = (&self.sandbox, &self.compiled);
        match &self.functions {
            Functions::Screening { screen } => {
                sandbox.check_types::<(&Subject,), Verdict>(compiled, screen, state(), self.deadlines()).await
            }
            Functions::MeetingProvider { readiness, create_session, grant_access } => {
                sandbox
                    .check_types::<(&str,), Result<(), Unavailable>>(compiled, readiness, state(), self.deadlines())
                    .await?;
                sandbox
                    .check_types::<(&str, &SessionRequest), Result<String, Unavailable>>(
                        compiled,
                        create_session,
                        state(),
                        self.deadlines(),
                    )
                    .await?;
                sandbox
                    .check_types::<(&str, &[Participant]), Result<Vec<Access>, Unavailable>>(
                        compiled,
                        grant_access,
                        state(),
                        self.deadlines(),
                    )
                    .await
            }
        }
    }

    fn state(&self, context: &CallContext<'_>, seed: [u8; 32], violations: &LimitViolations) -> ExtensionState {
        let outbound = OutboundCall::new(Arc::clone(&self.clients), Arc::clone(&self.grant), violations.clone());
        let limiter = self.sandbox.limiter(self.config.memory_bytes_max);
        ExtensionState::new(
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
        Deadlines {
            running_ms: manifest.limits.running_ms_max,
            waiting_ms: manifest.waiting_ms_max(),
            queueing_ms: QUEUEING_MS_MAX,
        }
    }

    /// Whether it is a meeting provider of that bank.
    #[must_use]
    pub fn provides(&self, bank_id: &str) -> bool {
        self.manifest.world() == World::MeetingProvider && self.manifest.banks.include(Some(bank_id))
    }

    /// The ids under which it provides meetings. A screener has none.
    #[must_use]
    pub fn provider_ids(&self) -> &BTreeSet<String> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        match &self.manifest.role {
            Role::MeetingProvider { provider_ids } => provider_ids,
            Role::Screener { .. } => &NONE,
        }
    }

    /// Calls a screener.
    ///
    /// # Errors
    /// [`Failure`] if it has no valid answer.
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

    /// Asks a meeting provider whether it can hold meetings of that bank. Its settings do not change, so its first answer is
    /// kept.
    ///
    /// # Errors
    /// [`Failure`] if it has no valid answer.
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

    /// Makes a session at a meeting provider, and returns its id.
    ///
    /// # Errors
    /// [`Failure`] if it has no answer, or one that cannot be stored.
    pub async fn create_session(
        &self,
        provider_id: &str,
        request: &SessionRequest,
        context: &CallContext<'_>,
    ) -> Result<Result<String, Unavailable>, Failure> {
        let Functions::MeetingProvider { create_session, .. } = &self.functions else {
            return Err(self.no_such_function());
        };
        let answer: Result<String, Unavailable> = self.call(create_session, (provider_id, request), context).await?;
        match answer.as_ref().ok().and_then(|session_id| invalid_session(session_id)) {
            Some(reason) => Err(self.failure(Cause::Answer(reason))),
            None => Ok(answer),
        }
    }

    /// Makes the access of each participant at a meeting provider, in their order.
    ///
    /// # Errors
    /// [`Failure`] if it has no answer, or one that cannot be shown.
    pub async fn grant_access(
        &self,
        provider_id: &str,
        participants: &[Participant],
        context: &CallContext<'_>,
    ) -> Result<Result<Vec<Access>, Unavailable>, Failure> {
        let Functions::MeetingProvider { grant_access, .. } = &self.functions else {
            return Err(self.no_such_function());
        };
        let answer: Result<Vec<Access>, Unavailable> =
            self.call(grant_access, (provider_id, participants), context).await?;
        match answer.as_ref().ok().and_then(|accesses| invalid_accesses(accesses, participants.len())) {
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

    /// The failure of a call that belongs to the other world. A set makes no such call.
    fn no_such_function(&self) -> Failure {
        self.failure(Cause::Answer("it is of another world"))
    }
}

/// The text as one line of bounded length. An empty text is replaced.
fn one_line_reason(text: &str) -> String {
    let line: String = text
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let line: String = line.chars().take(REASON_CHARS_MAX).collect();
    if line.is_empty() { "No reason was given.".to_owned() } else { line }
}

/// The reason why a session cannot be stored. `None` if it can.
fn invalid_session(session_id: &str) -> Option<&'static str> {
    match session_id.len() {
        0 => Some("a session without an id"),
        1..=SESSION_TEXT_BYTES_MAX => None,
        _ => Some("a session's id of more than 8192 bytes"),
    }
}

/// The reason why accesses cannot be shown to that many participants. `None` if they can.
fn invalid_accesses(accesses: &[Access], participants: usize) -> Option<&'static str> {
    // A page shows the URL as a link: another scheme could run a script there.
    let is_link = |url: &str| ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
    let of_one = |access: &Access| match access.url.as_deref() {
        _ if access.token.len() > SESSION_TEXT_BYTES_MAX => Some("a token of more than 8192 bytes"),
        Some(url) if url.len() > SESSION_TEXT_BYTES_MAX => Some("a URL of more than 8192 bytes"),
        Some(url) if !is_link(url) => Some("a URL that is not http or https"),
        _ => None,
    };
    if accesses.len() != participants {
        return Some("another number of accesses than of participants");
    }
    accesses.iter().find_map(of_one)
}
