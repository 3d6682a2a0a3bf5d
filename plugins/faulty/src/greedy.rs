//! Faults by taking too much: stack, memory, descriptors.

use std::hint::black_box;

use crate::Mode;

/// Bytes of one leak.
const LEAK_BYTES: usize = 64 << 20;

pub(crate) fn take(mode: Mode) {
    match mode {
        Mode::StackOverflow => {
            black_box(deeper(1));
        }
        Mode::Allocate => {
            black_box(vec![1_u8; 10 << 30]);
        }
        // Looked at, since the compiler leaves memory out that nobody reads.
        Mode::Leak => std::mem::forget(black_box(vec![1_u8; LEAK_BYTES])),
        Mode::Junk => write_junk(),
        other => unreachable!("{other:?} takes nothing"),
    }
}

#[expect(unconditional_recursion, reason = "the fault itself")]
fn deeper(depth: u64) -> u64 {
    let page = black_box([depth; 512]);
    deeper(depth + 1) + page[0]
}

fn write_junk() {
    let junk = b"junk junk";
    for descriptor in 3..16 {
        // SAFETY: the bytes live; what the descriptor is, is the point.
        unsafe { libc::write(descriptor, junk.as_ptr().cast(), junk.len()) };
    }
}
