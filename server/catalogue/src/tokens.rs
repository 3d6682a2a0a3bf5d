//! Tokens: issuing and revoking. What a token opens is told by [`crate::authorisation`].
//!
//! Invariant: only the SHA-256 of a secret is stored.

use bellwether_domain::Scope;
use bellwether_domain::agency::NAME_BYTES_MAX;
use bellwether_domain::ids::{MemberId, TokenId};
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::Catalogue;
use crate::authorisation::TokenSecret;
use crate::columns::{micros, require_text};
use crate::error::{Error, Result};
use crate::members::member_row;
use crate::schema::{operator_tokens, tokens};

/// A token to be issued to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Its id.
    pub id: TokenId,
    /// The member it speaks for.
    pub member: MemberId,
    /// What it is for, as its owner calls it; several may have one name.
    pub name: String,
    /// When it is issued.
    pub created_at: Timestamp,
    /// From when on it opens nothing; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// Whether it runs only documents that the operator has listed.
    pub trusted_documents_only: bool,
    /// Whether it may ask what the schema is.
    pub may_introspect: bool,
}

impl Catalogue {
    /// Issues a token to a member of the scope's agency.
    pub fn issue_token(&self, scope: &Scope, token: &NewToken, secret: &TokenSecret) -> Result<()> {
        require_text(
            "the token's name",
            &token.name,
            "name_bytes_max",
            NAME_BYTES_MAX,
        )?;
        self.write(|connection| {
            member_row(connection, scope, token.member)?;
            diesel::insert_into(tokens::table)
                .values((
                    tokens::agency_id.eq(scope.agency().to_string()),
                    tokens::id.eq(token.id.to_string()),
                    tokens::member_id.eq(token.member.to_string()),
                    tokens::name.eq(&token.name),
                    tokens::secret_sha256.eq(secret.sha256()),
                    tokens::created_at.eq(micros(token.created_at)),
                    tokens::expires_at.eq(token.expires_at.map(micros)),
                    tokens::trusted_documents_only.eq(i64::from(token.trusted_documents_only)),
                    tokens::may_introspect.eq(i64::from(token.may_introspect)),
                ))
                .execute(connection)
                .map_err(Error::insert("token", token.id))?;
            Ok(())
        })
    }

    /// Revokes the agency's tokens of this name, and returns how many there were.
    pub fn revoke_tokens_named(&self, scope: &Scope, name: &str, now: Timestamp) -> Result<usize> {
        self.write(|connection| {
            diesel::update(
                tokens::table
                    .filter(tokens::agency_id.eq(scope.agency().to_string()))
                    .filter(tokens::name.eq(name))
                    .filter(tokens::revoked_at.is_null()),
            )
            .set(tokens::revoked_at.eq(Some(micros(now))))
            .execute(connection)
            .map_err(Error::database("revoke tokens"))
        })
    }

    /// Issues the instance's operator token of this name, in place of the one it had. For
    /// whoever holds the data folder.
    pub fn issue_operator_token(
        &self,
        name: &str,
        secret: &TokenSecret,
        now: Timestamp,
    ) -> Result<()> {
        require_text("the token's name", name, "name_bytes_max", NAME_BYTES_MAX)?;
        self.write(|connection| {
            diesel::delete(operator_tokens::table.find(name))
                .execute(connection)
                .map_err(Error::database("replace an operator token"))?;
            diesel::insert_into(operator_tokens::table)
                .values((
                    operator_tokens::name.eq(name),
                    operator_tokens::secret_sha256.eq(secret.sha256()),
                    operator_tokens::created_at.eq(micros(now)),
                ))
                .execute(connection)
                .map_err(Error::insert("operator token", name))?;
            Ok(())
        })
    }
}
