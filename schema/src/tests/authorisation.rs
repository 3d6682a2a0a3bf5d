//! Tokens: what was remembered of one ends with the token, and changes with its member.

use std::collections::BTreeSet;

use bellwether_catalogue::{NewToken, TokenSecret};
use bellwether_domain::ids::{MemberId, TokenId};
use bellwether_domain::member::{Member, Role};
use bellwether_domain::scope::BrandAccess;
use bellwether_domain::time::{Clock, Timestamp};
use bellwether_domain::{ErrorCode, Scope};

use super::given::World;

impl World {
    /// A viewer's token that ends then, if ever.
    fn token_of_a_viewer(&self, expires_at: Option<Timestamp>) -> (MemberId, String) {
        let catalogue = self.services.catalogue();
        let now = self.clock.now();
        let member = Member {
            id: MemberId::from_parts(now, 1),
            agency: self.scope.agency(),
            name: "Ada".to_owned(),
            role: Role::Viewer,
        };
        catalogue.create_member(&self.scope, &member).unwrap();
        let secret = TokenSecret::from_random([7; 32]);
        let token = NewToken {
            id: TokenId::from_parts(now, 1),
            member: member.id,
            name: "laptop".to_owned(),
            created_at: now,
            expires_at,
            trusted_documents_only: false,
            may_introspect: true,
        };
        catalogue.issue_token(&self.scope, &token, &secret).unwrap();
        (member.id, secret.expose().to_owned())
    }

    /// The scope of a viewer who sees only the first brand.
    pub(super) async fn scope_of_a_limited_viewer(&self) -> Scope {
        let (member, token) = self.token_of_a_viewer(None);
        let catalogue = self.services.catalogue();
        let limited = catalogue.limit_member_to_brands(&self.scope, member, &[self.brand]);
        limited.unwrap();
        self.used(&token).await.unwrap()
    }

    /// The scope of a token that was used before.
    async fn used(&self, token: &str) -> Result<Scope, ErrorCode> {
        let scope = self.services.authorise(token).await;
        scope.map_err(|error| error.refusal().code)
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once() {
    let world = World::new();
    let (_, token) = world.token_of_a_viewer(None);
    world.used(&token).await.unwrap();
    let catalogue = world.services.catalogue();
    let revoked = catalogue.revoke_tokens_named(&world.scope, "laptop", world.clock.now());
    assert_eq!(revoked.unwrap(), 1);
    assert_eq!(world.used(&token).await, Err(ErrorCode::Unauthenticated));
}

#[tokio::test]
async fn a_token_is_refused_from_its_last_moment_on() {
    let world = World::new();
    let end = world.clock.now().as_second() + 10;
    let (_, token) = world.token_of_a_viewer(Timestamp::from_second(end).ok());
    world.used(&token).await.unwrap();
    world.clock.pass(9);
    assert!(world.used(&token).await.is_ok());
    world.clock.pass(1);
    assert_eq!(world.used(&token).await, Err(ErrorCode::Unauthenticated));
}

#[tokio::test]
async fn a_member_who_is_limited_sees_only_its_brands_at_once() {
    let world = World::new();
    let (member, token) = world.token_of_a_viewer(None);
    assert_eq!(
        world.used(&token).await.unwrap().brands(),
        &BrandAccess::All
    );
    let catalogue = world.services.catalogue();
    catalogue
        .limit_member_to_brands(&world.scope, member, &[world.brand])
        .unwrap();
    let only = BrandAccess::Only(BTreeSet::from([world.brand]));
    assert_eq!(world.used(&token).await.unwrap().brands(), &only);
}

#[tokio::test]
async fn a_token_is_known_as_soon_as_it_is_issued() {
    let world = World::new();
    let early = TokenSecret::from_random([7; 32]);
    assert_eq!(
        world.used(early.expose()).await,
        Err(ErrorCode::Unauthenticated)
    );
    let (_, token) = world.token_of_a_viewer(None);
    assert_eq!(token, early.expose());
    assert!(world.used(&token).await.is_ok());
}
