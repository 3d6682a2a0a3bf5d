//! Between the types of the API and the bodies of the domain: field by field, so that one that the
//! domain gains stops this crate from compiling until it is told here too.

use async_graphql::ID;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{CampaignId, RecordId};
use bellwether_domain::record::values::Exact;
use bellwether_domain::time::{self, Timestamp};

use crate::scalars::{Date, DateTime, Decimal};

/// A type of the API for a type of the domain.
pub(crate) trait Mirror<Domain>: Sized {
    /// The domain's value as the API tells it.
    fn told(value: &Domain) -> Self;

    /// What the client means; a refusal has the place inside the value.
    fn meant(self) -> Result<Domain, Refusal>;
}

/// The refusal, of the thing that stands in this field.
pub(crate) fn within(field: &str, refusal: Refusal) -> Refusal {
    let place = match refusal.path.as_str() {
        "" => field.to_owned(),
        inner => format!("{field}.{inner}"),
    };
    refusal.at(place)
}

/// A field's name as clients write it: `price_tier` is `priceTier`.
pub(crate) fn camel_case(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name + letters.as_str()
    })
}

impl<D, T: Mirror<D>> Mirror<Option<D>> for Option<T> {
    fn told(value: &Option<D>) -> Self {
        value.as_ref().map(T::told)
    }

    fn meant(self) -> Result<Option<D>, Refusal> {
        self.map(T::meant).transpose()
    }
}

impl<D, T: Mirror<D>> Mirror<Vec<D>> for Vec<T> {
    fn told(value: &Vec<D>) -> Self {
        value.iter().map(T::told).collect()
    }

    fn meant(self) -> Result<Vec<D>, Refusal> {
        let entries = self.into_iter().enumerate();
        entries
            .map(|(index, entry)| {
                let meant = entry.meant();
                meant.map_err(|refusal| within(&index.to_string(), refusal))
            })
            .collect()
    }
}

/// Types that are the same on both sides.
macro_rules! the_same {
    ($($same:ty),*) => {
        $(impl Mirror<$same> for $same {
            fn told(value: &$same) -> Self {
                value.clone()
            }

            fn meant(self) -> Result<$same, Refusal> {
                Ok(self)
            }
        })*
    };
}

the_same!(String, bool, u32);

impl Mirror<Exact> for Decimal {
    fn told(value: &Exact) -> Self {
        Self(value.0)
    }

    fn meant(self) -> Result<Exact, Refusal> {
        Ok(Exact(self.0))
    }
}

impl Mirror<time::Date> for Date {
    fn told(value: &time::Date) -> Self {
        Self(*value)
    }

    fn meant(self) -> Result<time::Date, Refusal> {
        Ok(self.0)
    }
}

impl Mirror<Timestamp> for DateTime {
    fn told(value: &Timestamp) -> Self {
        Self(*value)
    }

    fn meant(self) -> Result<Timestamp, Refusal> {
        Ok(self.0)
    }
}

impl Mirror<RecordId> for ID {
    fn told(value: &RecordId) -> Self {
        (*value).into()
    }

    fn meant(self) -> Result<RecordId, Refusal> {
        self.parse()
    }
}

impl Mirror<CampaignId> for ID {
    fn told(value: &CampaignId) -> Self {
        (*value).into()
    }

    fn meant(self) -> Result<CampaignId, Refusal> {
        self.parse()
    }
}

/// Declares types that are both read and told, each for a type of the domain with the same fields.
macro_rules! mirrored {
    ($($(#[$doc:meta])* $name:ident, $input:literal of $kept:ident {
        $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
    })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, async_graphql::SimpleObject, async_graphql::InputObject)]
            #[graphql(input_name = $input)]
            pub(crate) struct $name {
                $($(#[$field_doc])* $field: $type,)*
            }

            impl $crate::records::mirror::Mirror<kept::$kept> for $name {
                fn told(value: &kept::$kept) -> Self {
                    Self {
                        $($field: $crate::records::mirror::Mirror::told(&value.$field),)*
                    }
                }

                fn meant(self) -> Result<kept::$kept, bellwether_domain::error_code::Refusal> {
                    use $crate::records::mirror::{camel_case, within};
                    Ok(kept::$kept {
                        $($field: $crate::records::mirror::Mirror::meant(self.$field)
                            .map_err(|refusal| within(&camel_case(stringify!($field)), refusal))?,)*
                    })
                }
            }
        )*
    };
}
pub(crate) use mirrored;

#[cfg(test)]
mod tests {
    use super::camel_case;

    #[test]
    fn fields_are_named_as_clients_write_them() {
        assert_eq!(camel_case("name"), "name");
        assert_eq!(camel_case("change_percent_max"), "changePercentMax");
    }
}
