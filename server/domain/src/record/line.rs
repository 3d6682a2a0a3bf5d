//! A record as one line of a file: where it belongs, and what it says.

use serde_json::{Map, Value};

use super::columns::HEAD_COLUMNS;
use super::{Body, Record, RecordKind, RecordState};
use crate::agency::Slug;
use crate::error_code::Refusal;
use crate::ids::CampaignId;

/// A line that is to be taken in: a record as it should be from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordLine {
    /// The brand that it belongs to.
    pub brand: Slug,
    /// The agency's own name for it; one of the brand and kind that is there is revised.
    pub key: Option<String>,
    /// The campaign that it is of.
    pub campaign: Option<CampaignId>,
    /// Whether it is in use.
    pub state: RecordState,
    /// The revision that the line was written from, when it was.
    pub base: Option<u32>,
    /// What it says; its values are sound.
    pub body: Body,
}

impl RecordLine {
    /// The record of this JSON object, or everything that it has against it; `brand` is the one of
    /// lines that name none.
    pub fn read(
        kind: RecordKind,
        mut line: Map<String, Value>,
        brand: Option<&Slug>,
    ) -> Result<Self, Vec<Refusal>> {
        let head = HEAD_COLUMNS.map(|name| line.remove(name).filter(|value| !value.is_null()));
        let [named, key, campaign, state, base] = head;
        let mut faults = Vec::new();
        let brand = match (text("brand", named), brand) {
            (Ok(Some(slug)), _) => Slug::parse(&slug).map_err(|refusal| refusal.at("brand")),
            (Ok(None), Some(brand)) => Ok(brand.clone()),
            (Ok(None), None) => {
                let message = "name the brand, in this column or as an option of the import";
                Err(Refusal::invalid(message).at("brand"))
            }
            (Err(refusal), _) => Err(refusal),
        };
        let brand = kept(brand, &mut faults);
        let key = kept(text("key", key), &mut faults).flatten();
        let campaign = kept(word("campaign", campaign), &mut faults).flatten();
        let state = kept(word("state", state), &mut faults).flatten();
        let base = kept(count("revision", base), &mut faults).flatten();
        let body = kept(Body::read(kind, &Value::Object(line)), &mut faults);
        if let Some(Err(wrong)) = body.as_ref().map(Body::check) {
            faults.extend(wrong);
        }
        match (brand, body) {
            (Some(brand), Some(body)) if faults.is_empty() => Ok(Self {
                brand,
                key,
                campaign,
                state: state.unwrap_or(RecordState::Active),
                base,
                body,
            }),
            _ => Err(faults),
        }
    }
}

/// A record as the JSON object of a line, which [`RecordLine::read`] reads back.
pub fn line_of(record: &Record, brand: &Slug) -> Map<String, Value> {
    let mut line = match record.body.to_json() {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    line.retain(|_, value| !value.is_null());
    let campaign = record.campaign.map(|campaign| campaign.to_string());
    let head = [
        ("brand", Some(Value::from(brand.as_str()))),
        ("key", Some(Value::from(record.key.as_str()))),
        ("campaign", campaign.map(Value::from)),
        ("state", Some(Value::from(record.state.as_str()))),
        ("revision", Some(Value::from(record.revision))),
    ];
    let given = head
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    line.extend(given);
    line
}

fn kept<T>(read: Result<T, Refusal>, faults: &mut Vec<Refusal>) -> Option<T> {
    read.map_err(|refusal| faults.push(refusal)).ok()
}

fn text(name: &str, value: Option<Value>) -> Result<Option<String>, Refusal> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => {
            let message = format!("`{other}` is not a text; write it in quotation marks");
            Err(Refusal::invalid(message).at(name))
        }
    }
}

fn word<T>(name: &str, value: Option<Value>) -> Result<Option<T>, Refusal>
where
    T: std::str::FromStr<Err = Refusal>,
{
    let word = text(name, value)?.map(|word| word.parse()).transpose();
    word.map_err(|refusal: Refusal| refusal.at(name))
}

fn count(name: &str, value: Option<Value>) -> Result<Option<u32>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number.map(Some).ok_or_else(|| {
        let message = format!("`{value}` is not a whole number from 0 to {}", u32::MAX);
        Refusal::invalid(message).at(name)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(line: Value) -> Result<RecordLine, Vec<Refusal>> {
        let Value::Object(line) = line else {
            panic!("a line is an object")
        };
        RecordLine::read(RecordKind::Product, line, None)
    }

    #[test]
    fn a_line_tells_all_that_is_wrong_with_it_at_once() {
        let line = json!({"key": 7, "state": "GONE", "revision": -1, "name": "", "price": {"amount": "-1", "currency": "EURO"}});
        let faults = read(line).unwrap_err();
        let places: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(
            places,
            [
                "brand",
                "key",
                "state",
                "revision",
                "name",
                "price.amount",
                "price.currency"
            ]
        );
    }

    #[test]
    fn a_line_needs_its_brand_and_a_whole_body() {
        let line = read(json!({"brand": "acme", "name": "Tea"})).unwrap();
        assert_eq!(
            (line.state, line.base, line.key),
            (RecordState::Active, None, None)
        );
        assert!(read(json!({"brand": "acme"})).is_err());
        assert!(read(json!({"brand": "acme", "name": "Tea", "nmae": "Tea"})).is_err());
    }
}
