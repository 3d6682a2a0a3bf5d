//! Personal text beside the chain: the event holds only a salted hash of it.
//!
//! With text and salt erased, the hash tells nothing, and the chain is as whole as before.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::Hash;

/// Randomness that the caller brings with each command.
pub type Salt = [u8; 16];

/// A text that is kept beside its event, until it is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptText {
    /// The event's number in its case.
    pub seq: u64,
    /// The field of the event that holds its hash.
    pub field: String,
    /// The salt, in hexadecimal.
    pub salt: String,
    /// The text.
    pub text: String,
}

impl KeptText {
    /// The text of this field, with a salt of its own drawn from the command's.
    pub(crate) fn new(seq: u64, field: &str, text: &str, salt: &Salt) -> Self {
        let own = [salt.as_slice(), &seq.to_be_bytes(), field.as_bytes()].concat();
        Self {
            seq,
            field: field.to_owned(),
            salt: Hash::of(&own).to_string(),
            text: text.to_owned(),
        }
    }

    /// What the event holds of it.
    pub fn hash(&self) -> Hash {
        let salt = HEXLOWER.decode(self.salt.as_bytes()).unwrap_or_default();
        Hash::of(&[salt.as_slice(), self.text.as_bytes()].concat())
    }
}
