//! Answers as files: each format read back and compared with `table`, and who gets them.

mod endings;
mod formats;
mod jobs;
mod large;
mod readers;
mod requests;
mod streams;

use bellwether_test_support::{BytesReply, Persona, TestServer};
use serde_json::{Value, json};

use crate::given::an_empty_server;

/// The range of all reports here.
fn april() -> Value {
    json!({ "between": { "from": "2026-04-01", "until": "2026-05-01" } })
}

/// The address of an export of this input.
fn address(input: &Value, options: &str) -> String {
    let encoded: String = input.to_string().bytes().map(percent_encoded).collect();
    format!("/v1/export?input={encoded}{options}")
}

fn percent_encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// The export of this input, which must come.
fn exported(persona: &Persona, input: &Value, options: &str) -> BytesReply {
    let reply = persona.get_bytes(&address(input, options), &[]);
    let reply = reply.expect("the body comes whole");
    let text = String::from_utf8_lossy(&reply.bytes);
    assert_eq!(reply.status, 200, "{text}");
    reply
}

/// The error of an export that is refused: its status, code and place.
fn refused(persona: &Persona, address: &str) -> (u16, Value, Value) {
    let reply = persona.get(address, &[]);
    let mut error = reply.json()["error"].take();
    (reply.status, error["code"].take(), error["field"].take())
}

/// Two campaigns of two currencies, one of them with a name that spreadsheets would run.
fn two_currencies() -> TestServer {
    let server = an_empty_server();
    let (analyst, brand) = (server.analyst(), server.brand(0).to_owned());
    let send = |options: &str, csv: &str| {
        let options = format!("register=true&{options}");
        let reply = analyst.ingest_csv("delivery_daily", &brand, &options, csv);
        assert_eq!(reply.status, 200, "{}", reply.text);
    };
    send(
        "platform=TIKTOK&currency=USD",
        "date,campaign,impressions,clicks,conversions,spend,revenue\n\
         2026-04-01,=cmd(1),1000,10,0.5,12.50,100\n\
         2026-04-02,=cmd(1),0,0,,2,\n",
    );
    send(
        "platform=META&currency=EUR",
        "date,campaign,impressions,clicks,conversions,spend,revenue\n\
         2026-04-02,\"quiet, \"\"old\"\"\",3,0,,0.000001,0\n",
    );
    server
}
