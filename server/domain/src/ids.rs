//! Typed ids: a prefix that says what the thing is, then a ULID, such as `brd_01JD5T…`.
//!
//! Ids sort by the time they were made.
//! Invariant: an id is made from a moment and randomness that the caller brings; this module
//! reads neither clock nor random source.

use std::fmt;
use std::str::FromStr;

use ulid::Ulid;

use crate::error_code::Refusal;
use crate::time::Timestamp;

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal, $noun:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(Ulid);

            impl $name {
                /// What stands before the underscore.
                pub const PREFIX: &'static str = $prefix;

                /// The id of a thing made at `at`, made unlike others by `random`.
                pub fn from_parts(at: Timestamp, random: u128) -> Self {
                    Self(ulid_from_parts(at, random))
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, concat!($prefix, "_{}"), self.0)
                }
            }

            impl FromStr for $name {
                type Err = Refusal;

                fn from_str(text: &str) -> Result<Self, Refusal> {
                    text.strip_prefix(concat!($prefix, "_"))
                        .and_then(|rest| Ulid::from_string(rest).ok())
                        .map(Self)
                        .ok_or_else(|| {
                            Refusal::invalid(format!(
                                "`{text}` is not the id of {}; one looks like `{}_01ARZ3NDEKTSV4RRFFQ69G5FAV`",
                                $noun, $prefix,
                            ))
                        })
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                }
            }
        )*
    };
}

typed_ids! {
    /// An agency: the tenant.
    AgencyId, "agy", "an agency";
    /// A member of an agency: a person or a program with a role.
    MemberId, "mem", "a member";
    /// A token issued to a member.
    TokenId, "tok", "a token";
    /// A brand that an agency works for.
    BrandId, "brd", "a brand";
    /// A campaign of a brand on one platform.
    CampaignId, "cmp", "a campaign";
    /// A record, such as a product or an agreement.
    RecordId, "rec", "a record";
    /// An ingest batch.
    BatchId, "bat", "a batch";
    /// An immutable file of facts.
    SegmentId, "seg", "a segment";
    /// A lease on files that are being staged.
    StagingId, "stg", "a staging lease";
    /// One run of a plugin over one agency's entities.
    RunId, "run", "a plugin run";
    /// A lease on a snapshot that must stay readable.
    PinId, "pin", "a snapshot pin";
    /// A case: one run of a workflow.
    CaseId, "cse", "a case";
    /// An export as a file.
    ExportId, "exp", "an export";
    /// A data folder: where the facts that a catalogue lists lie.
    StoreId, "sto", "a data folder";
}

fn ulid_from_parts(at: Timestamp, random: u128) -> Ulid {
    let since_epoch_ms = u64::try_from(at.as_millisecond()).unwrap_or(0);
    Ulid::from_parts(since_epoch_ms, random)
}

/// Where fresh ids come from: the server's random source, or a counter in tests.
pub trait IdSource: Send + Sync + fmt::Debug {
    /// 128 bits that no earlier call returned.
    fn random(&self) -> u128;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_written_and_refuses_another_nouns_prefix() {
        let brand = BrandId::from_parts(Timestamp::UNIX_EPOCH, 7);
        let text = brand.to_string();
        assert_eq!(text.parse::<BrandId>(), Ok(brand));
        assert!(
            text.parse::<CampaignId>()
                .unwrap_err()
                .message
                .contains("cmp_")
        );
    }
}
