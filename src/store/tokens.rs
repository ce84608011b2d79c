//! What keys were exchanged for: browser sessions, and tokens for one order.

use alloy::hex;
use sqlx::{AnyConnection, Connection, FromRow};

use super::access_rows::digest_text;
use super::database::Store;
use super::error::StoreError;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// One exact order, and reading its mint.
    Order,
    /// What its key may, in a browser.
    Session,
}

impl TokenKind {
    const fn word(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Session => "session",
        }
    }
}

/// A token, without its secret; times are unix ms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// The key it came from.
    pub key: String,
    /// What it is for.
    pub kind: TokenKind,
    /// SHA-256 of its secret.
    pub digest: [u8; 32],
    /// Fingerprint of its order; empty for a session.
    pub fingerprint: String,
    /// Until when it asks for its order, or opens the session.
    pub expires_at: i64,
    /// Until when it reads the mint of its order.
    pub reads_until: i64,
    /// Whether `expires_at` was over, by the database's clock, when it was read.
    pub is_late: bool,
}

#[derive(FromRow)]
struct TokenRow {
    id: String,
    key_id: String,
    kind: String,
    digest: String,
    fingerprint: String,
    expires_at: i64,
    reads_until: i64,
    late: i64,
}

impl TokenRow {
    fn read(self) -> Option<Token> {
        let kind =
            [TokenKind::Order, TokenKind::Session].into_iter().find(|kind| kind.word() == self.kind)?;
        Some(Token {
            id: self.id,
            key: self.key_id,
            kind,
            digest: hex::decode_to_array(&self.digest).ok()?,
            fingerprint: self.fingerprint,
            expires_at: self.expires_at,
            reads_until: self.reads_until,
            is_late: self.late > 0,
        })
    }
}

impl Store {
    /// Stores a token, unless its key has `most` of its kind alive; `false` then.
    pub async fn store_token(&self, token: &Token, most: i64) -> Result<bool, StoreError> {
        self.pool.with(async |connection| self.write_token(connection, token, most).await).await
    }

    async fn write_token(
        &self,
        connection: &mut AnyConnection,
        token: &Token,
        most: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = connection.begin().await?;
        // Those who make tokens of one key wait for each other at its row: the count holds.
        sqlx::query("UPDATE api_keys SET last_used_at = last_used_at WHERE id = $1")
            .bind(&token.key)
            .execute(&mut *tx)
            .await?;
        let (alive,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM tokens WHERE key_id = $1 AND kind = $2 \
             AND expires_at > (SELECT now_ms FROM clock)",
        )
        .bind(&token.key)
        .bind(token.kind.word())
        .fetch_one(&mut *tx)
        .await?;
        if alive >= most {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO tokens (id, key_id, kind, digest, fingerprint, expires_at, reads_until, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT now_ms FROM clock))",
        )
        .bind(&token.id)
        .bind(&token.key)
        .bind(token.kind.word())
        .bind(digest_text(&token.digest))
        .bind(&token.fingerprint)
        .bind(token.expires_at)
        .bind(token.reads_until)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A token that is still good for something.
    pub async fn token(&self, id: &str) -> Result<Option<Token>, StoreError> {
        let row = sqlx::query_as::<_, TokenRow>(
            "SELECT id, key_id, kind, digest, fingerprint, expires_at, reads_until, \
             CASE WHEN expires_at > (SELECT now_ms FROM clock) THEN 0 ELSE 1 END AS late FROM tokens \
             WHERE id = $1 AND reads_until > (SELECT now_ms FROM clock)",
        )
        .bind(id);
        Ok(row.fetch_optional(&self.pool).await?.and_then(TokenRow::read))
    }

    /// Deletes a token.
    pub async fn end_token(&self, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM tokens WHERE id = $1").bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// Deletes tokens that are good for nothing any more.
    pub async fn forget_tokens(&self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM tokens WHERE reads_until <= (SELECT now_ms FROM clock)")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The mint that an account made under an idempotency key.
    pub async fn mint_named(&self, account: &str, key: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT mint_id FROM idempotency_keys WHERE account_id = $1 AND name = $2")
                .bind(account)
                .bind(key)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(id,)| id))
    }
}
