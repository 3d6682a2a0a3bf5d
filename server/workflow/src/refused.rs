//! Refusals: what a case doesn't let happen, each with its own code.
//!
//! A refused command leaves the case as it was; the attempt is recorded.

use bellwether_domain::ErrorCode;
use bellwether_domain::closed_words;
use bellwether_domain::error_code::Refusal;

closed_words! {
    /// Why a command is refused.
    pub enum RefusalCode, "a refusal's code" {
        /// The case has moved on since the caller looked at it.
        Conflict => "CONFLICT",
        /// The case has ended; nothing about it changes any more.
        CaseIsFinal => "CASE_IS_FINAL",
        /// The definition has no such action, approval, evidence, timer or effect.
        Unknown => "UNKNOWN",
        /// The step isn't one of the present state.
        OutOfOrder => "OUT_OF_ORDER",
        /// The actor doesn't hold a role that may do it.
        WrongRole => "WRONG_ROLE",
        /// Evidence that it takes isn't there.
        MissingEvidence => "MISSING_EVIDENCE",
        /// Evidence can't be read, or a field of it is wrong.
        InvalidEvidence => "INVALID_EVIDENCE",
        /// An approval that it takes isn't there.
        MissingApproval => "MISSING_APPROVAL",
        /// Somebody would approve what they asked for or wrote themselves.
        SelfApproval => "SELF_APPROVAL",
        /// What was to be approved isn't what is there now.
        ContentChanged => "CONTENT_CHANGED",
        /// Something outside hasn't been confirmed yet.
        EffectPending => "EFFECT_PENDING",
        /// A condition of the definition doesn't hold; `reason` says which.
        GuardNotMet => "GUARD_NOT_MET",
        /// The date lies in a period that the agency has closed.
        ClosedPeriod => "CLOSED_PERIOD",
        /// The date is still to come.
        InTheFuture => "IN_THE_FUTURE",
        /// The timer isn't due yet.
        NotDue => "NOT_DUE",
        /// It has been done already.
        AlreadyDone => "ALREADY_DONE",
        /// The case began with another definition or version.
        OtherDefinition => "OTHER_DEFINITION",
        /// A limit was passed.
        LimitExceeded => "LIMIT_EXCEEDED",
    }
}

impl RefusalCode {
    /// The code of the product's closed table that it falls under.
    pub fn error_code(self) -> ErrorCode {
        match self {
            Self::WrongRole | Self::SelfApproval => ErrorCode::Forbidden,
            Self::Unknown => ErrorCode::NotFound,
            Self::InvalidEvidence | Self::InTheFuture | Self::ClosedPeriod => {
                ErrorCode::InvalidInput
            }
            Self::LimitExceeded => ErrorCode::LimitExceeded,
            Self::Conflict
            | Self::CaseIsFinal
            | Self::OutOfOrder
            | Self::MissingEvidence
            | Self::MissingApproval
            | Self::ContentChanged
            | Self::EffectPending
            | Self::GuardNotMet
            | Self::NotDue
            | Self::AlreadyDone
            | Self::OtherDefinition => ErrorCode::Conflict,
        }
    }
}

/// One thing that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What kind of thing.
    pub code: RefusalCode,
    /// The definition's own word for it, such as `ALTERNATIVE_CHOSEN`, where it has one.
    pub reason: Option<String>,
    /// A sentence for people.
    pub message: String,
    /// The kind of evidence, approval or field that is meant; empty when it is the whole.
    pub field: String,
}

impl Block {
    pub(crate) fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self {
            code,
            reason: None,
            message: message.into(),
            field: String::new(),
        }
    }

    pub(crate) fn of(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }
}

/// A refused input of a calculation or field, as a refusal of the evidence that it came with.
impl From<Refusal> for Block {
    fn from(refusal: Refusal) -> Self {
        let code = if refusal.code == ErrorCode::LimitExceeded {
            RefusalCode::LimitExceeded
        } else {
            RefusalCode::InvalidEvidence
        };
        Self::new(code, refusal.message).of(refusal.path)
    }
}

/// A refused command, with where the case stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", .block.code, .block.message)]
pub struct Refused {
    /// What stands in the way.
    pub block: Block,
    /// The case's present state.
    pub state: String,
    /// The case's present version.
    pub version: u64,
}

impl Refused {
    /// The code of the product's closed table.
    pub fn code(&self) -> ErrorCode {
        self.block.code.error_code()
    }

    /// The sentence for the caller.
    pub fn public_message(&self) -> &str {
        &self.block.message
    }
}
