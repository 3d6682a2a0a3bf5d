//! One face for the three kinds of plugins, so that the C functions are written once.
//!
//! Invariant: an author never sees this; what is particular to a kind is here.

use std::ffi::CStr;

use bellwether_plugin_abi::Kind;
use serde::de::DeserializeOwned;

use crate::{Alerter, Allocator, Input, Scorer, Table};

/// A plugin of whatever kind.
pub(crate) trait OfKind: Sized + 'static {
    const METADATA: &'static CStr;
    const KIND: Kind;

    /// An instance for a configuration in JSON, or what is wrong with that.
    fn open(config: &[u8]) -> Result<Self, String>;

    fn run(&self, input: &Input) -> Result<Table, String>;
}

fn read<C: DeserializeOwned>(config: &[u8]) -> Result<C, String> {
    serde_json::from_slice(config).map_err(|error| error.to_string())
}

pub(crate) struct OfScorer<S>(S);

impl<S: Scorer> OfKind for OfScorer<S> {
    const METADATA: &'static CStr = S::METADATA;
    const KIND: Kind = Kind::Scorer;

    fn open(config: &[u8]) -> Result<Self, String> {
        S::open(read(config)?).map(Self)
    }

    fn run(&self, input: &Input) -> Result<Table, String> {
        let table = self.0.score(input)?;
        let entities = input.entities().len();
        if table.rows() != entities {
            return Err(format!(
                "the scorer returned {} rows for {entities} entities",
                table.rows()
            ));
        }
        Ok(table)
    }
}

pub(crate) struct OfAlerter<A>(A);

impl<A: Alerter> OfKind for OfAlerter<A> {
    const METADATA: &'static CStr = A::METADATA;
    const KIND: Kind = Kind::Alerter;

    fn open(config: &[u8]) -> Result<Self, String> {
        A::open(read(config)?).map(Self)
    }

    fn run(&self, input: &Input) -> Result<Table, String> {
        self.0.find(input)
    }
}

pub(crate) struct OfAllocator<A>(A);

impl<A: Allocator> OfKind for OfAllocator<A> {
    const METADATA: &'static CStr = A::METADATA;
    const KIND: Kind = Kind::Allocator;

    fn open(config: &[u8]) -> Result<Self, String> {
        A::open(read(config)?).map(Self)
    }

    fn run(&self, input: &Input) -> Result<Table, String> {
        self.0.propose(input)
    }
}
