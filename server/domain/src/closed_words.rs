//! Closed sets of words, such as roles or platforms: one macro, so that the word in Rust, SQL,
//! GraphQL and files is written once and a wrong one gets the list and the nearest.

/// Declares an enum whose variants have one word each: `NAME`s for the wire and the database.
#[macro_export]
macro_rules! closed_words {
    ($(#[$doc:meta])* pub enum $name:ident, $noun:literal {
        $($(#[$variant_doc:meta])* $variant:ident => $word:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every word of the set, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The word on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error_code::Refusal;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|word| word.as_str().eq_ignore_ascii_case(text))
                    .ok_or_else(|| {
                        let words = || Self::ALL.iter().map(|word| word.as_str());
                        $crate::error_code::Refusal::invalid(format!(
                            "`{text}` is not {}; use one of {}",
                            $noun,
                            words().collect::<Vec<_>>().join(", "),
                        ))
                        .with_allowed(words())
                        .with_suggestion($crate::nearest::nearest(text, words()))
                    })
            }
        }
    };
}
