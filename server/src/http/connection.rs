//! Connections that tell when their client is gone.
//!
//! The framework goes on with a request whose client has closed the connection, until the request
//! is through. So each connection is watched from below: the read that finds its end says so, and
//! a handler that works for long asks for that moment by the client's address.
//! A body that broke off is told the other way round: the framework would end it as if it were
//! whole, so nothing more is written to its connection.
//! Invariant: no byte is changed, held back or read ahead.

use std::collections::HashMap;
use std::future::Future;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use poem::http::uri::Scheme;
use poem::listener::{Acceptor, TcpAcceptor};
use poem::web::{LocalAddr, RemoteAddr};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// The open connections by the address of the client; a clone is the same list.
#[derive(Debug, Clone, Default)]
pub struct Connections {
    open: Arc<Mutex<HashMap<SocketAddr, Ends>>>,
}

/// How a connection ends.
#[derive(Debug, Clone, Default)]
struct Ends {
    /// The client has closed it.
    closed: CancellationToken,
    /// What is being sent over it broke off.
    broken: CancellationToken,
}

impl Connections {
    /// Lets nothing more be written to this client, who else would take what it has for the whole,
    /// or who doesn't read: a write that waits for it fails.
    pub(super) fn break_off(&self, client: &RemoteAddr) {
        let address = client.as_socket_addr();
        if let Some(ends) = address.and_then(|address| self.lock().get(address).cloned()) {
            ends.broken.cancel();
        }
    }

    /// Completes when this client has closed its connection; never for one that isn't known.
    pub(super) async fn closed(&self, client: &RemoteAddr) {
        let address = client.as_socket_addr();
        let known = address.and_then(|address| self.lock().get(address).cloned());
        match known {
            Some(ends) => ends.closed.cancelled().await,
            None => std::future::pending().await,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SocketAddr, Ends>> {
        // Nothing panics while it holds the lock.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes connections, watches each, and has their small packets sent at once: an answer's end
/// doesn't wait until the client has acknowledged its beginning.
pub(super) struct Watching {
    acceptor: TcpAcceptor,
    connections: Connections,
}

impl Watching {
    pub(super) fn new(acceptor: TcpAcceptor, connections: Connections) -> Self {
        Self {
            acceptor,
            connections,
        }
    }
}

impl Acceptor for Watching {
    type Io = Watched;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.acceptor.local_addr()
    }

    async fn accept(&mut self) -> Result<(Watched, LocalAddr, RemoteAddr, Scheme)> {
        let (stream, local, remote, scheme) = self.acceptor.accept().await?;
        // A connection that can't be set so is gone, which its first read tells.
        let _ = stream.set_nodelay(true);
        let ends = Ends::default();
        let client = remote.as_socket_addr().copied();
        if let Some(client) = client {
            self.connections.lock().insert(client, ends.clone());
        }
        let watched = Watched {
            stream,
            client,
            breaking_off: Box::pin(ends.broken.clone().cancelled_owned()),
            ends,
            connections: self.connections.clone(),
        };
        Ok((watched, local, remote, scheme))
    }
}

/// A connection that tells when the client has closed it.
#[derive(Debug)]
pub(super) struct Watched {
    stream: TcpStream,
    client: Option<SocketAddr>,
    ends: Ends,
    breaking_off: Pin<Box<WaitForCancellationFutureOwned>>,
    connections: Connections,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.ends.closed.cancel();
        if let Some(client) = self.client {
            self.connections.lock().remove(&client);
        }
    }
}

impl Watched {
    fn writable(&mut self) -> Result<Pin<&mut TcpStream>> {
        if self.ends.broken.is_cancelled() {
            return Err(broken_off());
        }
        Ok(Pin::new(&mut self.stream))
    }

    /// What a write came to; one that waits is woken when it is broken off.
    fn unless_broken_off<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<Result<T>>,
    ) -> Poll<Result<T>> {
        if written.is_pending() && self.breaking_off.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(broken_off()));
        }
        written
    }
}

fn broken_off() -> Error {
    let message = "what was being sent broke off";
    Error::new(ErrorKind::ConnectionAborted, message)
}

impl AsyncRead for Watched {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let watched = self.get_mut();
        let n_before = buffer.filled().len();
        let has_room = buffer.remaining() > 0;
        let polled = Pin::new(&mut watched.stream).poll_read(context, buffer);
        let is_end = match &polled {
            Poll::Ready(Ok(())) => has_room && buffer.filled().len() == n_before,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if is_end {
            watched.ends.closed.cancel();
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let watched = self.get_mut();
        let written = watched.writable()?.poll_write(context, bytes);
        watched.unless_broken_off(context, written)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let watched = self.get_mut();
        let written = watched.writable()?.poll_write_vectored(context, pieces);
        watched.unless_broken_off(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
