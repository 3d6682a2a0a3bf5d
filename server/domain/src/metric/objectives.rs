//! Which metrics judge a campaign: its objective decides (ROI-1 of requirements.md; reference case
//! K40).

use super::catalogue::Metric;
use crate::campaign::Objective;

/// The metrics that judge campaigns of one objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectiveKpis {
    /// The one that decides: the first of these that is reported.
    pub primary: &'static [Metric],
    /// All that are shown, in the order in which they are read.
    pub metrics: &'static [Metric],
}

impl Objective {
    /// The metrics that judge campaigns with this objective.
    pub const fn kpis(self) -> ObjectiveKpis {
        match self {
            Self::Awareness => ObjectiveKpis {
                primary: &[Metric::Reach, Metric::VideoViews],
                metrics: &[
                    Metric::Impressions,
                    Metric::VideoViews,
                    Metric::Reach,
                    Metric::ViewRate,
                    Metric::Cpm,
                    Metric::Follows,
                    Metric::CostPerFollower,
                ],
            },
            Self::Engagement => ObjectiveKpis {
                primary: &[Metric::EngagementRateByImpressions],
                metrics: &[
                    Metric::Likes,
                    Metric::Comments,
                    Metric::Shares,
                    Metric::Engagements,
                    Metric::EngagementRateByImpressions,
                    Metric::Cpe,
                    Metric::Follows,
                ],
            },
            Self::Sales => ObjectiveKpis {
                primary: &[Metric::Roi],
                metrics: &[
                    Metric::Conversions,
                    Metric::Cvr,
                    Metric::Cpa,
                    Metric::Revenue,
                    Metric::Roas,
                    Metric::GrossRoi,
                    Metric::Roi,
                ],
            },
        }
    }
}
