//! The progress of a batch that is written into the local data folder: bytes of the body while it
//! is read, rows while they are written.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bellwether_service::{Progress, SpooledBody};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often the bar is drawn.
const REDRAW: Duration = Duration::from_millis(120);

/// A bar on the terminal, fed by the batch's own counters.
pub(super) struct IngestBar {
    bar: ProgressBar,
    name: String,
    size_bytes: u64,
    progress: Arc<Progress>,
}

impl IngestBar {
    /// The bar of a body that is about to be ingested; a hidden one shows nothing.
    pub(super) fn new(name: &str, body: &SpooledBody, hidden: bool) -> Self {
        let target = if hidden {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(Some(body.size_bytes), target);
        Self {
            bar,
            name: name.to_owned(),
            size_bytes: body.size_bytes,
            progress: Arc::clone(body.progress()),
        }
    }

    /// Shows the counters until the work is done.
    pub(super) async fn show_while<T>(self, work: impl Future<Output = T>) -> T {
        let mut redraw = tokio::time::interval(REDRAW);
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => {
                    self.bar.finish_and_clear();
                    return done;
                }
                _ = redraw.tick() => self.draw(),
            }
        }
    }

    fn draw(&self) {
        let (n_read, n_written) = (self.progress.rows_read(), self.progress.rows_written());
        if n_written == 0 {
            self.bar
                .set_style(style("{msg} {wide_bar} {bytes}/{total_bytes} {eta}"));
            self.bar.set_length(self.size_bytes);
            self.bar.set_position(self.progress.bytes());
            self.bar
                .set_message(format!("{}: reading, {n_read} rows", self.name));
        } else {
            self.bar
                .set_style(style("{msg} {wide_bar} {pos}/{len} rows"));
            self.bar.set_length(n_read);
            self.bar.set_position(n_written);
            self.bar.set_message(format!("{}: writing", self.name));
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
