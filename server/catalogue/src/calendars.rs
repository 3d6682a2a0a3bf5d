//! The days on which an agency works otherwise than its weekdays say, and up to which day its books
//! are closed.

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::time::{Date, Timestamp};
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::lock_agency;
use crate::case_tables::{calendar_days, closed_periods};
use crate::columns::{RowName, day_text, micros};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};

/// The most days that an agency's calendar lists.
pub const CALENDAR_DAYS_MAX: usize = 5_000;

/// The words of a calendar day's kind as stored.
const HOLIDAY: &str = "HOLIDAY";
const WORKED: &str = "WORKED";

/// A day on which an agency works otherwise than its weekday says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarDay {
    /// The day.
    pub day: Date,
    /// Whether it is worked: a weekend's day that is, or a holiday.
    pub is_worked: bool,
    /// What it is called.
    pub name: String,
}

impl Catalogue {
    /// Replaces the days of a calendar from the first to the last of `within` by these.
    pub fn set_calendar_days(
        &self,
        scope: &Scope,
        within: (Date, Date),
        days: &[CalendarDay],
    ) -> Result<()> {
        self.write(|connection| {
            lock_agency(connection, scope)?;
            diesel::delete(calendar_days::table)
                .filter(calendar_days::agency_id.eq(scope.agency().to_string()))
                .filter(calendar_days::day.between(day_text(within.0), day_text(within.1)))
                .execute(connection)
                .map_err(Error::database("clear a calendar"))?;
            for day in days {
                diesel::insert_into(calendar_days::table)
                    .values(DayRow::new(scope, day))
                    .execute(connection)
                    .map_err(Error::insert("day of the calendar", day.day))?;
            }
            let n_days = calendar(connection, scope)?.len();
            if n_days > CALENDAR_DAYS_MAX {
                let what = format!("a calendar of {n_days} days");
                let (limit, max) = ("calendar_days_max", CALENDAR_DAYS_MAX);
                return Err(Refusal::limit(limit, max, what).into());
            }
            Ok(())
        })
    }

    /// The days on which the agency works otherwise, in order.
    pub fn calendar_days(&self, scope: &Scope) -> Result<Vec<CalendarDay>> {
        self.read(|connection| calendar(connection, scope))
    }

    /// Closes the agency's books up to a day; they never open again.
    pub fn close_books(&self, scope: &Scope, through: Date, now: Timestamp) -> Result<()> {
        self.write(|connection| {
            lock_agency(connection, scope)?;
            let before = closed_through(connection, scope)?;
            if before.is_some_and(|before| through <= before) {
                return Ok(());
            }
            let row = (
                closed_periods::agency_id.eq(scope.agency().to_string()),
                closed_periods::through.eq(day_text(through)),
                closed_periods::closed_by.eq(scope.member().map(|member| member.to_string())),
                closed_periods::closed_at.eq(micros(now)),
            );
            diesel::insert_into(closed_periods::table)
                .values(row)
                .execute(connection)
                .map_err(Error::database("close the books"))?;
            Ok(())
        })
    }

    /// The last day that the agency has closed.
    pub fn closed_through(&self, scope: &Scope) -> Result<Option<Date>> {
        self.read(|connection| closed_through(connection, scope))
    }
}

pub(crate) fn calendar(connection: &mut AnyConnection, scope: &Scope) -> Result<Vec<CalendarDay>> {
    let rows = calendar_days::table
        .filter(calendar_days::agency_id.eq(scope.agency().to_string()))
        .order(calendar_days::day)
        .load::<DayRow>(connection)
        .map_err(Error::database("list days of a calendar"))?;
    rows.into_iter().map(CalendarDay::try_from).collect()
}

pub(crate) fn closed_through(
    connection: &mut AnyConnection,
    scope: &Scope,
) -> Result<Option<Date>> {
    let agency = scope.agency().to_string();
    let last = closed_periods::table
        .filter(closed_periods::agency_id.eq(&agency))
        .select(diesel::dsl::max(closed_periods::through))
        .first::<Option<String>>(connection)
        .map_err(Error::database("find the last closed day"))?;
    let name = RowName {
        table: "closed_periods",
        row: &agency,
    };
    name.day_if_any(last.as_deref())
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = calendar_days)]
struct DayRow {
    agency_id: String,
    day: String,
    kind: String,
    name: String,
}

impl DayRow {
    fn new(scope: &Scope, day: &CalendarDay) -> Self {
        let kind = if day.is_worked { WORKED } else { HOLIDAY };
        Self {
            agency_id: scope.agency().to_string(),
            day: day_text(day.day),
            kind: kind.to_owned(),
            name: day.name.clone(),
        }
    }
}

impl TryFrom<DayRow> for CalendarDay {
    type Error = Error;

    fn try_from(row: DayRow) -> Result<Self> {
        let name = RowName {
            table: "calendar_days",
            row: &row.day,
        };
        Ok(Self {
            day: name.day(&row.day)?,
            is_worked: row.kind == WORKED,
            name: row.name,
        })
    }
}
