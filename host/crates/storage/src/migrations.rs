//! The migrations of the schema: the files in `migrations/`, in the order of their names.

/// File name and SQL of each migration. The build script reads them from the folder.
pub(crate) const MIGRATIONS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;

    #[test]
    fn migrations_are_numbered_without_a_gap() {
        assert!(!MIGRATIONS.is_empty());
        for (number, (name, _)) in (1..).zip(MIGRATIONS) {
            let title = name.strip_prefix(&format!("{number:04}_")).and_then(|rest| rest.strip_suffix(".sql"));
            let plain =
                |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
            assert!(title.is_some_and(|title| !title.is_empty() && title.chars().all(plain)), "{number}: {name}");
        }
    }
}
