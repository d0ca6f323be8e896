//! The version of the WIT package that extensions are built for.

use std::fmt;
use std::str::FromStr;

/// The version of `obp:onboarding` that this server speaks.
pub const API_VERSION: Version = Version { major: 0, minor: 1, patch: 0 };

/// A version without pre-release and build (semver.org, item 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Changes with what breaks its users, from 1 on.
    pub major: u32,
    /// Changes with what is new; before 1, with what breaks its users.
    pub minor: u32,
    /// Changes with what is mended; before 1, with what is new.
    pub patch: u32,
}

impl Version {
    /// Whether whoever was built for `wanted` finds all of it here: nothing broken since, nothing newer.
    #[must_use]
    pub fn serves(self, wanted: Self) -> bool {
        let unbroken = self.major == wanted.major && (self.major > 0 || self.minor == wanted.minor);
        unbroken && wanted <= self
    }
}

/// The text is no [`Version`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be a version of three numbers, such as `{API_VERSION}`")]
pub struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let number = |part: &str| {
            let written = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let padded = part.len() > 1 && part.starts_with('0');
            part.parse().ok().filter(|_| written && !padded).ok_or(NotAVersion)
        };
        match text.split('.').collect::<Vec<_>>().as_slice() {
            [major, minor, patch] => Ok(Self { major: number(major)?, minor: number(minor)?, patch: number(patch)? }),
            _ => Err(NotAVersion),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
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
        for (spoken, wanted, serves) in [
            ("0.1.0", "0.1.0", true),
            ("0.1.2", "0.1.1", true),
            ("0.1.0", "0.1.1", false),
            ("0.2.0", "0.1.0", false),
            ("0.1.0", "0.2.0", false),
            ("1.0.0", "0.1.0", false),
            ("1.4.1", "1.3.9", true),
            ("1.3.9", "1.4.0", false),
            ("2.0.0", "1.4.0", false),
        ] {
            assert_eq!(version(spoken).serves(version(wanted)), serves, "{spoken} for {wanted}");
        }
    }

    #[test]
    fn a_version_is_three_numbers() {
        for text in ["", "1", "1.0", "1.0.0.0", "1.0.x", "1.0.-1", "01.0.0", "1.0.0-rc1", "1..0", "+1.0.0"] {
            assert_eq!(text.parse::<Version>(), Err(NotAVersion), "{text}");
        }
        assert_eq!(version("10.20.30").to_string(), "10.20.30");
    }
}
