//! The extensions that are loaded together: which screener is called for which bank, in which order, and the effect of a failure.
//!
//! A set never changes. A reload makes a new set, and each request keeps the set that it began with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bindings::meeting_provider::{Access, Participant, SessionRequest, Unavailable};
use bindings::screening::{Subject, Verdict};

use super::call_context::CallContext;
use super::extension::Extension;
use super::failure::{Cause, Failure};
use super::load_error::LoadError;
use super::manifest::{Banks, OnFailure, Role, ScreeningScope};
use super::record_kind::RecordKind;

/// A configured screener.
struct Screener {
    name: String,
    banks: Banks,
    records: BTreeSet<RecordKind>,
    order: u32,
    on_failure: OnFailure,
    /// `Err` if it could not be loaded. It then counts as failing.
    extension: Result<Arc<Extension>, String>,
}

impl Screener {
    fn loaded(extension: &Arc<Extension>) -> Option<Self> {
        let manifest = &extension.manifest;
        let Role::Screener { order, on_failure, .. } = manifest.role else { return None };
        let (name, banks, records) = (manifest.name.clone(), manifest.banks.clone(), manifest.records());
        Some(Self { name, banks, records, order, on_failure, extension: Ok(Arc::clone(extension)) })
    }

    fn missing(scope: ScreeningScope, error: &LoadError) -> Self {
        let ScreeningScope { name, banks, records, on_failure, order } = scope;
        Self { name, banks, records, order, on_failure, extension: Err(error.to_string()) }
    }

    async fn screen(&self, subject: &Subject, context: &CallContext<'_>) -> Result<Verdict, Failure> {
        match &self.extension {
            Ok(extension) => extension.screen(subject, context).await,
            Err(why) => Err(Failure { extension: self.name.clone(), cause: Cause::NotLoaded(why.clone()) }),
        }
    }
}

/// Extensions that are loaded together.
#[derive(Default)]
pub struct Set {
    extensions: Vec<Arc<Extension>>,
    not_loaded: Vec<LoadError>,
    /// Screeners of each bank that a manifest names, in order. Includes the screeners of all banks.
    screeners_of: BTreeMap<String, Vec<Arc<Screener>>>,
    /// Screeners of all other banks, and of records without a bank.
    screeners: Vec<Arc<Screener>>,
    providers: BTreeMap<String, Vec<Arc<Extension>>>,
}

impl Set {
    /// A set of loaded extensions, and of those that could not be loaded.
    pub(super) fn new(extensions: Vec<Arc<Extension>>, not_loaded: Vec<(LoadError, Option<ScreeningScope>)>) -> Self {
        let mut screeners: Vec<_> = extensions.iter().filter_map(Screener::loaded).collect();
        screeners.extend(not_loaded.iter().filter_map(|(error, scope)| Some(Screener::missing(scope.clone()?, error))));
        screeners.sort_by(|one, other| (one.order, &one.name).cmp(&(other.order, &other.name)));
        let screeners: Vec<_> = screeners.into_iter().map(Arc::new).collect();
        let banks = screeners.iter().filter_map(|screener| match &screener.banks {
            Banks::All => None,
            Banks::These(banks) => Some(banks),
        });
        let banks: BTreeSet<String> = banks.flatten().cloned().collect();
        let of = |bank: Option<&str>| -> Vec<Arc<Screener>> {
            screeners.iter().filter(|screener| screener.banks.include(bank)).map(Arc::clone).collect()
        };
        let of_no_bank = of(None);
        let screeners_of =
            banks.into_iter().map(|bank| (of(Some(&bank)), bank)).map(|(all, bank)| (bank, all)).collect();
        let mut providers = BTreeMap::<String, Vec<Arc<Extension>>>::new();
        for extension in &extensions {
            for id in extension.provider_ids() {
                providers.entry(id.clone()).or_default().push(Arc::clone(extension));
            }
        }
        let not_loaded = not_loaded.into_iter().map(|(error, _)| error).collect();
        Self { screeners_of, screeners: of_no_bank, extensions, not_loaded, providers }
    }

