//! The ROI scorer
