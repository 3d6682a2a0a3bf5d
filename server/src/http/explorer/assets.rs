//! What the explorer's page is made of, kept in the executable. Made by `server/explorer/renew`;
//! nothing is read from the disk or fetched from anywhere.

use std::io::Read;
use std::sync::LazyLock;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

/// How the bytes of a file lie in the executable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// As they are.
    Plain,
    /// As gzip, which every browser takes.
    Gzip,
}

/// A file of the page.
#[derive(Debug)]
pub(super) struct Asset {
    /// Its name below `/explorer/`; the page itself has none.
    pub(super) name: &'static str,
    /// Its media type.
    pub(super) content_type: &'static str,
    /// Of the content: another version has another one.
    digest: String,
    kept: Kept,
    bytes: Bytes,
}

/// A file as it is sent to one client.
#[derive(Debug)]
pub(super) struct Representation {
    /// Its entity tag, quoted.
    pub(super) etag: String,
    /// Whether the body is gzip.
    pub(super) is_gzip: bool,
    /// The body.
    pub(super) body: Bytes,
}

impl Asset {
    /// The file of this name, if the page has one.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        ASSETS.iter().find(|asset| asset.name == name)
    }

    /// The file for a client that takes gzip, or doesn't.
    pub(super) fn represented(&self, takes_gzip: bool) -> Representation {
        let is_gzip = self.kept == Kept::Gzip && takes_gzip;
        // Two encodings are two representations, so their tags differ.
        let suffix = if is_gzip { "-gzip" } else { "" };
        let body = match self.kept {
            Kept::Gzip if !takes_gzip => unpacked(&self.bytes),
            Kept::Gzip | Kept::Plain => self.bytes.clone(),
        };
        Representation {
            etag: format!("\"{}{suffix}\"", self.digest),
            is_gzip,
            body,
        }
    }

    /// Whether what is sent depends on what the client takes.
    pub(super) fn varies(&self) -> bool {
        self.kept == Kept::Gzip
    }

    fn new(name: &'static str, content_type: &'static str, kept: Kept, bytes: Bytes) -> Self {
        let digest = HEXLOWER.encode(&Sha256::digest(&bytes)[..16]);
        Self {
            name,
            content_type,
            digest,
            kept,
            bytes,
        }
    }
}

fn unpacked(gzip: &[u8]) -> Bytes {
    let mut whole = Vec::new();
    GzDecoder::new(gzip)
        .read_to_end(&mut whole)
        .expect("the executable's own files are whole; a test reads each");
    whole.into()
}

/// A file of `server/explorer` as it lies there.
macro_rules! plain {
    ($name:literal, $file:literal, $content_type:literal) => {{
        let bytes = include_bytes!(concat!("../../../explorer/", $file));
        Asset::new($name, $content_type, Kept::Plain, Bytes::from_static(bytes))
    }};
}

/// A file of `server/explorer/assets`, where it lies compressed.
macro_rules! packed {
    ($name:literal, $content_type:literal) => {{
        let bytes = include_bytes!(concat!("../../../explorer/assets/", $name, ".gz"));
        Asset::new($name, $content_type, Kept::Gzip, Bytes::from_static(bytes))
    }};
}

/// The sample queries, in the order in which the page shows them; the first is what it opens with.
const SAMPLES: [&str; 9] = [
    include_str!("../../../explorer/samples/1-weekly.graphql"),
    include_str!("../../../explorer/samples/2-worst.graphql"),
    include_str!("../../../explorer/samples/3-totals.graphql"),
    include_str!("../../../explorer/samples/4-table.graphql"),
    include_str!("../../../explorer/samples/5-explain.graphql"),
    include_str!("../../../explorer/samples/6-batches.graphql"),
    include_str!("../../../explorer/samples/7-scores.graphql"),
    include_str!("../../../explorer/samples/8-who.graphql"),
    include_str!("../../../explorer/samples/9-changes.graphql"),
];

static ASSETS: LazyLock<[Asset; 8]> = LazyLock::new(|| {
    let samples = serde_json::json!(SAMPLES).to_string();
    [
        plain!("", "page.html", "text/html; charset=utf-8"),
        plain!("icon.svg", "icon.svg", "image/svg+xml"),
        Asset::new(
            "samples.json",
            "application/json",
            Kept::Plain,
            samples.into(),
        ),
        packed!("explorer.js", "text/javascript; charset=utf-8"),
        packed!("explorer.css", "text/css; charset=utf-8"),
        packed!("worker.js", "text/javascript; charset=utf-8"),
        packed!("codicon.ttf", "font/ttf"),
        packed!("licences.txt", "text/plain; charset=utf-8"),
    ]
});
