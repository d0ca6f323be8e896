//! What the server says of itself (surface §2.9). The component has no part in it.

use serde::Serialize;

use crate::call::{Answer, Call, reply};
use crate::routes::VERSIONS;
use crate::settings::HostedBy;

#[derive(Serialize)]
struct Root<'a> {
    version: &'static str,
    version_status: &'static str,
    git_commit: &'static str,
    connector: &'static str,
    hosted_by: &'a HostedBy,
}

/// Whatever version a request names, the shapes are those of v3.1.0 (decision 11).
fn about(hosted_by: &HostedBy) -> Root<'_> {
    Root {
        version: "v3.1.0",
        version_status: "STABLE",
        git_commit: option_env!("OBP_GIT_COMMIT").unwrap_or_default(),
        connector: "mapped",
        hosted_by,
    }
}

#[derive(Serialize)]
struct ScannedVersions {
    scanned_api_versions: Vec<ScannedVersion>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScannedVersion {
    url_prefix: &'static str,
    api_standard: &'static str,
    api_short_version: &'static str,
    #[serde(rename = "API_VERSION")]
    api_version: &'static str,
}

fn scanned() -> ScannedVersions {
    let version = |version: &&'static str| ScannedVersion {
        url_prefix: "obp",
        api_standard: "obp",
        api_short_version: version,
        api_version: version,
    };
    ScannedVersions { scanned_api_versions: VERSIONS.iter().map(version).collect() }
}

pub(crate) async fn root(call: Call) -> Answer {
    reply(&about(&call.api.settings.hosted_by))
}

pub(crate) async fn versions(_call: Call) -> Answer {
    reply(&scanned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(answer: Answer) -> String {
        String::from_utf8(answer.unwrap().unwrap()).unwrap()
    }

    #[test]
    fn the_root_says_who_hosts_the_server() {
        let hosted_by = HostedBy {
            organisation: "Bank".to_owned(),
            email: "contact@example.com".to_owned(),
            phone: "+49".to_owned(),
            organisation_website: "https://example.com".to_owned(),
        };
        let commit = option_env!("OBP_GIT_COMMIT").unwrap_or_default();
        let expected = format!(
            r#"{{"version":"v3.1.0","version_status":"STABLE","git_commit":"{commit}","connector":"mapped","hosted_by":{{"organisation":"Bank","email":"contact@example.com","phone":"+49","organisation_website":"https://example.com"}}}}"#
        );
        assert_eq!(body(reply(&about(&hosted_by))), expected);
    }

    #[test]
    fn every_version_served_is_listed() {
        let listed = body(reply(&scanned()));
        let one = |version| {
            format!(
                r#"{{"urlPrefix":"obp","apiStandard":"obp","apiShortVersion":"{version}","API_VERSION":"{version}"}}"#
            )
        };
        let all: Vec<_> = VERSIONS.iter().map(one).collect();
        assert_eq!(listed, format!(r#"{{"scanned_api_versions":[{}]}}"#, all.join(",")));
    }
}
