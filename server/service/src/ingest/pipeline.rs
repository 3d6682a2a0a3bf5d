//! Parsing on all cores: one thread reads pieces, workers parse them, the caller takes the results
//! in the order of the pieces.
//!
//! Pieces go to the workers in turn and their results are fetched in the same turn, so that order
//! needs no numbers and no waiting room: what is in memory is a few pieces a worker.
//! Invariant: an error ends everything; of several, the one of the earliest piece is told.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::error::Result;

/// How many pieces, and how many results, wait at each worker.
const WAITING_MAX: usize = 1;

/// Where the reading thread puts its pieces.
#[derive(Debug)]
pub(super) struct Outlet<P> {
    workers: Vec<SyncSender<P>>,
    next: usize,
}

impl<P> Outlet<P> {
    /// Hands over the next piece; false when nobody wants more, because something failed.
    pub(super) fn put(&mut self, piece: P) -> bool {
        let worker = self.next % self.workers.len();
        self.next += 1;
        self.workers[worker].send(piece).is_ok()
    }
}

/// Runs `read` and `n_workers` times `parse` on threads of their own, and `take` on this one.
pub(super) fn run<P, R>(
    n_workers: usize,
    read: impl FnOnce(&mut Outlet<P>) -> Result<()> + Send,
    parse: impl Fn(P) -> Result<R> + Sync,
    mut take: impl FnMut(R) -> Result<()>,
) -> Result<()>
where
    P: Send,
    R: Send,
{
    std::thread::scope(|scope| {
        let mut outlet = Outlet {
            workers: Vec::new(),
            next: 0,
        };
        let mut results = Vec::new();
        for _ in 0..n_workers.max(1) {
            let (piece_in, pieces) = sync_channel(WAITING_MAX);
            let (result_in, result_out) = sync_channel(WAITING_MAX);
            outlet.workers.push(piece_in);
            results.push(result_out);
            let parse = &parse;
            scope.spawn(move || work(&pieces, &result_in, parse));
        }
        let reading = scope.spawn(move || read(&mut outlet));
        take_in_turn(&results, &mut take)?;
        drop(results);
        // A panic is passed on: it ends the batch as a fault of the server.
        reading
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn work<P, R>(
    pieces: &Receiver<P>,
    results: &SyncSender<Result<R>>,
    parse: impl Fn(P) -> Result<R>,
) {
    for piece in pieces {
        if results.send(parse(piece)).is_err() {
            return;
        }
    }
}

/// Takes results until a worker has none left, which is so for the piece after the last.
fn take_in_turn<R>(
    workers: &[Receiver<Result<R>>],
    take: &mut impl FnMut(R) -> Result<()>,
) -> Result<()> {
    for worker in workers.iter().cycle() {
        let Ok(result) = worker.recv() else { break };
        take(result?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::error_code::Refusal;

    fn numbers(n: u32) -> impl FnOnce(&mut Outlet<u32>) -> Result<()> + Send {
        move |outlet| {
            for number in 0..n {
                if !outlet.put(number) {
                    break;
                }
            }
            Ok(())
        }
    }

    #[test]
    fn results_come_in_the_order_of_the_pieces() {
        for n_workers in 1..4 {
            let mut taken = Vec::new();
            let parse = |number: u32| Ok(number * 2);
            let take = |number| {
                taken.push(number);
                Ok(())
            };
            run(n_workers, numbers(100), parse, take).unwrap();
            assert_eq!(taken, (0..100).map(|n| n * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_error_ends_it() {
        let parse = |number: u32| match number {
            7 | 9 => Err(Refusal::invalid(number.to_string()).into()),
            _ => Ok(number),
        };
        let mut n_taken = 0;
        let take = |_| {
            n_taken += 1;
            Ok(())
        };
        let ended = run(2, numbers(1_000_000), parse, take).unwrap_err();
        assert_eq!((ended.refusal().message.as_str(), n_taken), ("7", 7));
    }

    #[test]
    fn an_error_of_the_reader_comes_after_the_pieces_before_it() {
        let read = |outlet: &mut Outlet<u32>| {
            outlet.put(1);
            Err(Refusal::invalid("read").into())
        };
        let mut taken = Vec::new();
        let take = |number| {
            taken.push(number);
            Ok(())
        };
        assert!(run(2, read, Ok, take).is_err());
        assert_eq!(taken, [1]);
    }
}
