//! The filter of the log: its level, and each kind of error or warning once a second.
//!
//! Saturation makes the same error for each request. The first one is logged, the others of the same second are counted, and
//! the count is logged after it. The number of kinds in a second is limited, and so is the memory.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata};
use tracing_subscriber::layer::{Context, Filter};

/// The time after which a kind is logged again.
const WINDOW: Duration = Duration::from_secs(1);
/// Kinds of errors and warnings that are logged in a window. Further ones are counted together.
const KINDS_MAX: usize = 256;
/// Characters of a repeated line that its count repeats.
const TEXT_CHARS_MAX: usize = 400;
/// Fields that differ from request to request. They do not make another kind.
const FIELDS_OF_A_REQUEST: [&str; 2] = ["correlation_id", "request"];

/// The errors and warnings of the last second.
pub(super) struct Repeats {
    hasher: RandomState,
    recent: Mutex<Recent>,
}

#[derive(Default)]
struct Recent {
    kinds: HashMap<u64, Kind>,
    /// The lines of kinds for which there was no place.
    others: u64,
}

struct Kind {
    since: Instant,
    level: Level,
    text: String,
    repeats: u64,
}

impl Repeats {
    pub(super) fn new() -> Self {
        Self { hasher: RandomState::new(), recent: Mutex::default() }
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an event is the first of its kind. Counts it otherwise.
    fn admits(&self, event: &Event<'_>, now: Instant) -> bool {
        let mut text = Text::default();
        event.record(&mut text);
        // The lock is taken after the values were formatted: their code may log too.
        let metadata = event.metadata();
        self.is_first(&metadata.callsite(), *metadata.level(), text.0, now)
    }

    fn is_first(&self, place: &impl Hash, level: Level, text: String, now: Instant) -> bool {
        let kind = self.hasher.hash_one((place, &text));
        let mut recent = self.recent();
        if let Some(kind) = recent.kinds.get_mut(&kind) {
            kind.repeats = kind.repeats.saturating_add(1);
            return false;
        }
        if recent.kinds.len() >= KINDS_MAX {
            recent.others = recent.others.saturating_add(1);
            return false;
        }
        let text = text.chars().take(TEXT_CHARS_MAX).collect();
        recent.kinds.insert(kind, Kind { since: now, level, text, repeats: 0 });
        true
    }

    /// Forgets the kinds whose second is over at `now`. Returns level and text of a line for each that has repetitions.
    fn ended(&self, now: Instant) -> Vec<(Level, String)> {
        let mut recent = self.recent();
        let over = recent.kinds.extract_if(|_, kind| now.saturating_duration_since(kind.since) >= WINDOW);
        let repeated = over.map(|(_, kind)| kind).filter(|kind| kind.repeats > 0);
        let mut lines: Vec<_> =
            repeated.map(|kind| (kind.level, format!("repeated {} times: {}", kind.repeats, kind.text))).collect();
        let others = std::mem::take(&mut recent.others);
        if others > 0 {
            lines.push((Level::ERROR, format!("{others} errors and warnings of further kinds were not logged")));
        }
        lines
    }

    /// Logs the repetitions of the seconds that are over at `now`.
    pub(super) fn report(&self, now: Instant) {
        for (level, line) in self.ended(now) {
            // The level of a statement is fixed when the program is compiled.
            if level == Level::ERROR {
                tracing::error!("{line}");
            } else {
                tracing::warn!("{line}");
            }
        }
    }

    /// Logs all repetitions, when the log ends.
    pub(super) fn report_all(&self) {
        self.report(Instant::now() + WINDOW);
    }
}

/// The values of an event that make its kind, as text.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if FIELDS_OF_A_REQUEST.contains(&field.name()) {
            return;
        }
        let separator = if self.0.is_empty() { "" } else { " " };
        let _ = match field.name() {
            "message" => write!(self.0, "{separator}{value:?}"),
            name => write!(self.0, "{separator}{name}={value:?}"),
        };
    }
}

/// Lets an event into the log if its level is high enough and it repeats no error or warning of this second.
pub(super) struct LogFilter {
    pub(super) level: LevelFilter,
    pub(super) repeats: Arc<Repeats>,
}

impl LogFilter {
    fn has_level(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }
}

impl<S> Filter<S> for LogFilter {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.has_level(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.has_level(metadata) { Interest::always() } else { Interest::never() }
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let metadata = event.metadata();
        let is_report = metadata.target() == module_path!();
        *metadata.level() > Level::WARN || is_report || self.repeats.admits(event, Instant::now())
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_logged_once_a_second_and_its_repetitions_are_counted() {
        let (repeats, start) = (Repeats::new(), Instant::now());
        let at = |ms: u64| start + Duration::from_millis(ms);
        let is_first = |place: &str, text: &str, ms| repeats.is_first(&place, Level::WARN, text.to_owned(), at(ms));
        assert!(is_first("here", "disk full", 0));
        assert!(!is_first("here", "disk full", 1));
        assert!(is_first("here", "disk slow", 2), "another text is another kind");
        assert!(is_first("there", "disk full", 3), "another place is another kind");
        assert!(!is_first("here", "disk full", 999));
        assert_eq!(repeats.ended(at(999)), [], "no second is over");
        assert_eq!(repeats.ended(at(1000)), [(Level::WARN, "repeated 2 times: disk full".to_owned())]);
        assert!(is_first("here", "disk full", 1001), "a new second");
        assert_eq!(repeats.ended(at(5000)), [], "nothing was repeated");
        assert!(repeats.recent().kinds.is_empty());
    }

    #[test]
    fn the_kinds_of_a_second_are_limited() {
        let (repeats, now) = (Repeats::new(), Instant::now());
        let long = "x".repeat(10 * TEXT_CHARS_MAX);
        let kinds =
            (0..KINDS_MAX + 7).filter(|number| repeats.is_first(number, Level::ERROR, long.clone(), now)).count();
        assert_eq!(kinds, KINDS_MAX);
        let kept: usize = repeats.recent().kinds.values().map(|kind| kind.text.len()).sum();
        assert_eq!(kept, KINDS_MAX * TEXT_CHARS_MAX);
        let others = "7 errors and warnings of further kinds were not logged".to_owned();
        assert_eq!(repeats.ended(now + WINDOW), [(Level::ERROR, others)]);
        assert!(repeats.is_first(&0, Level::ERROR, long, now + WINDOW), "the next second has places again");
    }
}
