//! `POST /tokens`, and the browser session of `POST` and `DELETE /console/session`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::mint::MintBody;
use super::object::JsonObject;
use super::text::whole_number;
use crate::access::issue::ORDER_MS_MAX;
use crate::base::wire::Timestamp;
use crate::http::problem::Problem;
use crate::store::Token;

/// Shortest life of a token, seconds.
const TOKEN_SECONDS_MIN: i64 = 10;
/// Longest life of a token, seconds.
const TOKEN_SECONDS_MAX: i64 = ORDER_MS_MAX / 1000;

/// A token for one order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = TokenRequest)]
pub struct TokenBody {
    /// The order, exactly as it will be sent to `POST /mint`.
    #[schema(value_type = MintBody)]
    pub order: JsonObject<MintBody>,
    /// How long the order may be asked for.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 10, maximum = 900, default = 900)]
    expires_in_seconds: Option<Value>,
}

impl TokenBody {
    /// The order, and how long it may be asked for.
    ///
    /// # Errors
    /// 400 when that is out of range.
    pub fn split(self) -> Result<(MintBody, i64), Problem> {
        let range = TOKEN_SECONDS_MIN..=TOKEN_SECONDS_MAX;
        let lasts = whole_number("expiresInSeconds", self.expires_in_seconds, TOKEN_SECONDS_MAX, range)?;
        let JsonObject(order) = self.order;
        Ok((order, lasts * 1000))
    }
}

/// A token, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderToken)]
pub struct TokenAnswer {
    /// The whole token; it is sent as a key is.
    #[schema(pattern = "^cret_(test|live)_[0-9a-f]{12}_[0-9a-f]{72}$")]
    pub token: String,
    /// Its id, which is the idempotency key of its order.
    #[schema(pattern = "^[0-9a-f]{12}$")]
    pub id: String,
    /// Until when the order may be asked for.
    pub expires_at: Timestamp,
    /// Until when its mint can be read with it.
    pub reads_until: Timestamp,
}

impl TokenAnswer {
    /// Shows a token.
    #[must_use]
    pub fn of(token: Token, text: String) -> Self {
        Self {
            token: text,
            id: token.id,
            expires_at: Timestamp::of_ms(token.expires_at),
            reads_until: Timestamp::of_ms(token.reads_until),
        }
    }
}

/// A browser session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub struct SessionAnswer {
    /// Until when it lasts; null = it is over.
    #[schema(required = true)]
    pub expires_at: Option<Timestamp>,
}

/// How long a cookie lasts that ends at a time.
#[must_use]
pub fn cookie_age(token: &Token, now_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(token.expires_at - now_ms).unwrap_or_default())
}
