//! Who speaks on a connection, and whether its token still opens what it opened.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_service::Services;

/// The bearer of a token, as it was when the connection began.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    services: Services,
    token: String,
    pub(super) scope: Scope,
}

impl Caller {
    /// The bearer of this token.
    pub(super) async fn known_by(services: &Services, token: String) -> Result<Self, Refusal> {
        let scope = services.authorise(&token).await;
        let scope = scope.map_err(|error| error.refusal())?;
        Ok(Self::new(services, token, scope))
    }

    pub(super) fn new(services: &Services, token: String, scope: Scope) -> Self {
        Self {
            services: services.clone(),
            token,
            scope,
        }
    }

    /// Refuses once the token is revoked or expired, or its bearer sees or may do something else
    /// than when the connection began.
    pub(super) async fn still_stands(&self) -> Result<(), Refusal> {
        let scope = self.services.authorise(&self.token).await;
        let scope = scope.map_err(|error| error.refusal())?;
        if scope == self.scope {
            return Ok(());
        }
        let message = "what the token may see or do has changed; connect again";
        Err(Refusal::new(ErrorCode::Forbidden, message))
    }

    /// The same between events, when there is nothing to send: a catalogue that is away for a
    /// moment ends no connection.
    pub(super) async fn has_fallen(&self) -> Option<Refusal> {
        let refusal = self.still_stands().await.err()?;
        is_about_token(&refusal).then_some(refusal)
    }
}

/// Whether a refusal says that the token doesn't open what it is for; any other may be gone in a
/// moment.
pub(super) fn is_about_token(refusal: &Refusal) -> bool {
    matches!(
        refusal.code,
        ErrorCode::Unauthenticated | ErrorCode::Forbidden
    )
}
