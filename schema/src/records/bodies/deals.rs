//! Parties, and what they have agreed.

use async_graphql::ID;
use bellwether_domain::record as kept;

use super::product::{Money, Period};
use crate::records::mirror::mirrored;
use crate::records::words::{AccountKind, DayCount, PartyRole};
use crate::scalars::{Date, Decimal};

mirrored! {
    /// Somebody a brand deals with.
    PartyBody, "PartyInput" of Party {
        /// Its name as shown, 1 to 256 bytes.
        name: String,
        /// What it is to the brand.
        role: PartyRole,
        /// Whom to reach there.
        #[graphql(default)]
        contacts: Vec<PartyContact>,
        /// The accounts that it holds.
        #[graphql(default)]
        accounts: Vec<PartyAccount>,
        /// What else is to know.
        note: Option<String>,
    }

    /// Somebody to reach.
    PartyContact, "PartyContactInput" of Contact {
        /// The name.
        name: String,
        /// The address for mail.
        email: Option<String>,
        /// The number for calls.
        phone: Option<String>,
    }

    /// An account on a platform.
    PartyAccount, "PartyAccountInput" of Account {
        /// What it gives access to.
        kind: AccountKind,
        /// The platform's own id, or the domain's name.
        external_id: String,
        /// Who owns it.
        owner: String,
        /// Who administers it, each once.
        #[graphql(default)]
        admins: Vec<String>,
    }

    /// What parties have agreed.
    AgreementBody, "AgreementInput" of Agreement {
        /// Its name as shown, 1 to 256 bytes.
        name: String,
        /// The ids of the parties that agreed with the brand, at least one, each once.
        parties: Vec<ID>,
        /// From when to when it holds; agreements of the same parties share no day.
        period: Period,
        /// How it is given notice of.
        notice: Option<AgreementNotice>,
        /// What cancelling costs.
        cancellation_fee: Option<AgreementFee>,
        /// What a breach costs.
        penalty: Option<AgreementFee>,
        /// What is paid in place of keeping the notice period.
        pay_in_lieu: Option<AgreementFee>,
        /// What was paid beforehand.
        #[graphql(default)]
        deposits: Vec<AgreementItem>,
        /// What is to be done by when.
        #[graphql(default)]
        milestones: Vec<AgreementMilestone>,
        /// What is not given back.
        #[graphql(default)]
        non_refundable: Vec<AgreementItem>,
        /// What is paid to others and charged on.
        #[graphql(default)]
        pass_through: Vec<AgreementItem>,
        /// For what cause it may be ended at once.
        termination_for_cause: Option<String>,
        /// Where the document is kept.
        document: Option<String>,
    }

    /// How long before the end notice is given, and how.
    AgreementNotice, "AgreementNoticeInput" of Notice {
        /// How many days before, at most 3660.
        days: u32,
        /// Which days are counted.
        count: DayCount,
        /// In what form, such as `in writing`.
        form: Option<String>,
    }

    /// A fee: either an amount or a percentage of what is outstanding.
    AgreementFee, "AgreementFeeInput" of Fee {
        /// The amount.
        amount: Option<Money>,
        /// The percentage of what is outstanding, from 0 to 100.
        percent: Option<Decimal>,
        /// The clause's words.
        terms: Option<String>,
    }

    /// An amount for something.
    AgreementItem, "AgreementItemInput" of Item {
        /// What for.
        name: String,
        /// How much.
        amount: Money,
    }

    /// Something to be done by a day.
    AgreementMilestone, "AgreementMilestoneInput" of Milestone {
        /// What.
        name: String,
        /// By when.
        due: Date,
        /// What is paid for it.
        amount: Option<Money>,
        /// Whether it is done.
        #[graphql(default)]
        is_done: bool,
    }
}
