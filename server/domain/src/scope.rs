//! Who asks, and what they may see: the one proof that a caller was authorised.
//!
//! Whoever touches tenant data takes `&Scope`.
//! Invariant: a [`Scope`] is built only by the catalogue's authorisation (`tests/tidy.rs` holds
//! every other crate to that), and it names exactly one agency.

use std::collections::BTreeSet;

use crate::error_code::{ErrorCode, Refusal};
use crate::ids::{AgencyId, BrandId, MemberId, TokenId};
use crate::member::Role;

/// The brands of the agency that a member may see.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BrandAccess {
    /// All brands of the agency, also those that come later.
    All,
    /// Just these.
    Only(BTreeSet<BrandId>),
}

impl BrandAccess {
    /// About how many bytes of memory it holds.
    pub fn size_bytes(&self) -> usize {
        let brands = match self {
            Self::All => 0,
            // The nodes of a tree are at least half full.
            Self::Only(brands) => 2 * brands.len() * size_of::<BrandId>(),
        };
        size_of::<Self>() + brands
    }
}

/// What a token says beside whom it speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenGrant {
    /// The token.
    pub token: TokenId,
    /// Whether it runs only documents that the operator has listed.
    pub trusted_documents_only: bool,
    /// Whether it may ask what the schema is, where that is not off for all.
    pub may_introspect: bool,
}

/// One authorised caller: its agency, member, role and brands, and by which token it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    agency: AgencyId,
    member: Option<MemberId>,
    role: Role,
    brands: BrandAccess,
    token: Option<TokenGrant>,
}

impl Scope {
    /// The scope that an authorisation came to. `member` is `None` for the operator at the
    /// command line of the machine that holds the data folder.
    pub fn authorised(
        agency: AgencyId,
        member: Option<MemberId>,
        role: Role,
        brands: BrandAccess,
    ) -> Self {
        Self {
            agency,
            member,
            role,
            brands,
            token: None,
        }
    }

    /// The same caller, who came by this token.
    pub fn by_token(self, grant: TokenGrant) -> Self {
        Self {
            token: Some(grant),
            ..self
        }
    }

    /// The token by which the caller came; `None` for the operator.
    pub fn token(&self) -> Option<TokenGrant> {
        self.token
    }

    /// Whether the caller runs only documents that the operator has listed.
    pub fn is_held_to_trusted_documents(&self) -> bool {
        self.token.is_some_and(|grant| grant.trusted_documents_only)
    }

    /// The same agency with all its brands, for background work that is done once for every member.
    ///
    /// What it finds must be filtered by the asker's own scope before it is shown.
    pub fn whole_agency(&self) -> Self {
        Self {
            brands: BrandAccess::All,
            ..self.clone()
        }
    }

    /// The one agency whose data may be touched.
    pub fn agency(&self) -> AgencyId {
        self.agency
    }

    /// The member who asks; `None` for the operator.
    pub fn member(&self) -> Option<MemberId> {
        self.member
    }

    /// What the member may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The brands that may be touched.
    pub fn brands(&self) -> &BrandAccess {
        &self.brands
    }

    /// Whether this brand of the agency may be touched.
    pub fn sees_brand(&self, brand: BrandId) -> bool {
        match &self.brands {
            BrandAccess::All => true,
            BrandAccess::Only(brands) => brands.contains(&brand),
        }
    }

    /// Refuses a member whose role may not write facts.
    pub fn require_ingest(&self) -> Result<(), Refusal> {
        if self.role.may_ingest() {
            return Ok(());
        }
        Err(Refusal::new(
            ErrorCode::Forbidden,
            format!(
                "role `{}` may not ingest; `OWNER`, `MANAGER` or `ANALYST` may",
                self.role
            ),
        ))
    }
}
