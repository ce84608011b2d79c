//! What a caller may see of the mints: those of his account, for an auditor all.

use uuid::Uuid;

use crate::access::Caller;
use crate::domain::Mint;
use crate::domain::access::Scope;
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// A mint that the caller may see; with a token for one order only the mint of that.
///
/// # Errors
/// 404 for every other, whether it exists or not.
pub(super) async fn visible(app: &App, asking: &Caller, id: Uuid) -> Result<Mint, Problem> {
    let missing = || Problem::not_found("mint");
    if let Some(token) = &asking.order {
        let ordered = app.store.mint_named(&asking.account, &token.id).await?;
        ordered.filter(|ordered| *ordered == id.to_string()).ok_or_else(missing)?;
    }
    app.service.get(id, asking.reader()).await?.ok_or_else(missing)
}

/// Whose mints a list or a report shows: those of the caller's account; an auditor may name one, or sees all.
///
/// # Errors
/// 403 when somebody else names an account that is not his, whether it exists or not; 400 when an auditor names none.
pub(super) async fn shown_account(
    app: &App,
    asking: &Caller,
    named: Option<String>,
) -> Result<Option<String>, Problem> {
    if !asking.may(Scope::AuditRead) {
        if named.is_some_and(|named| *named != *asking.account) {
            let message = "mints of other accounts take the scope audit:read";
            return Err(Problem::new(ProblemCode::ScopeMissing, message).about_field("account"));
        }
        return Ok(Some(asking.account.to_string()));
    }
    match named {
        Some(named) if !app.store.has_account(&named).await? => {
            Err(Problem::field("account", "account is none of this gateway"))
        }
        named => Ok(named),
    }
}
