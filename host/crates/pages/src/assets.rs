//! Style sheet, script and icon, embedded in the binary. Their URLs change with their content, so browsers may cache them for
//! ever.

use std::sync::LazyLock;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Response, StatusCode};
use rules::credentials::digest;

use crate::response::method_not_allowed;

pub(crate) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("pages", "css", "text/css;charset=utf-8", include_str!("assets/pages.css")));
pub(crate) static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("pages", "js", "text/javascript;charset=utf-8", include_str!("assets/pages.js")));
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("assets/icon.svg")));

/// An embedded file.
pub(crate) struct Asset {
    url: String,
    /// The entity tag, with its quotes.
    tag: String,
    content_type: &'static str,
    content: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: &'static str) -> Self {
        let digest: String = digest(content).chars().take(16).collect();
        let (url, tag) = (format!("/assets/{stem}-{digest}.{extension}"), format!("\"{digest}\""));
        Self { url, tag, content_type, content }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// The response with the asset of that name below `/assets/`; `None` if there is no such asset.
pub(crate) fn find(name: &str, method: &Method, headers: &HeaderMap) -> Option<Response<Full<Bytes>>> {
    let all: [&Asset; 3] = [&STYLE, &SCRIPT, &ICON];
    let asset = all.into_iter().find(|asset| asset.url.strip_prefix("/assets/") == Some(name))?;
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Some(method_not_allowed("GET, HEAD"));
    }
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let is_known =
        known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.tag));
    let mut response =
        Response::new(Full::new(Bytes::from_static(if is_known { b"" } else { asset.content.as_bytes() })));
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(tag) = HeaderValue::from_str(&asset.tag) {
        headers.insert(header::ETAG, tag);
    }
    Some(response)
}
