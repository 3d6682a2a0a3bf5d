//! A party: somebody a brand deals with, and the accounts that it holds.

use crate::error_code::Refusal;
use crate::record::Faults;
use crate::record::words::{AccountKind, PartyRole};

body_types! {
    /// Somebody a brand deals with.
    pub struct Party {
        /// Its name as shown.
        pub name: String,
        /// What it is to the brand.
        pub role: PartyRole,
        /// Whom to reach there.
        #[serde(default)]
        pub contacts: Vec<Contact>,
        /// The accounts that it holds.
        #[serde(default)]
        pub accounts: Vec<Account>,
        /// What else is to know.
        pub note: Option<String>,
    }

    /// Somebody to reach.
    pub struct Contact {
        /// The name.
        pub name: String,
        /// The address for mail.
        pub email: Option<String>,
        /// The number for calls.
        pub phone: Option<String>,
    }

    /// An account on a platform.
    pub struct Account {
        /// What it gives access to.
        pub kind: AccountKind,
        /// The platform's own id, or the domain's name.
        pub external_id: String,
        /// Who owns it.
        pub owner: String,
        /// Who administers it, each once.
        #[serde(default)]
        pub admins: Vec<String>,
    }
}

impl Party {
    pub(in crate::record) fn check(&self, faults: &mut Faults) {
        faults.name("name", &self.name);
        faults.each("contacts", &self.contacts, |faults, contact| {
            faults.name("name", &contact.name);
            faults.name_if_any("email", contact.email.as_deref());
            let is_address = |email: &str| {
                email
                    .split_once('@')
                    .is_some_and(|(name, place)| !name.is_empty() && !place.is_empty())
            };
            if let Some(email) = contact.email.as_deref().filter(|email| !is_address(email)) {
                let message =
                    format!("`{email}` is not an address for mail; write `name@example.com`");
                faults.add("email", Refusal::invalid(message));
            }
            faults.name_if_any("phone", contact.phone.as_deref());
        });
        faults.each("accounts", &self.accounts, |faults, account| {
            faults.name("externalId", &account.external_id);
            faults.name("owner", &account.owner);
            faults.names("admins", &account.admins);
            faults.distinct("admins", &account.admins);
        });
        faults.text_if_any("note", self.note.as_deref());
    }
}
