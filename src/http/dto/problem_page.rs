//! `GET /problems` and `GET /problems/{slug}`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::links::Links;
use crate::http::problem::problem_type;
use crate::http::problem_code::{ProblemCode, Retry};

/// Every kind of problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemList {
    /// The kinds.
    pub problems: Vec<ProblemPage>,
}

/// A kind of problem: what it means, what to do, and whether to send the same request again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemPage {
    /// What problems of this kind have as `type`: the address of this page.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference")]
    pub kind: String,
    /// What they have as `code`.
    pub code: ProblemCode,
    /// Their HTTP status.
    pub status: u16,
    /// What it means.
    pub title: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// Whether the same request, sent again later, may succeed without a change.
    pub retry: bool,
}

impl ProblemPage {
    /// Explains a kind of problem.
    #[must_use]
    pub fn of(code: ProblemCode, links: &Links) -> Self {
        Self {
            kind: problem_type(code, links),
            code,
            status: code.status().as_u16(),
            title: code.title(),
            advice: code.advice(),
            retry: code.retry() == Retry::Later,
        }
    }

    /// The same for people.
    #[must_use]
    pub fn html(&self) -> String {
        let again = match self.retry {
            true => {
                "The same request may succeed later: send it again after the time in <code>Retry-After</code>."
            }
            false => "The same request will fail again until something else has changed.",
        };
        let (code, status) = (self.code.code(), self.status);
        let (title, advice) = (marked_up(self.title), marked_up(self.advice));
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{code}</title></head>\n<body>\n\
             <h1>{code}</h1>\n<p>{title} (HTTP status {status}).</p>\n<h2>What to do</h2>\n<p>{advice}</p>\n\
             <p>{again}</p>\n</body>\n</html>\n"
        )
    }
}

/// Text as HTML; what stands between backticks is code.
fn marked_up(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let parts = escaped.split('`').enumerate();
    parts
        .map(|(at, part)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problem_pages_are_html_without_stray_markup() {
        let links = Links::new(None, "127.0.0.1:3001".parse().unwrap());
        for code in ProblemCode::ALL {
            let html = ProblemPage::of(*code, &links).html();
            assert!(html.contains(code.code()) && !html.contains('`'), "{html}");
        }
        assert_eq!(marked_up("a < b & `c`"), "a &lt; b &amp; <code>c</code>");
    }
}
