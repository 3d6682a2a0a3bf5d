//! What a day's spend brings: curves that saturate.
//!
//! - saturating (Michaelis-Menten): a s / (k + s); half of `a` is reached at `k`
//! - log: a ln(1 + s / k)
//! - Hill: a s^h / (k^h + s^h); concave for h <= 1, S-shaped above
//!
//! Robyn fits Hill curves, S-shapes included; Meridian fixes h at 1 by default. Here only the first
//! is fitted: day-to-day data of one campaign can't tell an S from a saturating curve.
//! Invariant: every curve is 0 at 0, and rises.

use crate::bounds::Bounds;
use crate::root;

/// What spend brings, seen by an allocation.
pub trait Response {
    /// What this spend brings.
    fn response(&self, spend: f64) -> f64;

    /// What the next unit of spend brings.
    fn marginal(&self, spend: f64) -> f64;

    /// From which spend on the curve is concave: 0 unless it is S-shaped.
    fn concave_from(&self) -> f64 {
        0.0
    }

    /// The spend within bounds at which the marginal falls to `level`, on the concave part.
    fn spend_at(&self, level: f64, bounds: Bounds) -> f64 {
        let start = bounds.lower.max(self.concave_from()).min(bounds.upper);
        // 1 / sqrt(marginal) is a straight line for a saturating curve, and nearly one for a mean
        // of such curves, so that a few secant steps suffice.
        let aim = level.sqrt().recip();
        root::of_rising(start, bounds.upper, |spend| {
            self.marginal(spend).sqrt().recip() - aim
        })
    }
}

/// One campaign's curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// The scale of what it brings.
    pub a: f64,
    /// The spend at which saturation is felt.
    pub k: f64,
    /// Its form.
    pub shape: Shape,
}

/// The form of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// a s / (k + s).
    Saturating,
    /// a ln(1 + s / k).
    Log,
    /// a s^h / (k^h + s^h).
    Hill {
        /// The steepness.
        h: f64,
    },
}

impl Curve {
    /// A saturating curve.
    pub const fn saturating(a: f64, k: f64) -> Self {
        Self {
            a,
            k,
            shape: Shape::Saturating,
        }
    }

    /// Whether its numbers are ones that the formulas hold for.
    pub fn is_valid(&self) -> bool {
        let scale = self.a.is_finite() && self.a >= 0.0;
        let place = self.k.is_finite() && self.k > 0.0;
        let steepness = match self.shape {
            Shape::Hill { h } => h.is_finite() && h > 0.0,
            Shape::Saturating | Shape::Log => true,
        };
        scale && place && steepness
    }

    /// Whether its marginal never rises.
    pub fn is_concave(&self) -> bool {
        !matches!(self.shape, Shape::Hill { h } if h > 1.0)
    }

    /// The share of a small growth of spend that arrives as growth of what it brings.
    pub fn elasticity(&self, spend: f64) -> f64 {
        self.marginal(spend) * spend / self.response(spend)
    }
}

impl Response for Curve {
    fn response(&self, spend: f64) -> f64 {
        let Self { a, k, .. } = *self;
        match self.shape {
            _ if spend <= 0.0 => 0.0,
            Shape::Saturating => a * spend / (k + spend),
            Shape::Log => a * (spend / k).ln_1p(),
            Shape::Hill { h } => a / (1.0 + (k / spend).powf(h)),
        }
    }

    fn marginal(&self, spend: f64) -> f64 {
        let Self { a, k, .. } = *self;
        match self.shape {
            Shape::Saturating => a * k / ((k + spend) * (k + spend)),
            Shape::Log => a / (k + spend),
            Shape::Hill { h } => {
                let power = (spend / k).powf(h);
                a * h * (spend / k).powf(h - 1.0) / (k * (1.0 + power) * (1.0 + power))
            }
        }
    }

    fn concave_from(&self) -> f64 {
        match self.shape {
            Shape::Hill { h } if h > 1.0 => self.k * ((h - 1.0) / (h + 1.0)).powf(h.recip()),
            _ => 0.0,
        }
    }

    fn spend_at(&self, level: f64, bounds: Bounds) -> f64 {
        let Self { a, k, .. } = *self;
        match self.shape {
            Shape::Saturating => bounds.clamp((a * k / level).sqrt() - k),
            Shape::Log => bounds.clamp(a / level - k),
            Shape::Hill { .. } => {
                let start = bounds.lower.max(self.concave_from()).min(bounds.upper);
                let aim = level.sqrt().recip();
                root::of_rising(start, bounds.upper, |spend| {
                    self.marginal(spend).sqrt().recip() - aim
                })
            }
        }
    }
}

/// The mean of equally likely curves of one campaign; concave when each of them is.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanCurve {
    draws: Vec<Curve>,
    share: f64,
}

impl MeanCurve {
    /// Of concave curves; `None` of none, or of an S-shape among them.
    pub fn new(draws: Vec<Curve>) -> Option<Self> {
        let usable = !draws.is_empty() && draws.iter().all(Curve::is_concave);
        let share = crate::count::float(draws.len()).recip();
        usable.then_some(Self { draws, share })
    }

    /// The curves that it is the mean of.
    pub fn draws(&self) -> &[Curve] {
        &self.draws
    }
}

impl Response for MeanCurve {
    fn response(&self, spend: f64) -> f64 {
        let sum: f64 = self.draws.iter().map(|curve| curve.response(spend)).sum();
        sum * self.share
    }

    fn marginal(&self, spend: f64) -> f64 {
        let sum: f64 = self.draws.iter().map(|curve| curve.marginal(spend)).sum();
        sum * self.share
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn curves() -> impl Strategy<Value = Curve> {
        let shape = prop_oneof![
            Just(Shape::Saturating),
            Just(Shape::Log),
            (0.4..3.0_f64).prop_map(|h| Shape::Hill { h })
        ];
        (1.0..1e4_f64, 1.0..1e4_f64, shape).prop_map(|(a, k, shape)| Curve { a, k, shape })
    }

    proptest! {
        #[test]
        fn the_marginal_is_the_slope(curve in curves(), spend in 1.0..1e4_f64) {
            let step = spend * 1e-5;
            let slope = (curve.response(spend + step) - curve.response(spend - step)) / (2.0 * step);
            prop_assert!((slope - curve.marginal(spend)).abs() <= 1e-5 * slope.abs() + 1e-12);
        }

        #[test]
        fn the_spend_at_a_marginal_has_that_marginal(curve in curves(), spend in 1.0..1e4_f64) {
            prop_assume!(spend > curve.concave_from());
            let bounds = Bounds { lower: 0.0, upper: 1e6 };
            let found = curve.spend_at(curve.marginal(spend), bounds);
            prop_assert!((found / spend - 1.0).abs() < 1e-6, "{} is not {}", found, spend);
        }
    }

    #[test]
    fn nothing_spent_brings_nothing() {
        let curve = Curve {
            a: 5.0,
            k: 2.0,
            shape: Shape::Hill { h: 0.5 },
        };
        assert!(curve.response(0.0).abs() < f64::EPSILON);
        assert!(curve.marginal(0.0).is_infinite());
    }

    #[test]
    fn an_s_shape_is_concave_from_its_inflexion_on() {
        let curve = Curve {
            a: 1_000.0,
            k: 400.0,
            shape: Shape::Hill { h: 3.0 },
        };
        let from = curve.concave_from();
        assert!(curve.marginal(from) > curve.marginal(from * 0.9));
        assert!(curve.marginal(from) > curve.marginal(from * 1.1));
        assert_eq!(MeanCurve::new(vec![curve]), None);
    }
}
