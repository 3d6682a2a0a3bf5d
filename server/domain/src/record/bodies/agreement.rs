//! An agreement: what parties have agreed, with its clauses as data that fees can be computed from.

use crate::error_code::Refusal;
use crate::ids::RecordId;
use crate::record::values::{Exact, Money, Period};
use crate::record::words::DayCount;
use crate::record::{Faults, RECORD_NOTICE_DAYS_MAX, RecordKind, Reference};
use crate::time::Date;

body_types! {
    /// What parties have agreed.
    pub struct Agreement {
        /// Its name as shown.
        pub name: String,
        /// Who agreed, beside the brand: at least one party, each once.
        pub parties: Vec<RecordId>,
        /// From when to when it holds.
        pub period: Period,
        /// How it is given notice of.
        pub notice: Option<Notice>,
        /// What cancelling costs.
        pub cancellation_fee: Option<Fee>,
        /// What a breach costs.
        pub penalty: Option<Fee>,
        /// What is paid in place of keeping the notice period.
        pub pay_in_lieu: Option<Fee>,
        /// What was paid beforehand.
        #[serde(default)]
        pub deposits: Vec<Item>,
        /// What is to be done by when.
        #[serde(default)]
        pub milestones: Vec<Milestone>,
        /// What is not given back.
        #[serde(default)]
        pub non_refundable: Vec<Item>,
        /// What is paid to others and charged on.
        #[serde(default)]
        pub pass_through: Vec<Item>,
        /// For what cause it may be ended at once.
        pub termination_for_cause: Option<String>,
        /// Where the document is kept.
        pub document: Option<String>,
    }

    /// How long before the end notice is given, and how.
    pub struct Notice {
        /// How many days before, at most 3,660.
        pub days: u32,
        /// Which days are counted.
        pub count: DayCount,
        /// In what form, such as `in writing`.
        pub form: Option<String>,
    }

    /// A fee: an amount or a percentage of what is outstanding, one of the two.
    pub struct Fee {
        /// The amount.
        pub amount: Option<Money>,
        /// The percentage of what is outstanding, from 0 to 100.
        pub percent: Option<Exact>,
        /// The clause's words.
        pub terms: Option<String>,
    }

    /// An amount for something.
    pub struct Item {
        /// What for.
        pub name: String,
        /// How much.
        pub amount: Money,
    }

    /// Something to be done by a day.
    pub struct Milestone {
        /// What.
        pub name: String,
        /// By when.
        pub due: Date,
        /// What is paid for it.
        pub amount: Option<Money>,
        /// Whether it is done.
        #[serde(default)]
        pub is_done: bool,
    }
}

impl Agreement {
    pub(in crate::record) fn check(&self, faults: &mut Faults) {
        faults.name("name", &self.name);
        if self.parties.is_empty() {
            faults.add(
                "parties",
                Refusal::invalid("an agreement needs at least one party"),
            );
        }
        faults.each("parties", &self.parties, |_, _| {});
        faults.distinct("parties", &self.parties);
        faults.period("period", &self.period);
        if let Some(notice) = &self.notice {
            faults.within("notice", |faults| notice.check(faults));
        }
        let fees = [
            ("cancellationFee", &self.cancellation_fee),
            ("penalty", &self.penalty),
            ("payInLieu", &self.pay_in_lieu),
        ];
        for (field, fee) in fees {
            if let Some(fee) = fee {
                faults.within(field, |faults| fee.check(faults));
            }
        }
        let items = [
            ("deposits", &self.deposits),
            ("nonRefundable", &self.non_refundable),
            ("passThrough", &self.pass_through),
        ];
        for (field, items) in items {
            faults.each(field, items, |faults, item| {
                faults.name("name", &item.name);
                faults.money("amount", &item.amount);
            });
        }
        faults.each("milestones", &self.milestones, |faults, milestone| {
            faults.name("name", &milestone.name);
            faults.money_if_any("amount", milestone.amount.as_ref());
        });
        faults.text_if_any("terminationForCause", self.termination_for_cause.as_deref());
        faults.text_if_any("document", self.document.as_deref());
    }

    pub(in crate::record) fn references(&self) -> Vec<Reference> {
        let parties = self.parties.iter().enumerate();
        parties
            .map(|(index, id)| Reference::new(format!("parties.{index}"), RecordKind::Party, *id))
            .collect()
    }

    /// Whether both bind the same parties on some day.
    pub(in crate::record) fn overlaps(&self, other: &Self) -> bool {
        let parties = |agreement: &Self| {
            let mut parties = agreement.parties.clone();
            parties.sort();
            parties
        };
        parties(self) == parties(other) && self.period.overlaps(&other.period)
    }
}

impl Notice {
    fn check(&self, faults: &mut Faults) {
        if self.days > RECORD_NOTICE_DAYS_MAX {
            let what = format!("a notice of {} days", self.days);
            let refusal = Refusal::limit("record_notice_days_max", RECORD_NOTICE_DAYS_MAX, what);
            faults.add("days", refusal);
        }
        faults.name_if_any("form", self.form.as_deref());
    }
}

impl Fee {
    fn check(&self, faults: &mut Faults) {
        match (&self.amount, self.percent) {
            (Some(amount), None) => faults.money("amount", amount),
            (None, Some(percent)) => faults.percentage("percent", percent),
            _ => {
                let message = "give either an amount or a percentage";
                faults.add("amount", Refusal::invalid(message));
            }
        }
        faults.text_if_any("terms", self.terms.as_deref());
    }
}
