//! Finds the key that a user may have meant by an unknown one.

use crate::key::{Key, filled, leads_along};
use crate::toml_file::Names;

/// The likeness of all names together, and of the last names, from which a key is near. 1 means equal, 0 means that nothing is.
/// Names of one section are alike, so that their last names must be somewhat alike, too.
const LIKENESS_MIN: (f64, f64) = (0.5, 0.3);
/// The likeness of the last names from which a key is near although it is in another section.
const LAST_LIKENESS_MIN: f64 = 0.8;

/// The names of the nearest key; `None` if no key is near.
pub(crate) fn nearest<'a>(names: &[String], keys: impl Iterator<Item = &'a Key>) -> Option<Names> {
    let near = keys.filter_map(|key| likeness(key, names));
    near.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, names)| names)
}

/// The likeness of a key, and its names. The last name counts for half. A section in place of a key, or a key in place of a
/// section, is nearer still.
fn likeness(key: &Key, names: &[String]) -> Option<(f64, Names)> {
    let candidate = filled(key.path, names);
    let last = |names: &[String]| names.last().cloned().unwrap_or_default();
    let of_all = strsim::normalized_damerau_levenshtein(&candidate.join("."), &names.join("."));
    let of_last = strsim::normalized_damerau_levenshtein(&last(&candidate), &last(names));
    let is_on_the_way = leads_along(key.path, names);
    let is_like = of_all >= LIKENESS_MIN.0 && of_last >= LIKENESS_MIN.1;
    let is_near = is_on_the_way || is_like || of_last >= LAST_LIKENESS_MIN;
    is_near.then(|| (of_all + of_last + f64::from(u8::from(is_on_the_way)), candidate))
}
