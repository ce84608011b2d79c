//! Which form of an answer a caller wants: the `Accept` header (RFC 9110, section 12.5.1).

use axum::http::{HeaderMap, header};

/// Whether a caller asks for a media type by name, and prefers nothing else that is named. `*/*` names nothing: whoever
/// does not care gets JSON.
#[must_use]
pub fn prefers(headers: &HeaderMap, wanted: &str) -> bool {
    let mut best: Option<(&str, f32)> = None;
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in values.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        let weight =
            parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |text| text.parse().ok());
        let weight = weight.unwrap_or(0.0);
        let is_named = kind.eq_ignore_ascii_case(wanted) || kind.eq_ignore_ascii_case("application/json");
        if is_named && weight > best.map_or(0.0, |(_, weight)| weight) {
            best = Some((kind, weight));
        }
    }
    best.is_some_and(|(kind, _)| kind.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_header_chooses_csv_only_by_name() {
        for (accept, is_csv) in [
            ("", false),
            ("*/*", false),
            ("text/*", false),
            ("text/csv", true),
            ("TEXT/CSV; charset=utf-8", true),
            ("text/csv, application/json;q=0.5", true),
            ("application/json, text/csv", false),
            ("application/json;q=0.1, text/csv;q=0.2", true),
            ("text/csv;q=0, */*", false),
            ("text/csv;q=x", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            assert_eq!(prefers(&headers, "text/csv"), is_csv, "{accept}");
        }
        assert!(!prefers(&HeaderMap::new(), "text/csv"));
    }
}
