//! Tests of the API as a whole, over a catalogue in a temporary SQLite file; answers over facts
//! are tested by the integration tests.

mod answers;
mod authorisation;
mod catalog;
mod compatibility;
mod costs;
mod custom_metrics;
mod errors_document;
mod federation;
mod finished;
mod given;
mod inputs;
mod records;
mod refusals;
mod schema_document;
mod stored;
mod subscriptions;
