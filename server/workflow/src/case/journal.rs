//! What is recorded beside the steps: comments, communications and transactions.
//!
//! None of it changes the case, so nobody's expected version is passed by it.

use bellwether_domain::money::{Currency, Decimal, micros_of};
use bellwether_domain::time::Date;
use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::{Actor, EventBody, fields};
use crate::chain::KeptText;
use crate::refused::{Block, RefusalCode};

/// Somebody was told or told something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Communication {
    /// With whom, such as the influencer or the platform's support; a reference, no name.
    pub party: String,
    /// How: a letter, a call, a ticket.
    pub channel: String,
    /// On which day.
    pub date: Date,
    /// What shows it.
    pub receipt: String,
}

/// Money moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    /// What for.
    pub what: String,
    /// How much; negative when it was given back.
    pub amount: Decimal,
    /// In which currency, by its ISO 4217 code.
    pub currency: String,
    /// On which day.
    pub date: Date,
    /// The number of the invoice or transfer.
    pub reference: String,
}

impl Draft<'_> {
    /// Refuses whoever has no role in the workflow.
    pub(super) fn takes_part(&self, actor: &Actor) -> Result<(), Block> {
        let roles = self.definition.roles.iter().map(|role| role.name.as_str());
        let roles: Vec<&str> = roles.collect();
        if *actor == Actor::System || actor.holds(&roles) {
            return Ok(());
        }
        let message = format!("only those who take part may: {}", roles.join(", "));
        Err(Block::new(RefusalCode::WrongRole, message))
    }

    /// Records what somebody says.
    pub(super) fn comment(&mut self, text: &str, actor: &Actor) -> Result<(), Block> {
        self.takes_part(actor)?;
        fields::within_text("comment", text)?;
        if text.trim().is_empty() {
            let message = "an empty comment says nothing; write something";
            return Err(Block::new(RefusalCode::InvalidEvidence, message).of("comment"));
        }
        let kept = KeptText::new(self.case.n_events + 1, "comment", text, &self.salt);
        self.record(EventBody::Commented { text: kept.hash() });
        self.texts.push(kept);
        Ok(())
    }

    /// Records that somebody was told.
    pub(super) fn communicated(
        &mut self,
        told: &Communication,
        actor: &Actor,
    ) -> Result<(), Block> {
        self.takes_part(actor)?;
        for (name, text) in [
            ("party", &told.party),
            ("channel", &told.channel),
            ("receipt", &told.receipt),
        ] {
            filled(name, text)?;
        }
        self.not_to_come(told.date)?;
        self.record(EventBody::Communicated(told.clone()));
        Ok(())
    }

    /// Records that money moved.
    pub(super) fn transacted(&mut self, paid: &Transaction, actor: &Actor) -> Result<(), Block> {
        self.takes_part(actor)?;
        filled("what", &paid.what)?;
        filled("reference", &paid.reference)?;
        Currency::parse(&paid.currency).map_err(|refusal| Block::from(refusal.at("currency")))?;
        if micros_of(paid.amount).is_err() {
            let message = "`amount` has more than six decimal places, or is too large";
            return Err(Block::new(RefusalCode::InvalidEvidence, message).of("amount"));
        }
        self.not_to_come(paid.date)?;
        self.record(EventBody::Transacted(paid.clone()));
        Ok(())
    }

    /// What is recorded as done has been done, and not in a period that is closed.
    fn not_to_come(&self, day: Date) -> Result<(), Block> {
        if day > self.circumstances.zone.today(self.circumstances.now) {
            let message = format!("{day} is still to come; record it when it is done");
            return Err(Block::new(RefusalCode::InTheFuture, message).of("date"));
        }
        self.not_closed(day, "date")
    }
}

fn filled(name: &str, text: &str) -> Result<(), Block> {
    fields::within_field(name, text)?;
    if text.trim().is_empty() {
        let message = format!("`{name}` is empty; fill it in");
        return Err(Block::new(RefusalCode::InvalidEvidence, message).of(name));
    }
    Ok(())
}
