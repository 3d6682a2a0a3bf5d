//! A body of any kind, and what all kinds have in common.

use serde::Deserialize;
use serde_json::Value;

use super::bodies::{
    Agreement, Audience, BrandProfile, CampaignPlan, Content, Experiment, FeedbackItem,
    MarketingPlan, Party, Product, Source,
};
use super::limits::{RECORD_BODY_BYTES_MAX, RECORD_NAME_BYTES_MAX};
use super::{Faults, RecordKind};
use crate::error_code::Refusal;
use crate::ids::RecordId;
use crate::time::{Date, utc_date};

/// A record that a body names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where in the body.
    pub place: String,
    /// Of what kind it has to be.
    pub kind: RecordKind,
    /// Which record.
    pub id: RecordId,
}

impl Reference {
    pub(super) fn new(place: impl Into<String>, kind: RecordKind, id: RecordId) -> Self {
        let place = place.into();
        Self { place, kind, id }
    }
}

macro_rules! bodies {
    ($($kind:ident),* $(,)?) => {
        /// What a record says, by its kind.
        #[expect(
            clippy::large_enum_variant,
            reason = "bodies are read a page at a time, and a box would stand in the way of patterns"
        )]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Body {
            $(#[doc = concat!("Of kind `", stringify!($kind), "`.")] $kind($kind),)*
        }

        impl Body {
            /// The kind of the record.
            pub fn kind(&self) -> RecordKind {
                match self {
                    $(Self::$kind(_) => RecordKind::$kind,)*
                }
            }

            /// The body of this JSON, or what is wrong with its form; its values are not checked.
            pub fn read(kind: RecordKind, json: &Value) -> Result<Self, Refusal> {
                let read = match kind {
                    $(RecordKind::$kind => $kind::deserialize(json).map(Self::$kind),)*
                };
                read.map_err(|error| Refusal::invalid(error.to_string()))
            }

            /// The body as JSON.
            pub fn to_json(&self) -> Value {
                let json = match self {
                    $(Self::$kind(body) => serde_json::to_value(body),)*
                };
                json.expect("bodies have texts as keys and no number that JSON lacks")
            }

            fn look(&self, faults: &mut Faults) {
                match self {
                    $(Self::$kind(body) => body.check(faults),)*
                }
            }
        }

        $(
            impl From<$kind> for Body {
                fn from(body: $kind) -> Self {
                    Self::$kind(body)
                }
            }

            impl TryFrom<Body> for $kind {
                type Error = Body;

                /// The typed body, or the body of another kind as it was.
                fn try_from(body: Body) -> Result<Self, Body> {
                    match body {
                        Body::$kind(body) => Ok(body),
                        other => Err(other),
                    }
                }
            }
        )*
    };
}

bodies! {
    Product, Content, Audience, Party, Agreement, MarketingPlan, FeedbackItem, Experiment, Source,
    CampaignPlan, BrandProfile,
}

impl Body {
    /// The body of this text, as [`to_text`](Self::to_text) writes it.
    pub fn parse(kind: RecordKind, text: &str) -> Result<Self, Refusal> {
        let json = serde_json::from_str(text);
        let json = json.map_err(|error| Refusal::invalid(format!("not JSON: {error}")))?;
        Self::read(kind, &json)
    }

    /// The body as JSON text.
    pub fn to_text(&self) -> String {
        self.to_json().to_string()
    }

    /// Everything that the body has against it by itself.
    pub fn check(&self) -> Result<(), Vec<Refusal>> {
        let mut faults = Faults::default();
        self.look(&mut faults);
        faults.into_result()?;
        let n_bytes = self.to_text().len();
        if n_bytes > RECORD_BODY_BYTES_MAX {
            let what = format!("a record of {n_bytes} bytes");
            let limit = "record_body_bytes_max";
            return Err(vec![Refusal::limit(limit, RECORD_BODY_BYTES_MAX, what)]);
        }
        Ok(())
    }

    /// What lists show and sort by; at most [`RECORD_NAME_BYTES_MAX`] bytes.
    pub fn name(&self) -> String {
        let name = match self {
            Self::Product(body) => &body.name,
            Self::Content(body) => &body.name,
            Self::Audience(body) => &body.name,
            Self::Party(body) => &body.name,
            Self::Agreement(body) => &body.name,
            Self::MarketingPlan(body) => &body.name,
            Self::Experiment(body) => &body.name,
            Self::Source(body) => &body.name,
            Self::FeedbackItem(body) => match &body.text {
                Some(text) => text.lines().next().unwrap_or_default(),
                None => body.kind.as_str(),
            },
            Self::CampaignPlan(body) => body.objective.as_str(),
            Self::BrandProfile(_) => "brand profile",
        };
        name[..name.floor_char_boundary(RECORD_NAME_BYTES_MAX)].to_owned()
    }

    /// The first day that it speaks of, and the first one after.
    pub fn days(&self) -> (Option<Date>, Option<Date>) {
        let period = match self {
            Self::Content(body) => body.runs.as_ref(),
            Self::Agreement(body) => Some(&body.period),
            Self::MarketingPlan(body) => Some(&body.period),
            Self::Experiment(body) => Some(&body.period),
            Self::FeedbackItem(body) => {
                let day = utc_date(body.said_at);
                return (Some(day), day.tomorrow().ok());
            }
            Self::Product(_)
            | Self::Audience(_)
            | Self::Party(_)
            | Self::Source(_)
            | Self::CampaignPlan(_)
            | Self::BrandProfile(_) => None,
        };
        (period.map(|it| it.from), period.and_then(|it| it.until))
    }

    /// The records that it names.
    pub fn references(&self) -> Vec<Reference> {
        match self {
            Self::Content(body) => body.references(),
            Self::Agreement(body) => body.references(),
            Self::FeedbackItem(body) => body.references(),
            Self::Experiment(body) => body.references(),
            Self::CampaignPlan(body) => body.references(),
            Self::Product(_)
            | Self::Audience(_)
            | Self::Party(_)
            | Self::MarketingPlan(_)
            | Self::Source(_)
            | Self::BrandProfile(_) => Vec::new(),
        }
    }
}
