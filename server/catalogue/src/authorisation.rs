//! Authorisation: from a token's secret, or from the data folder's holder, to a [`Scope`].
//!
//! Invariant: this is the only place that makes a scope. A secret is neither printed nor stored;
//! the database knows its SHA-256, which is enough because secrets are 256 random bits.

use std::fmt;

use bellwether_domain::agency::Slug;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::member::Role;
use bellwether_domain::scope::{BrandAccess, TokenGrant};
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::Catalogue;
use crate::columns::{RowName, micros};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::members::brand_access;
use crate::schema::{agencies, members, operator_tokens, tokens};

/// What every secret's text begins with, so that scanners for leaked secrets can know it.
pub const TOKEN_SECRET_PREFIX: &str = "bw_";

/// The secret half of a token, as its bearer sends it.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret(String);

impl TokenSecret {
    /// The secret of these random bytes.
    pub fn from_random(random: [u8; 32]) -> Self {
        let encoded = BASE32_NOPAD.encode(&random).to_ascii_lowercase();
        Self(format!("{TOKEN_SECRET_PREFIX}{encoded}"))
    }

    /// Reads what a client sent; the refusal never repeats it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let decoded = text
            .strip_prefix(TOKEN_SECRET_PREFIX)
            .filter(|rest| !rest.bytes().any(|byte| byte.is_ascii_uppercase()))
            .and_then(|rest| {
                BASE32_NOPAD
                    .decode(rest.to_ascii_uppercase().as_bytes())
                    .ok()
            })
            .filter(|bytes| bytes.len() == 32);
        if decoded.is_none() {
            return Err(Refusal::new(
                ErrorCode::Unauthenticated,
                "the bearer token is not one of this service; one begins with `bw_`",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text that the bearer sends. Print it once, when the token is issued.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn sha256(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.0.as_bytes()))
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret(***)")
    }
}

/// What a token opens, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorisation {
    /// What its bearer may touch.
    pub scope: Scope,
    /// From when on it opens nothing; `None` for never. It may be revoked before.
    pub expires_at: Option<Timestamp>,
}

impl Catalogue {
    /// What the bearer of this secret may touch; `None` when the token is unknown, expired or
    /// revoked.
    pub fn authorise(&self, secret: &TokenSecret, now: Timestamp) -> Result<Option<Authorisation>> {
        self.read_at_once(|connection| {
            let Some(token) = live_token(connection, secret, now)? else {
                return Ok(None);
            };
            let (agency_id, member_id, role, expires_at, grant) = token;
            let name = RowName {
                table: "members",
                row: &member_id,
            };
            let role: Role = name.parse(&role)?;
            let brands = brand_access(connection, &agency_id, &member_id, role)?;
            let scope = Scope::authorised(
                name.parse(&agency_id)?,
                Some(name.parse(&member_id)?),
                role,
                brands,
            );
            let (token, trusted_documents_only, may_introspect) = grant;
            let scope = scope.by_token(TokenGrant {
                token: name.parse(&token)?,
                trusted_documents_only: trusted_documents_only != 0,
                may_introspect: may_introspect != 0,
            });
            let expires_at = expires_at.map(|at| name.moment(at)).transpose()?;
            Ok(Some(Authorisation { scope, expires_at }))
        })
    }

    /// The scope of the operator at the command line for one agency: everything. For whoever
    /// holds the data folder, or has shown an operator token.
    pub fn operator_scope(&self, agency: &Slug) -> Result<Scope> {
        let id = self.read(|connection| {
            agencies::table
                .filter(agencies::slug.eq(agency.as_str()))
                .select(agencies::id)
                .first::<String>(connection)
                .optional()
                .map_err(Error::database("find an agency"))
        })?;
        let id = id.ok_or_else(|| Error::not_found("agency", agency))?;
        whole_agency(&id)
    }

    /// One scope for each agency of the instance, with all its brands, by slug: for the jobs of the
    /// instance's owner, such as compaction, verification and backup. What they find is never shown
    /// to a member.
    pub fn maintenance_scopes(&self) -> Result<Vec<Scope>> {
        let ids = self.read(|connection| {
            agencies::table
                .order(agencies::slug)
                .select(agencies::id)
                .load::<String>(connection)
                .map_err(Error::database("list agencies"))
        })?;
        ids.iter().map(|id| whole_agency(id)).collect()
    }

    /// Whether this is the secret of an operator token. Operator tokens don't expire, so `_now`
    /// is there for the day they do.
    pub fn is_operator(&self, secret: &TokenSecret, _now: Timestamp) -> Result<bool> {
        let n_found = self.read(|connection| {
            operator_tokens::table
                .filter(operator_tokens::secret_sha256.eq(secret.sha256()))
                .count()
                .get_result::<i64>(connection)
                .map_err(Error::database("find an operator token"))
        })?;
        Ok(n_found > 0)
    }
}

/// Everything of one agency, for no member of it.
fn whole_agency(id: &str) -> Result<Scope> {
    let name = RowName {
        table: "agencies",
        row: id,
    };
    Ok(Scope::authorised(
        name.parse(id)?,
        None,
        Role::Owner,
        BrandAccess::All,
    ))
}

type LiveToken = (String, String, String, Option<i64>, (String, i64, i64));

/// Agency, member, role and end of the token, its id and what it grants, if it opens anything at `now`.
fn live_token(
    connection: &mut AnyConnection,
    secret: &TokenSecret,
    now: Timestamp,
) -> Result<Option<LiveToken>> {
    let same_member = members::agency_id
        .eq(tokens::agency_id)
        .and(members::id.eq(tokens::member_id));
    tokens::table
        .inner_join(members::table.on(same_member))
        .filter(tokens::secret_sha256.eq(secret.sha256()))
        .filter(tokens::revoked_at.is_null())
        .filter(
            tokens::expires_at
                .is_null()
                .or(tokens::expires_at.assume_not_null().gt(micros(now))),
        )
        .select((
            tokens::agency_id,
            tokens::member_id,
            members::role,
            tokens::expires_at,
            (
                tokens::id,
                tokens::trusted_documents_only,
                tokens::may_introspect,
            ),
        ))
        .first(connection)
        .optional()
        .map_err(Error::database("find a token"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_reads_back_and_is_never_printed() {
        let secret = TokenSecret::from_random([7; 32]);
        assert_eq!(TokenSecret::parse(secret.expose()), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "TokenSecret(***)");
    }

    #[test]
    fn what_is_not_a_secret_is_refused_without_being_repeated() {
        let capitals = TokenSecret::from_random([7; 32]).expose().to_uppercase();
        for text in ["", "bw_", "bw_aaaa", "hunter2", &capitals] {
            let refusal = TokenSecret::parse(text).unwrap_err();
            assert_eq!(refusal.code, ErrorCode::Unauthenticated);
            assert!(text.len() < 4 || !refusal.message.contains(text));
        }
    }
}
