//! The console's files, which `build.rs` made part of the program, and how they are sent.

use std::collections::HashMap;
use std::sync::LazyLock;

use alloy::hex;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// Name, content, and the same content by gzip.
type Embedded = (&'static str, &'static [u8], &'static [u8]);

static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/console_files.rs"));

static FILES: LazyLock<HashMap<&'static str, ConsoleFile>> = LazyLock::new(|| {
    let files = EMBEDDED
        .iter()
        .map(|(name, plain, gzip)| (*name, ConsoleFile { name, plain, gzip, tag: entity_tag(plain) }));
    files.collect()
});

/// The page that every address of the console shows.
static PAGE: LazyLock<&'static str> = LazyLock::new(|| {
    let page = EMBEDDED.iter().find(|(name, ..)| *name == "index.html");
    page.and_then(|(_, plain, _)| std::str::from_utf8(plain).ok()).unwrap_or_default()
});

/// The folder of files that have another name as soon as they have another content.
const NAMED_BY_CONTENT: &str = "assets/";
/// How the page's own links to files begin.
const OWN_FILE: &str = r#"="./"#;

/// A file of the console.
#[derive(Debug)]
pub struct ConsoleFile {
    name: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    tag: String,
}

impl ConsoleFile {
    /// The file of this name below the console's root.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        FILES.get(name)
    }

    /// The answer to a request with these headers.
    #[must_use]
    pub fn send(&self, request: &HeaderMap) -> Response {
        let kept = if self.name.starts_with(NAMED_BY_CONTENT) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let common = [
            (header::ETAG, self.tag.as_str()),
            (header::CACHE_CONTROL, kept),
            (header::VARY, "accept-encoding"),
        ];
        if has_it(request, &self.tag) {
            return (StatusCode::NOT_MODIFIED, common).into_response();
        }
        let kind = (header::CONTENT_TYPE, content_type(self.name));
        match takes_gzip(request) {
            true => (common, [kind, (header::CONTENT_ENCODING, "gzip")], self.gzip).into_response(),
            false => (common, [kind], self.plain).into_response(),
        }
    }
}

/// The page, for an address that is `depth` folders below the console's root: its links lead there from wherever the
/// console is reached, also below a prefix that only a proxy knows. `connect` is the one address besides its own origin
/// that the page may call.
#[must_use]
pub fn page(depth: usize, connect: Option<&str>, request: &HeaderMap) -> Response {
    let page = rooted(&PAGE, depth);
    let tag = entity_tag(page.as_bytes());
    let common = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy(connect)),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin".to_owned()),
    ];
    if has_it(request, &tag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(header::CONTENT_TYPE, content_type("index.html"))], page).into_response()
}

/// The page with links that lead to its files from so many folders below them.
fn rooted(page: &str, depth: usize) -> String {
    match depth {
        0 => page.to_owned(),
        _ => page.replace(OWN_FILE, &format!(r#"="{}"#, "../".repeat(depth))),
    }
}

/// Nothing but the gateway's own files, no code in text, and no address but its own.
fn policy(connect: Option<&str>) -> String {
    let connect = connect.map(|address| format!(" {address}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{connect}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    )
}

/// Weak, because it stands for the compressed twin too.
fn entity_tag(content: &[u8]) -> String {
    format!("W/\"{}\"", hex::encode(&Sha256::digest(content)[..16]))
}

/// Whether the caller has this version already (RFC 9110, section 13.1.2).
fn has_it(request: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let values = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| one.trim() == "*" || opaque(one) == opaque(tag))
}

fn takes_gzip(request: &HeaderMap) -> bool {
    let values = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        is_gzip && weight.is_none_or(|text| text.parse::<f32>().is_ok_and(|weight| weight > 0.0))
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[(header::HeaderName, &str)]) -> HeaderMap {
        values.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn console_file_is_compressed_and_kept_as_its_name_allows() {
        let file = ConsoleFile {
            name: "assets/app-3f9a2b1c.js",
            plain: b"plain",
            gzip: b"gzip",
            tag: entity_tag(b"plain"),
        };
        let plain = file.send(&HeaderMap::new());
        assert_eq!(plain.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(plain.headers()[header::VARY], "accept-encoding");
        assert_eq!(plain.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        for (codings, is_gzip) in
            [("gzip", true), ("br, GZIP;q=0.5", true), ("gzip;q=0", false), ("br", false)]
        {
            let answer = file.send(&headers(&[(header::ACCEPT_ENCODING, codings)]));
            assert_eq!(answer.headers().contains_key(header::CONTENT_ENCODING), is_gzip, "{codings}");
        }
        for (tags, status) in [(file.tag.as_str(), 304), ("\"x\", *", 304), ("W/\"x\"", 200)] {
            let answer = file.send(&headers(&[(header::IF_NONE_MATCH, tags)]));
            assert_eq!(answer.status().as_u16(), status, "{tags}");
        }
        let other = ConsoleFile { name: "robots.txt", ..file };
        assert_eq!(other.send(&HeaderMap::new()).headers()[header::CACHE_CONTROL], "no-cache");
    }

    #[test]
    fn console_page_leads_to_its_files_from_every_depth() {
        let page =
            r#"<link href="./assets/a.css"><script src="./assets/a.js"></script><a href="/docs">./</a>"#;
        assert_eq!(rooted(page, 0), page);
        let deep = r#"<link href="../../assets/a.css"><script src="../../assets/a.js"></script><a href="/docs">./</a>"#;
        assert_eq!(rooted(page, 2), deep);
    }

    #[test]
    fn console_page_allows_one_address_and_has_a_tag() {
        let page = page(2, Some("http://127.0.0.1:8545"), &HeaderMap::new());
        let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("; connect-src 'self' http://127.0.0.1:8545; base-uri 'none'; "), "{policy}");
        assert!(policy.ends_with("; require-trusted-types-for 'script'; trusted-types 'none'"), "{policy}");
        let tag = page.headers()[header::ETAG].to_str().unwrap();
        let again = super::page(2, None, &headers(&[(header::IF_NONE_MATCH, tag)]));
        assert_eq!(again.status(), 304);
        assert!(!PAGE.is_empty(), "the program has no page");
    }
}
