//! From a bearer token to a scope, without asking the catalogue twice.
//!
//! Invariant: a remembered scope is used only while nothing was written since it was read and
//! before its token expires, so that a revocation or a change of access holds at once. A secret
//! is remembered as its SHA-256 only.

use std::sync::Arc;

use bellwether_catalogue::{Authorisation, TokenSecret};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};
use moka::future::Cache;
use sha2::{Digest, Sha256};

use crate::background::blocking;
use crate::error::Result;
use crate::services::Services;

/// How many tokens' scopes are remembered, some hundred bytes each.
const AUTHORISATIONS_HELD_MAX: u64 = 10_000;

type SecretSha256 = [u8; 32];

/// Scopes by their tokens.
#[derive(Debug)]
pub(crate) struct AuthorisationCache {
    held: Cache<SecretSha256, Arc<Remembered>>,
}

#[derive(Debug)]
struct Remembered {
    authorisation: Authorisation,
    /// The catalogue's generation before it was read.
    generation: u64,
}

impl AuthorisationCache {
    pub(crate) fn new() -> Self {
        Self {
            held: Cache::new(AUTHORISATIONS_HELD_MAX),
        }
    }

    async fn find(&self, secret: &SecretSha256, generation: u64, now: Timestamp) -> Option<Scope> {
        let known = self.held.get(secret).await?;
        let expires_at = known.authorisation.expires_at;
        let stands = known.generation == generation && expires_at.is_none_or(|end| now < end);
        stands.then(|| known.authorisation.scope.clone())
    }
}

impl Services {
    /// The scope of a bearer token; unknown, expired and revoked tokens are all one to the caller.
    pub async fn authorise(&self, token: &str) -> Result<Scope> {
        let parts = &self.parts;
        let now = parts.clock.now();
        let sha256: SecretSha256 = Sha256::digest(token.as_bytes()).into();
        // Before the catalogue is read: see `Catalogue::generation`.
        let generation = parts.catalogue.generation();
        if let Some(generation) = generation
            && let Some(scope) = parts.authorisations.find(&sha256, generation, now).await
        {
            return Ok(scope);
        }
        let authorisation = self.read_authorisation(token, now).await?;
        let scope = authorisation.scope.clone();
        if let Some(generation) = generation {
            let remembered = Arc::new(Remembered {
                authorisation,
                generation,
            });
            parts.authorisations.held.insert(sha256, remembered).await;
        }
        Ok(scope)
    }

    /// Whether a token is the operator's, who sees the instance and no agency's data.
    pub async fn is_operator(&self, secret: TokenSecret) -> Result<bool> {
        let parts = Arc::clone(&self.parts);
        blocking("authorise the operator", move || {
            Ok(parts.catalogue.is_operator(&secret, parts.clock.now())?)
        })
        .await
    }

    async fn read_authorisation(&self, token: &str, now: Timestamp) -> Result<Authorisation> {
        let unauthenticated = || {
            Refusal::new(
                ErrorCode::Unauthenticated,
                "the bearer token is unknown, expired or revoked; send `Authorization: Bearer bw_…`",
            )
        };
        let secret = TokenSecret::parse(token).map_err(|_| unauthenticated())?;
        let parts = Arc::clone(&self.parts);
        let found = blocking("authorise a token", move || {
            Ok(parts.catalogue.authorise(&secret, now)?)
        })
        .await?;
        found.ok_or_else(|| unauthenticated().into())
    }
}
