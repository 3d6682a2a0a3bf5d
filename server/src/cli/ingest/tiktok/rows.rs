//! One row of a report: whose and when it is, or why it can't be taken.
//!
//! Invariant: an hour that ingest would refuse for one of its values is refused here already,
//! because ingest sees the hours of a day one by one and would add the others without it.

use bellwether_domain::brand::Brand;
use bellwether_domain::campaign::Platform;
use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::ids::{BrandId, IdSource};
use bellwether_domain::sample::{
    CampaignDirectory, Cell, EARLIEST_DAY, Header, LineProblem, ProblemCode, Registration,
    RowParser,
};
use bellwether_domain::time::Timestamp;

use super::advertisers::{Account, Accounts};
use super::history::{History, Parents};
use super::layout::{Grain, Layout, Subject};
use super::moment::Moment;
use super::part::Key;
use super::table::TableRow;
use crate::cli::ingest::args::IngestArgs;

/// Reads rows with what is known of parents and accounts.
pub(super) struct RowReader<'a> {
    history: &'a History,
    accounts: &'a Accounts,
    values: Option<RowParser<'static>>,
}

impl<'a> RowReader<'a> {
    /// A reader of rows with these measures.
    pub(super) fn new(
        args: &IngestArgs,
        history: &'a History,
        accounts: &'a Accounts,
        layout: &Layout,
    ) -> Result<Self, String> {
        let values = match layout.grain {
            Grain::Hour => Some(value_parser(args, layout)?),
            Grain::Day => None,
        };
        Ok(Self {
            history,
            accounts,
            values,
        })
    }

    /// Whose and when a row is, and in which account.
    pub(super) fn read<'r>(
        &mut self,
        row: &TableRow<'r>,
        layout: &Layout,
    ) -> Result<(Key<'r>, Account), LineProblem> {
        let key = self.key(row, layout)?;
        let account = self.accounts.of(&key.parents.campaign, self.history);
        let account = account.map_err(|message| {
            LineProblem::of_line(row.line, ProblemCode::UnresolvedParent, message)
        })?;
        if let Some(values) = &mut self.values {
            values.parse(row.line, &value_cells(row, layout))?;
        }
        Ok((key, account.clone()))
    }

    fn key<'r>(&self, row: &TableRow<'r>, layout: &Layout) -> Result<Key<'r>, LineProblem> {
        let (n_fields, n_columns) = (row.n_fields(), layout.n_columns);
        if n_fields != n_columns {
            let message = format!("the line has {n_fields} fields; the header has {n_columns}");
            return Err(LineProblem::of_line(
                row.line,
                ProblemCode::WrongFieldCount,
                message,
            ));
        }
        let id = text(row, layout.id, layout.subject.id_column())?;
        let of_line = |(code, message)| LineProblem::of_line(row.line, code, message);
        let parents = match layout.subject {
            Subject::Campaign | Subject::CampaignByCountry => Parents {
                campaign: id.to_owned(),
                ad_group: None,
            },
            Subject::AdGroup => Parents {
                ad_group: Some(id.to_owned()),
                ..self.history.parents_of_ad_group(id).map_err(of_line)?
            },
            Subject::Ad => self.history.parents_of_ad(id).map_err(of_line)?,
        };
        let country = layout.country.map(|index| text(row, index, "COUNTRY_CODE"));
        Ok(Key {
            moment: moment(row, layout)?,
            parents,
            ad: (layout.subject == Subject::Ad).then_some(id),
            country: country.transpose()?,
        })
    }
}

fn moment(row: &TableRow<'_>, layout: &Layout) -> Result<Moment, LineProblem> {
    let column = layout.grain.column();
    let written = text(row, layout.time, column)?;
    let wanted = match layout.grain {
        Grain::Hour => "an hour such as `2021-09-15 5:00:00`",
        Grain::Day => "a day such as `2021-09-15 00:00:00`",
    };
    Moment::parse(written)
        .filter(|moment| layout.grain == Grain::Hour || moment.is_midnight())
        .ok_or_else(|| {
            let message = format!("`{written}` is not {wanted}");
            LineProblem::in_column(row.line, column, ProblemCode::BadDate, message)
        })
}

/// The text of a field that every row needs.
fn text<'r>(row: &TableRow<'r>, index: usize, column: &str) -> Result<&'r str, LineProblem> {
    let (code, message) = match row.text(index) {
        Some(text) if !text.is_empty() => return Ok(text),
        Some(_) => (
            ProblemCode::MissingValue,
            format!("`{column}` is empty; every row needs it"),
        ),
        None => (
            ProblemCode::BadUtf8,
            "the bytes are not UTF-8; send the file as UTF-8".to_owned(),
        ),
    };
    Err(LineProblem::in_column(row.line, column, code, message))
}

/// Ids for rows that are parsed only to see whether they can be; none is ever written.
#[derive(Debug)]
struct NoIds;

impl IdSource for NoIds {
    fn random(&self) -> u128 {
        0
    }
}

/// Ingest's own parser, for the measures alone: day, campaign and country are made up, since
/// what is wrong with them is wrong with every hour of a day.
fn value_parser(args: &IngestArgs, layout: &Layout) -> Result<RowParser<'static>, String> {
    let dataset = Dataset::of(layout.subject.dataset());
    let mut columns = vec!["date", "campaign"];
    columns.extend(made_up_country(layout).map(|_| "country"));
    columns.extend(layout.measures.iter().map(|(_, measure)| *measure));
    let header = Header::parse(dataset, columns).map_err(|refusal| refusal.message)?;
    let told = |refusal: bellwether_domain::error_code::Refusal| refusal.message;
    let brand = Brand {
        id: BrandId::from_parts(Timestamp::UNIX_EPOCH, 0),
        slug: args.brand.clone(),
        name: args.brand.to_string(),
    };
    let registration = Registration {
        platform: Platform::TikTok,
        currency: bellwether_domain::money::Currency::parse("USD").map_err(told)?,
        timezone: bellwether_domain::time::ZoneName::parse("UTC").map_err(told)?,
    };
    let long_after = Timestamp::MAX;
    let campaigns =
        CampaignDirectory::new(&brand, Vec::new(), Some(registration), &NoIds, long_after);
    Ok(RowParser::new(
        dataset,
        brand.id,
        header,
        campaigns,
        EARLIEST_DAY,
    ))
}

fn value_cells<'r>(row: &TableRow<'r>, layout: &Layout) -> Vec<Cell<'r>> {
    let mut cells = vec![Cell::Date(EARLIEST_DAY), Cell::Text("1")];
    cells.extend(made_up_country(layout).map(Cell::Text));
    cells.extend(layout.measures.iter().map(|(index, _)| {
        match (row.bytes(*index), row.text(*index)) {
            (b"", _) => Cell::Missing,
            (_, Some(text)) => Cell::Text(text),
            (_, None) => Cell::NotUtf8,
        }
    }));
    cells
}

fn made_up_country(layout: &Layout) -> Option<&'static str> {
    (layout.subject.dataset() == DatasetName::AudienceDaily).then_some("US")
}
