//! The sums over days that a fit needs: with them the best scale and the misfit of any curvature
//! are closed forms.
//!
//! Invariant: four running sums side by side, in a fixed order, so that the same days give the same
//! bits and the compiler can use vector instructions.

/// Sums over days for one curvature k, with f = x / (k + x) of a day's spend x and value y.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Sums {
    /// Sum of y f.
    pub(crate) value_form: f64,
    /// Sum of f f.
    pub(crate) form_form: f64,
    /// Sum of y y.
    pub(crate) value_value: f64,
}

/// Days side by side.
const LANES: usize = 4;

impl Sums {
    /// Over days; `value_value` doesn't depend on k and is handed in.
    pub(crate) fn at(k: f64, spends: &[f64], values: &[f64], value_value: f64) -> Self {
        let mut value_form = [0.0; LANES];
        let mut form_form = [0.0; LANES];
        let (spends, spends_rest) = spends.as_chunks::<LANES>();
        let (values, values_rest) = values.as_chunks::<LANES>();
        for (spends, values) in spends.iter().zip(values) {
            for lane in 0..LANES {
                let form = spends[lane] / (k + spends[lane]);
                value_form[lane] += values[lane] * form;
                form_form[lane] += form * form;
            }
        }
        for (spend, value) in spends_rest.iter().zip(values_rest) {
            let form = spend / (k + spend);
            value_form[0] += value * form;
            form_form[0] += form * form;
        }
        Self {
            value_form: value_form.iter().sum(),
            form_form: form_form.iter().sum(),
            value_value,
        }
    }
}

/// What is believed of a campaign before its days are seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Prior {
    /// The spend at which the prior is anchored: the median of the days.
    pub(crate) spend: f64,
    /// The value there: spend times what all campaigns return on theirs.
    pub(crate) value: f64,
    /// How many days it weighs.
    pub(crate) pseudo_days: f64,
    /// The curvature that is likeliest.
    pub(crate) k0: f64,
    /// How far ln k may be from ln k0, as a standard deviation.
    pub(crate) tau: f64,
    /// The variance of a day's value around its curve.
    pub(crate) sigma2: f64,
}

impl Prior {
    /// The best scale for a curvature.
    pub(crate) fn scale(&self, k: f64, sums: &Sums) -> f64 {
        let form = self.spend / (k + self.spend);
        let above = sums.value_form + self.pseudo_days * self.value * form;
        let below = sums.form_form + self.pseudo_days * form * form;
        (above / below).max(0.0)
    }

    /// The misfit of days and prior level, and of the curvature, in units of variance.
    pub(crate) fn objective(&self, k: f64, sums: &Sums) -> f64 {
        let distance = (k / self.k0).ln() / self.tau;
        self.misfit(k, sums) + distance * distance
    }

    /// The misfit without the prior of the curvature.
    pub(crate) fn misfit(&self, k: f64, sums: &Sums) -> f64 {
        let a = self.scale(k, sums);
        let level = self.value - a * self.spend / (k + self.spend);
        let days = sums.value_value - 2.0 * a * sums.value_form + a * a * sums.form_form;
        (days + self.pseudo_days * level * level) / self.sigma2
    }
}
