//! Dense sums against the tallies that they stand for.

use super::*;

const METRICS: [Metric; 5] = [
    Metric::Clicks,
    Metric::Spend,
    Metric::Cpc,
    Metric::TotalCost,
    Metric::Roas,
];

const CURRENCIES: [&str; 2] = ["USD", "CNY"];

/// One sum to add: group, component's place, currency's place, sum and count.
type Added = (usize, usize, usize, i64, u64);

fn sum_of(added: &Added) -> ComponentSum {
    ComponentSum {
        sum: i128::from(added.3),
        count: added.4,
        coverage: added.4,
    }
}

fn currency(place: usize) -> Currency {
    Currency::parse(CURRENCIES[place]).unwrap()
}

/// The groups' keys are given out from behind, so that pieces don't come in the order of groups.
fn by_tallies(query: &MetricQuery, adds: &[Added]) -> MetricTable {
    let mut groups: HashMap<RowKey, Tally> = HashMap::new();
    for added in adds {
        let tally = groups.entry(on(Platform::ALL[added.0])).or_default();
        tally.add_rows(1);
        tally.add(
            query.components()[added.1],
            currency(added.2),
            sum_of(added),
        );
    }
    MetricTable::build(query.clone(), groups, &NoLabels).unwrap()
}

fn by_pieces(query: &MetricQuery, adds: &[Added]) -> MetricTable {
    let mut sums = GroupSums::new(query);
    let mut groups: HashMap<usize, u32> = HashMap::new();
    for added in adds {
        let group = *groups
            .entry(added.0)
            .or_insert_with(|| sums.add_group(on(Platform::ALL[added.0])));
        let piece = sums.add_piece(group, Some(currency(added.2)), 1);
        sums.add(piece, added.1, sum_of(added));
    }
    MetricTable::of_sums(query.clone(), sums, None, &NoLabels).unwrap()
}

proptest! {
    #[test]
    fn pieces_make_the_answer_that_tallies_make(
        adds in prop::collection::vec(
            (0_usize..3, 0_usize..7, 0_usize..2, -5_i64..1_000_000, 0_u64..3),
            0..30,
        ),
    ) {
        let query = a_query(&METRICS, &[Dimension::Platform], &[]);
        prop_assert_eq!(query.components().len(), 7);
        prop_assert_eq!(by_pieces(&query, &adds), by_tallies(&query, &adds));
    }
}

#[test]
fn whole_columns_make_the_answer_that_pieces_make() {
    let query = a_query(
        &[Metric::Clicks, Metric::Spend],
        &[Dimension::Platform],
        &[],
    );
    let adds = [(0, 0, 0, 7, 1), (0, 1, 0, 90, 1), (1, 0, 1, 8, 1)];
    let column = |sums: [i128; 2], counts: [u64; 2]| SumColumn {
        sums: sums.to_vec(),
        counts: counts.to_vec(),
        coverage: counts.to_vec(),
    };
    let keys = vec![on(Platform::ALL[0]), on(Platform::ALL[1])];
    let currencies = vec![Some(currency(0)), Some(currency(1))];
    let columns = vec![column([7, 8], [1, 1]), column([90, 0], [1, 0])];
    let sums = GroupSums::of_columns(&query, keys, currencies, vec![2, 1], columns);
    let table = MetricTable::of_sums(query.clone(), sums, None, &NoLabels).unwrap();
    assert_eq!(table, by_pieces(&query, &adds));
}

#[test]
fn rows_with_labels_stand_in_the_order_of_their_values() {
    let labelled = |value: Option<&str>| RowKey {
        labels: vec![value.map(Into::into)],
        ..RowKey::default()
    };
    let order = Order {
        key: OrderKey::Label(0),
        descending: true,
    };
    let mut query = a_query(&[Metric::Clicks], &[], &[order]);
    query.labels = vec!["region".into()];
    let groups = [Some("north"), None, Some("south")].map(|it| (labelled(it), Tally::default()));
    let values = |table: MetricTable| -> Vec<Option<String>> {
        let rows = table.rows.into_iter();
        rows.map(|row| row.key.labels[0].as_deref().map(str::to_owned))
            .collect()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        values(built(query.clone(), groups.clone())),
        [some("south"), some("north"), None]
    );
    query.order_by.clear();
    assert_eq!(
        values(built(query, groups)),
        [None, some("north"), some("south")]
    );
}
