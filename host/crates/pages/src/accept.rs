//! The formats that a client accepts in response, by its header `Accept`.

use hyper::HeaderMap;
use hyper::header::{ACCEPT, HeaderValue};

/// Whether `Accept` ranks `text/html` at least as high as JSON.
pub(crate) fn prefers_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    let quality = |wanted: &str| {
        let mut types = accepted.split(',').map(|media_type| media_type.split(';').map(str::trim));
        types.find_map(|mut parts| {
            (parts.next()? == wanted)
                .then(|| parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0))
        })
    };
    let html: f32 = quality("text/html").unwrap_or(0.0);
    html > 0.0 && html >= quality("application/json").unwrap_or(0.0)
}

/// Whether the request comes from the pages' own script.
pub(crate) fn accepts_json(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).is_some_and(|value| value == "application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_prefer_pages_and_clients_do_not() {
        let cases = [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("text/html", true),
            ("text/html;q=0.5, application/json;q=0.4", true),
            ("text/html;q=0.4, application/json", false),
            ("text/html;q=0", false),
            ("application/json, text/plain, */*", false),
            ("*/*", false),
            ("", false),
        ];
        for (accepted, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accepted));
            assert_eq!(prefers_html(&headers), expected, "{accepted}");
        }
    }
}
