//! One number against another: the past, another platform, or all of them.

use std::collections::BTreeSet;

use bellwether_domain::attribution::check_alike;
use bellwether_domain::comparison::{Change, Peer, change, mean, standing};
use bellwether_domain::metric::Better;
use bellwether_domain::money::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::given::Number;
use super::kinds::read;
use super::written::{CENTS, FOUR, decimal, or_null, percent};

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Compared {
    Platforms(Platforms),
    Past(Past),
    Reference(Reference),
    Peers(Peers),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Platforms {
    left: Side,
    right: Side,
    #[serde(default, alias = "accept_mismatch", alias = "accept_mixed")]
    accept: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Side {
    #[serde(rename = "platform")]
    _platform: String,
    window: String,
    roas: Number,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Past {
    current: Number,
    past: Vec<Number>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    current: Number,
    reference: Number,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Peers {
    #[serde(rename = "metric")]
    _metric: RoiNet,
    items: Vec<Item>,
    subject: String,
}

#[derive(Debug, Deserialize)]
enum RoiNet {
    #[serde(rename = "roi_net_pct")]
    RoiNet,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    platform: String,
    spend: Number,
    net_profit: Number,
}

pub(super) fn compared(input: &Value) -> Result<Value, String> {
    match read(input)? {
        Compared::Platforms(platforms) => of_platforms(&platforms),
        Compared::Past(Past { current, past }) => {
            let past: Vec<Decimal> = past.iter().map(|number| number.0).collect();
            let reference = mean(&past).ok_or("there is no past")?;
            of(current.0, reference)
        }
        Compared::Reference(Reference { current, reference }) => of(current.0, reference.0),
        Compared::Peers(peers) => among(&peers),
    }
}

fn of_platforms(given: &Platforms) -> Result<Value, String> {
    let (left, right) = (&given.left, &given.right);
    let windows = BTreeSet::from([left.window.as_str(), right.window.as_str()]);
    match check_alike(&windows, given.accept) {
        Ok(()) => of(left.roas.0, right.roas.0),
        Err(refusal) => Ok(json!({ "error": refusal.code.name() })),
    }
}

fn of(current: Decimal, reference: Decimal) -> Result<Value, String> {
    let Change {
        reference,
        delta,
        ratio,
        index,
    } = change(current, reference).ok_or("it does not fit")?;
    Ok(json!({
        "reference": decimal(reference, FOUR),
        "abs": decimal(delta, FOUR),
        "rel_pct": or_null(ratio, |ratio| percent(ratio, FOUR)),
        "index": or_null(index, |index| percent(index, CENTS)),
    }))
}

fn among(given: &Peers) -> Result<Value, String> {
    let peer = |item: &Item| Peer {
        above: item.net_profit.0,
        below: item.spend.0,
        weight: item.spend.0,
    };
    let peers: Vec<Peer> = given.items.iter().map(peer).collect();
    let is_subject = |item: &Item| item.platform == given.subject;
    let subject = given.items.iter().position(is_subject);
    let standing = subject.and_then(|subject| standing(&peers, subject, Better::Higher));
    let standing = standing.ok_or("the subject is none of the items")?;
    let names = standing
        .ranking
        .iter()
        .map(|place| given.items[*place].platform.as_str());
    Ok(json!({
        "subject": or_null(standing.own, |ratio| percent(ratio, FOUR)),
        "others": or_null(standing.others, |ratio| percent(ratio, FOUR)),
        "difference_points": or_null(standing.difference, |points| percent(points, FOUR)),
        "rank": standing.rank,
        "ranking": names.collect::<Vec<_>>(),
    }))
}
