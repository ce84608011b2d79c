//! Where the next page of a list is: the `Link` header (RFC 8288).

use axum::http::{HeaderMap, HeaderValue, Uri, header};

use super::links::Links;

/// Adds the address of the next page: the address that was asked for, with these parameters in place of those of the same
/// name. Their values must need no escaping.
pub fn add_next(headers: &mut HeaderMap, links: &Links, asked: &Uri, parameters: &[(&str, &str)]) {
    let is_kept = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        !pair.is_empty() && parameters.iter().all(|(replaced, _)| *replaced != name)
    };
    let query = asked.query().unwrap_or_default();
    let kept = query.split('&').filter(is_kept).map(str::to_owned);
    let new = parameters.iter().map(|(name, value)| format!("{name}={value}"));
    let query = kept.chain(new).collect::<Vec<_>>().join("&");
    let next = links.location(&format!("{}?{query}", asked.path()));
    if let Ok(link) = HeaderValue::try_from(format!("<{next}>; rel=\"next\"")) {
        headers.insert(header::LINK, link);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::public_url::PublicUrl;

    #[test]
    fn next_page_keeps_the_filters() {
        let asked = Uri::from_static("/mints?status=queued&cursor=1.a&status=failed");
        let query = "status=queued&status=failed&cursor=2.b";
        let public = PublicUrl::parse("https://bank.example/gateway").unwrap();
        for (public, base) in [(None, ""), (Some(&public), "https://bank.example/gateway")] {
            let mut headers = HeaderMap::new();
            let links = Links::new(public, "127.0.0.1:3001".parse().unwrap());
            add_next(&mut headers, &links, &asked, &[("cursor", "2.b")]);
            assert_eq!(headers[header::LINK], format!("<{base}/mints?{query}>; rel=\"next\""));
        }
    }
}
