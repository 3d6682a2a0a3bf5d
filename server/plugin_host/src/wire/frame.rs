//! Frames: the length of the payload (4 bytes, little-endian), the kind (1 byte), the payload.
//!
//! Invariant: only what a frame is; what its payload means is said in the modules beside it.

use std::io::{self, Read, Write};

/// Bytes before the payload.
pub(crate) const HEADER_BYTES: usize = 5;

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum $name {
            $($(#[$item_doc])* $item = $number,)*
        }

        impl $name {
            pub(crate) fn of(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$item),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// What the server asks.
    Request {
        /// Open an instance; payload: the configuration as JSON.
        Open = 1,
        /// Compute a batch; payload: an Arrow IPC stream with one batch.
        Run = 2,
        /// Close the instance and end; no payload.
        Close = 3,
    }
}

kinds! {
    /// What the child says.
    Reply {
        /// The first word of a child that loaded its plugin; payload: the metadata.
        Hello = 1,
        /// The first word of a child that did not; payload: why, as text.
        Refused = 2,
        /// The instance is open; no payload.
        Opened = 3,
        /// The answer to a batch; payload: see `wire::answer`.
        Answer = 4,
        /// The call failed; payload: the plugin's code (4 bytes), then its message as text.
        Failed = 5,
    }
}

/// Length and kind, as the first bytes of a frame. `None`: the payload is 4 GiB or more.
pub(crate) fn header(kind: u8, payload_bytes: usize) -> Option<[u8; HEADER_BYTES]> {
    let [a, b, c, d] = u32::try_from(payload_bytes).ok()?.to_le_bytes();
    Some([a, b, c, d, kind])
}

/// The payload's length and the kind's number.
pub(crate) fn parse_header([a, b, c, d, kind]: [u8; HEADER_BYTES]) -> (usize, u8) {
    (u32::from_le_bytes([a, b, c, d]) as usize, kind)
}

/// The child's side of writing.
pub(crate) fn write(to: &mut impl Write, kind: Reply, payload: &[u8]) -> io::Result<()> {
    let too_large = || io::Error::new(io::ErrorKind::InvalidData, "a frame over 4 GiB");
    to.write_all(&header(kind as u8, payload.len()).ok_or_else(too_large)?)?;
    to.write_all(payload)?;
    to.flush()
}

/// The child's side of reading; `None` when the server has closed its end.
pub(crate) fn read(from: &mut impl Read) -> io::Result<Option<(Request, Vec<u8>)>> {
    let mut first = [0; HEADER_BYTES];
    match from.read_exact(&mut first) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let (length, kind) = parse_header(first);
    let unknown = || io::Error::new(io::ErrorKind::InvalidData, "a frame of unknown kind");
    let kind = Request::of(kind).ok_or_else(unknown)?;
    let mut payload = vec![0; length];
    from.read_exact(&mut payload)?;
    Ok(Some((kind, payload)))
}
