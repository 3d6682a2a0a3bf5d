//! How many batches may be on their way at once.

use bellwether_test_support::TestServer;
use serde_json::json;

use super::{message, refused, report};
use crate::given::BELLWETHER;

#[test]
fn a_batch_over_the_limit_of_those_on_their_way_is_told_to_come_back() {
    let config = "[limits]\nconcurrent_ingests_max = 1\n";
    let mut server = TestServer::stopping_at_with_config(BELLWETHER, "validated", config);
    let sender = server.analyst();
    let address = format!(
        "/v1/ingest/delivery_daily?register=true&brand={}",
        server.brand(0)
    );
    let csv = report("date,campaign,impressions", &["2025-01-01,c1,1"]);
    let first = {
        let (sender, address, csv) = (sender.clone(), address.clone(), csv.clone());
        let headers = [("content-type", "text/csv")];
        std::thread::spawn(move || sender.try_post(&address, &headers, csv.as_bytes()))
    };
    server.wait_until_stopped();
    let next = sender.post(&address, &[("content-type", "text/csv")], csv.as_bytes());
    server.kill();
    assert!(first.join().expect("the sender lives").is_none());
    assert_eq!(
        (next.status, refused(&next).1),
        (429, json!("RATE_LIMITED"))
    );
    assert_eq!(next.headers["retry-after"], "1");
    assert!(
        message(&next).contains("`concurrent_ingests_max` of 1"),
        "{}",
        next.text
    );
}
