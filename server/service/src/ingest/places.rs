//! Places for batches, and room on the disk for their bodies: taken before a body is received.
//!
//! Invariant: nobody waits here, and nothing is written to the spool folder as a body without a
//! place; whoever finds none is told to come back before the first byte is read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::AgencyId;

/// How many places and how much room there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlacesConfig {
    /// Batches of all agencies, from their bodies' first byte to their answers.
    pub(crate) concurrent_ingests: usize,
    /// Of these, batches of one agency.
    pub(crate) agency_ingests: usize,
    /// Bytes of all bodies in the spool folder.
    pub(crate) spool_bytes: u64,
}

/// The places of an instance.
#[derive(Debug)]
pub(super) struct Places {
    config: PlacesConfig,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    by_agency: BTreeMap<AgencyId, usize>,
    spooled_bytes: u64,
}

/// A place with room for a body, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    agency: AgencyId,
    spooled_bytes: u64,
    spool_bytes_max: u64,
    taken: Arc<Mutex<Taken>>,
}

impl Places {
    pub(super) fn new(config: PlacesConfig) -> Self {
        Self {
            config,
            taken: Arc::default(),
        }
    }

    /// A place for a batch with room for so many bytes, or the refusal that says what lacks.
    pub(super) fn take(&self, agency: AgencyId, body_bytes: u64) -> Result<Place, Refusal> {
        let mut taken = lock(&self.taken);
        let (places_max, own_max) = (
            self.config.concurrent_ingests.max(1),
            self.config.agency_ingests.max(1),
        );
        if taken.by_agency.values().sum::<usize>() >= places_max {
            return Err(come_back(format!(
                "as many batches as the limit `concurrent_ingests_max` of {places_max} are on their way"
            )));
        }
        if taken
            .by_agency
            .get(&agency)
            .is_some_and(|own| *own >= own_max)
        {
            return Err(come_back(format!(
                "as many batches of this agency as the limit `agency_ingests_max` of {own_max} are on their way"
            )));
        }
        let mut place = Place {
            agency,
            spooled_bytes: 0,
            spool_bytes_max: self.config.spool_bytes,
            taken: Arc::clone(&self.taken),
        };
        *taken.by_agency.entry(agency).or_default() += 1;
        drop(taken);
        place.make_room(body_bytes)?;
        Ok(place)
    }
}

impl Place {
    /// Sees to room for a body of so many bytes in all, or refuses; room that was found stays.
    pub(super) fn make_room(&mut self, body_bytes: u64) -> Result<(), Refusal> {
        if body_bytes > self.spool_bytes_max {
            // It will never find room, however often it comes back.
            let (name, max) = ("ingest_spool_bytes_max", self.spool_bytes_max);
            return Err(Refusal::limit(name, max, "the body"));
        }
        let more = body_bytes.saturating_sub(self.spooled_bytes);
        let mut taken = lock(&self.taken);
        if more > self.spool_bytes_max.saturating_sub(taken.spooled_bytes) {
            return Err(come_back(format!(
                "bodies that are being received or read use the disk that the limit `ingest_spool_bytes_max` of {} allows",
                self.spool_bytes_max
            )));
        }
        taken.spooled_bytes += more;
        self.spooled_bytes += more;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        taken.spooled_bytes -= self.spooled_bytes;
        if let Some(own) = taken.by_agency.get_mut(&self.agency) {
            *own -= 1;
            if *own == 0 {
                taken.by_agency.remove(&self.agency);
            }
        }
    }
}

/// Nothing panics while it holds the lock.
fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The refusal of whoever finds no place, room or memory now.
pub(super) fn come_back(message: String) -> Refusal {
    Refusal::new(ErrorCode::RateLimited, message + "; send it again shortly")
}

#[cfg(test)]
mod tests {
    use bellwether_domain::time::Timestamp;

    use super::*;

    fn places(concurrent: usize, of_agency: usize, spool_bytes: u64) -> Places {
        Places::new(PlacesConfig {
            concurrent_ingests: concurrent,
            agency_ingests: of_agency,
            spool_bytes,
        })
    }

    fn agency(n: u128) -> AgencyId {
        AgencyId::from_parts(Timestamp::UNIX_EPOCH, n)
    }

    fn assert_refused(refused: Result<impl std::fmt::Debug, Refusal>, by: &str) {
        let refused = refused.unwrap_err();
        assert_eq!(refused.code, ErrorCode::RateLimited);
        assert!(refused.message.contains(by), "{}", refused.message);
    }

    #[test]
    fn no_more_batches_than_places_find_one() {
        let places = places(1, 1, 100);
        let place = places.take(agency(1), 1).unwrap();
        assert_refused(places.take(agency(2), 1), "`concurrent_ingests_max` of 1");
        drop(place);
        assert!(places.take(agency(2), 1).is_ok());
    }

    #[test]
    fn an_agency_leaves_places_to_the_others() {
        let places = places(2, 1, 100);
        let place = places.take(agency(1), 1).unwrap();
        assert_refused(places.take(agency(1), 1), "`agency_ingests_max` of 1");
        assert!(places.take(agency(2), 1).is_ok());
        drop(place);
        assert!(places.take(agency(1), 1).is_ok());
    }

    #[test]
    fn bodies_share_the_room_and_give_it_back() {
        let places = places(9, 9, 100);
        let first = places.take(agency(1), 60).unwrap();
        assert_refused(
            places.take(agency(2), 41),
            "`ingest_spool_bytes_max` of 100",
        );
        let mut second = places.take(agency(2), 0).unwrap();
        second.make_room(40).unwrap();
        assert_refused(second.make_room(41), "`ingest_spool_bytes_max` of 100");
        drop(first);
        second.make_room(100).unwrap();
        drop(second);
        assert!(places.take(agency(1), 100).is_ok());
    }

    #[test]
    fn a_body_larger_than_all_room_is_over_the_limit_and_takes_no_place() {
        let places = places(1, 1, 100);
        let refused = places.take(agency(1), 101).unwrap_err();
        assert_eq!(refused.code, ErrorCode::LimitExceeded);
        assert!(places.take(agency(1), 100).is_ok());
    }
}
