//! The version of the WIT package that extensions are built for.

use std::fmt;
use std::str::FromStr;

use semver::{BuildMetadata, Comparator, Op, Prerelease};

/// The version of `obp:onboarding` that this server supports.
pub const API_VERSION: Version = Version(semver::Version::new(0, 1, 0));

/// A version of three numbers, without pre-release and build metadata.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(semver::Version);

impl Version {
    /// Whether a component that was built for `wanted` finds all of it in this version: nothing that broke, nothing newer.
    #[must_use]
    pub fn supports(&self, wanted: &Self) -> bool {
        let Self(semver::Version { major, minor, patch, .. }) = wanted;
        // Before 1, a change of the second number breaks. A caret would take 0.0.2 for a break of 0.0.1, too.
        let op = if *major == 0 { Op::Tilde } else { Op::Caret };
        let pre = Prerelease::EMPTY;
        Comparator { op, major: *major, minor: Some(*minor), patch: Some(*patch), pre }.matches(&self.0)
    }

    /// Whether this is a version of WASI 0.2.
    #[must_use]
    pub fn is_wasi_0_2(&self) -> bool {
        (self.0.major, self.0.minor) == (0, 2)
    }
}

/// The error for a text that is no [`Version`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be a version of three numbers, such as `{API_VERSION}`")]
pub struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let version = semver::Version::parse(text).map_err(|_| NotAVersion)?;
        let plain = version.pre == Prerelease::EMPTY && version.build == BuildMetadata::EMPTY;
        if plain { Ok(Self(version)) } else { Err(NotAVersion) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn the_version_is_that_of_the_wit_package() {
        let package = include_str!("../../../../wit/world.wit");
        assert!(package.contains(&format!("\npackage obp:onboarding@{API_VERSION};\n")));
    }

    #[test]
    fn before_version_1_a_minor_breaks_and_a_patch_adds() {
        for (spoken, wanted, supported) in [
            ("0.1.0", "0.1.0", true),
            ("0.1.2", "0.1.1", true),
            ("0.1.0", "0.1.1", false),
            ("0.2.0", "0.1.0", false),
            ("0.1.0", "0.2.0", false),
            ("0.0.2", "0.0.1", true),
            ("0.0.1", "0.0.2", false),
            ("1.0.0", "0.1.0", false),
            ("1.4.1", "1.3.9", true),
            ("1.3.9", "1.4.0", false),
            ("2.0.0", "1.4.0", false),
        ] {
            assert_eq!(version(spoken).supports(&version(wanted)), supported, "{spoken} for {wanted}");
        }
    }

    #[test]
    fn a_version_is_three_numbers() {
        for text in
            ["", "1", "1.0", "1.0.0.0", "1.0.x", "1.0.-1", "01.0.0", "1.0.0-rc1", "1.0.0+build", "1..0", "+1.0.0"]
        {
            assert_eq!(text.parse::<Version>(), Err(NotAVersion), "{text}");
        }
        assert_eq!(version("10.20.30").to_string(), "10.20.30");
    }
}
