//! The ad accounts: whose money is in which currency, and whose days are cut in which zone.

use std::collections::HashMap;
use std::path::Path;

use bellwether_domain::money::Currency;
use bellwether_domain::time::ZoneName;

use super::history::History;
use super::table::{Table, TableRow};
use crate::cli::ingest::args::IngestArgs;

/// The currency and zone of an ad account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Account {
    pub(crate) currency: Currency,
    pub(crate) timezone: ZoneName,
}

/// Where the account of a campaign comes from.
#[derive(Debug)]
pub(super) enum Accounts {
    /// One for all: told by the caller, or the advertiser file has one line only.
    One(Account),
    /// Each campaign's advertiser, as the campaign history names it.
    ByAdvertiser {
        accounts: HashMap<String, Account>,
        file: String,
    },
}

impl Accounts {
    /// What the arguments say: `--currency` and `--timezone` win over the advertiser file.
    pub(super) fn load(args: &IngestArgs, history: &History) -> Result<Self, String> {
        let told = (args.currency, args.timezone.clone());
        if let (Some(currency), Some(timezone)) = told {
            return Ok(Self::One(Account { currency, timezone }));
        }
        let Some(path) = &args.advertisers else {
            let lacking = match told {
                (Some(_), None) => "`--timezone` is missing: ",
                (None, Some(_)) => "`--currency` is missing: ",
                _ => "",
            };
            return Err(format!(
                "{lacking}a TikTok report says neither currency nor time zone; give both `--currency` and `--timezone`, or `--advertisers` with TikTok's advertiser file"
            ));
        };
        let accounts = read(path, args)?;
        let file = path.display().to_string();
        if history.has_campaigns() {
            return Ok(Self::ByAdvertiser { accounts, file });
        }
        let n_accounts = accounts.len();
        let mut accounts = accounts.into_values();
        match (accounts.next(), accounts.next()) {
            (Some(only), None) => Ok(Self::One(only)),
            _ => Err(format!(
                "`{file}` has {n_accounts} advertisers; give `--reference` with the campaign history, which says whose each campaign is, or `--currency` and `--timezone`"
            )),
        }
    }

    /// The account of a campaign, or why none is known.
    pub(super) fn of(&self, campaign: &str, history: &History) -> Result<&Account, String> {
        match self {
            Self::One(account) => Ok(account),
            Self::ByAdvertiser { accounts, file } => {
                let advertiser = history.advertiser(campaign).ok_or_else(|| {
                    format!(
                        "no campaign history says whose campaign `{campaign}` is, so that its currency is unknown; use `--currency` and `--timezone` instead of `--advertisers`"
                    )
                })?;
                accounts.get(advertiser).ok_or_else(|| {
                    format!(
                        "advertiser `{advertiser}` of campaign `{campaign}` is not in `{file}`, so that its currency is unknown"
                    )
                })
            }
        }
    }
}

fn read(path: &Path, args: &IngestArgs) -> Result<HashMap<String, Account>, String> {
    let mut table = Table::open(path)?;
    let id = table.required("ID")?;
    let currency = table.required("CURRENCY")?;
    let timezone = table.required("TIMEZONE")?;
    let file = table.name.clone();
    let mut accounts = HashMap::new();
    while let Some(row) = table.next()? {
        let advertiser = field(&row, id).to_owned();
        let at = format!("`{file}`, line {}, advertiser `{advertiser}`", row.line);
        let account = Account {
            currency: match args.currency {
                Some(currency) => currency,
                None => Currency::parse(field(&row, currency)).map_err(|refusal| {
                    format!(
                        "{at}: {}; mend the file, or give `--currency` and `--timezone`",
                        refusal.message
                    )
                })?,
            },
            timezone: match &args.timezone {
                Some(timezone) => timezone.clone(),
                None => ZoneName::parse(field(&row, timezone))
                    .map_err(|refusal| format!("{at}: {}", refusal.message))?,
            },
        };
        let former = accounts.insert(advertiser, account.clone());
        if former.is_some_and(|former| former != account) {
            return Err(format!(
                "{at}: an earlier line says another currency or time zone"
            ));
        }
    }
    Ok(accounts)
}

fn field<'a>(row: &TableRow<'a>, index: usize) -> &'a str {
    row.text(index).unwrap_or_default()
}
