//! The versions in paths. The same handlers answer all of them (decision 11).

/// The versions, oldest first. The numbers have one digit each, so the order of the texts is the order of the versions.
pub const VERSIONS: &[&str] =
    &["v2.0.0", "v2.1.0", "v2.2.0", "v3.0.0", "v3.1.0", "v4.0.0", "v5.0.0", "v5.1.0", "v6.0.0", "v7.0.0"];
/// The documented version: that of documents without a version, and of paths without one.
pub const DOCUMENTED: &str = "v3.1.0";
/// The newest version.
pub(crate) const NEWEST: &str = "v7.0.0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_texts_is_the_order_of_the_versions() {
        assert!(VERSIONS.is_sorted());
        assert!(VERSIONS.contains(&DOCUMENTED));
        assert_eq!(VERSIONS.last(), Some(&NEWEST));
    }
}