    /// Whether no extension is configured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.extensions.is_empty() && self.not_loaded.is_empty()
    }

    /// The loaded extensions, by name.
    #[must_use]
    pub fn extensions(&self) -> &[Arc<Extension>] {
        &self.extensions
    }

    /// The ids of the meeting providers, in their order.
    pub fn provider_ids(&self) -> impl Iterator<Item = String> {
        self.providers.keys().cloned()
    }

    /// The errors of extensions that are not loaded.
    #[must_use]
    pub fn not_loaded(&self) -> &[LoadError] {
        &self.not_loaded
    }

    /// Whether that record has a screener.
    #[must_use]
    pub fn screens(&self, subject: &Subject) -> bool {
        self.screeners_for(subject).next().is_some()
    }

    /// Calls the screeners of the subject's bank and kind, one after the other, until one rejects.
    ///
    /// # Errors
    /// [`Failure`] of a screener whose manifest says that a failure rejects.
    pub async fn screen(&self, subject: &Subject, context: &CallContext<'_>) -> Result<Verdict, Failure> {
        let mut notes = Vec::new();
        for screener in self.screeners_for(subject) {
            let name = &screener.name;
            match screener.screen(subject, context).await {
                Ok(Verdict::Accept) => {}
                Ok(Verdict::AcceptWithNote(note)) => notes.push(format!("{name}: {note}")),
                Ok(Verdict::Reject(reason)) => return Ok(Verdict::Reject(reason)),
                Err(failure) if screener.on_failure == OnFailure::Reject => return Err(failure),
                Err(failure) => {
                    let CallContext { correlation_id, .. } = context;
                    tracing::warn!(correlation_id, "accepted without the verdict of a screener: {failure}");
                    notes.push(format!("{name}: did not screen, and was skipped: {}", failure.cause));
                }
            }
        }
        Ok(if notes.is_empty() { Verdict::Accept } else { Verdict::AcceptWithNote(notes.join("\n")) })
    }

    /// The screeners that get the record, in order.
    fn screeners_for(&self, subject: &Subject) -> impl Iterator<Item = &Screener> {
        let of_bank = bank_of(subject).and_then(|bank| self.screeners_of.get(bank)).unwrap_or(&self.screeners);
        let kind = RecordKind::of(subject);
        of_bank.iter().map(AsRef::as_ref).filter(move |screener| screener.records.contains(&kind))
    }

    /// Whether an extension can hold meetings of that bank. `None` if the bank has no such extension.
    ///
    /// # Errors
    /// [`Failure`] if none is ready, and one failed.
    pub async fn readiness(
        &self,
        bank_id: &str,
        context: &CallContext<'_>,
    ) -> Result<Option<Result<(), Unavailable>>, Failure> {
        let mut answer = None;
        let mut failure = None;
        for provider in self.extensions.iter().filter(|extension| extension.provides(bank_id)) {
            match provider.readiness(bank_id, context).await {
                Ok(Ok(())) => return Ok(Some(Ok(()))),
                Ok(Err(reason)) => answer = answer.or(Some(Err(reason))),
                Err(failed) => failure = failure.or(Some(failed)),
            }
        }
        failure.map_or(Ok(answer), Err)
    }

    /// Makes a session at the provider with that id. `None` if no extension has that id at that bank.
    ///
    /// # Errors
    /// [`Failure`] of the extension.
    pub async fn create_session(
        &self,
        provider_id: &str,
        request: &SessionRequest,
        context: &CallContext<'_>,
    ) -> Result<Option<Result<String, Unavailable>>, Failure> {
        match self.provider(provider_id, &request.bank_id) {
            Some(provider) => provider.create_session(provider_id, request, context).await.map(Some),
            None => Ok(None),
        }
    }

    /// Makes the accesses of participants, who all join meetings of one bank. `None` if no extension has that id at that bank.
    ///
    /// # Errors
    /// [`Failure`] of the extension.
    pub async fn grant_access(
        &self,
        provider_id: &str,
        participants: &[Participant],
        context: &CallContext<'_>,
    ) -> Result<Option<Result<Vec<Access>, Unavailable>>, Failure> {
        let bank_id = participants.first().map_or("", |participant| &participant.bank_id);
        match self.provider(provider_id, bank_id) {
            Some(provider) => provider.grant_access(provider_id, participants, context).await.map(Some),
            None => Ok(None),
        }
    }

    fn provider(&self, provider_id: &str, bank_id: &str) -> Option<&Arc<Extension>> {
        self.providers.get(provider_id).into_iter().flatten().find(|extension| extension.provides(bank_id))
    }
}

/// The bank of a record. A user has none.
fn bank_of(subject: &Subject) -> Option<&str> {
    Some(match subject {
        Subject::User(_) => return None,
        Subject::Account(account) => &account.bank_id,
        Subject::KycCheck(check) => &check.bank_id,
        Subject::KycDocument(document) => &document.bank_id,
        Subject::KycMedia(media) => &media.bank_id,
        Subject::KycStatus(entry) => &entry.bank_id,
    })
}
