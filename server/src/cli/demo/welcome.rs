//! What a demonstration prints once it is ready.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::build::BuiltAgency;

/// Three queries to paste, in the order in which a newcomer would ask.
const QUERIES: [(&str, &str); 3] = [
    (
        "which platform pays off?",
        "{ metrics(input: {range: {last: {n: 90, unit: DAY}}, by: [PLATFORM], orderBy: [{metric: SPEND, direction: DESC}]}) { rows { platform impressions spend roi } totals { level impressions spend roi } meta { cache snapshot dataThrough } } }",
    ),
    (
        "which campaigns lose money?",
        "{ metrics(input: {range: {last: {n: 90, unit: DAY}}, by: [CAMPAIGN], orderBy: [{metric: ROI}]}, first: 5) { rows { campaignName platform spend totalCost grossProfit roi } } }",
    ),
    (
        "what does the ROI plugin say of them?",
        "{ campaigns(first: 5) { nodes { id name platform objective scores { plugin name value verdict evidence } } pageInfo { hasNextPage endCursor } } }",
    ),
];

/// The text for people: address, tokens, a curl line and queries.
pub(super) fn text(url: &str, agencies: &[BuiltAgency], serves_explorer: bool) -> String {
    let mut text = format!("\nBellwether answers at {url}/graphql; Ctrl-C stops it.\n");
    if serves_explorer {
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "In a browser: {url}/explorer, with one of these tokens."
        );
    }
    for agency in agencies {
        let _ = writeln!(
            text,
            "\n{} (`{}`), brands {}",
            agency.name,
            agency.slug,
            agency.brands.join(", ")
        );
        for (persona, token) in &agency.tokens {
            let whose = format!("{persona}'s");
            let _ = writeln!(text, "  the {whose:9} token  {}", token.expose());
        }
    }
    let analyst = agencies.first().and_then(|agency| {
        let mut tokens = agency.tokens.iter();
        let (_, token) = tokens.find(|(persona, _)| persona == "analyst")?;
        Some((&agency.name, token))
    });
    if let Some((agency, token)) = analyst {
        let body = json!({ "query": QUERIES[0].1 });
        let _ = writeln!(
            text,
            "\nAsk as the analyst of {agency}:\n\ncurl -s {url}/graphql -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' -d '{body}'",
            token.expose(),
        );
    }
    let _ = writeln!(text, "\nQueries to paste, for any of these tokens:");
    for (question, query) in QUERIES {
        let _ = writeln!(text, "\n# {question}\n{query}");
    }
    text
}

/// The one line for scripts.
pub(super) fn json(url: &str, agencies: &[BuiltAgency]) -> Value {
    let agencies = agencies.iter().map(|agency| {
        let tokens = agency
            .tokens
            .iter()
            .map(|(persona, token)| (persona.clone(), json!(token.expose())));
        json!({
            "slug": agency.slug,
            "brands": agency.brands,
            "tokens": tokens.collect::<Map<String, Value>>(),
        })
    });
    json!({ "url": url, "agencies": agencies.collect::<Vec<_>>() })
}
