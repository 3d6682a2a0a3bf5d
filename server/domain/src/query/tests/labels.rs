//! Labels in questions.

use super::*;

fn labelled(labels: &[&str], filters: &[(&str, &[&str])]) -> MetricRequest {
    let test = |(name, values): &(&str, &[&str])| one_of(Subject::Label((*name).into()), values);
    MetricRequest {
        labels: labels.iter().map(|name| (*name).to_owned()).collect(),
        filter: kept(filters.iter().map(test).collect()),
        ..a_request()
    }
}

#[test]
fn labels_are_grouped_and_filtered_by_in_canonical_form() {
    let query = planned(&labelled(
        &["season", "region"],
        &[
            ("season", &["summer", "spring", "summer"]),
            ("region", &["north"]),
        ],
    ));
    assert_eq!(query.labels, ["season", "region"]);
    let names: Vec<&str> = query.label_filters.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["region", "season"]);
    assert_eq!(query.label_filters[1].values, ["spring", "summer"]);
    let kept = |season| {
        query.keeps_labels(|name| {
            if name == "region" {
                Some("north")
            } else {
                season
            }
        })
    };
    assert!(kept(Some("spring")));
    assert!(!kept(Some("winter")) && !kept(None));
}

#[test]
fn an_unknown_label_is_refused_with_those_that_exist() {
    let refusal = refused(&labelled(&["reigon"], &[]));
    assert_eq!(refusal.path, "labels[0]");
    assert_eq!(refusal.allowed, ["region", "season"]);
    assert_eq!(refusal.did_you_mean.as_deref(), Some("region"));
    let refusal = refused(&labelled(&[], &[("x", &["1"])]));
    assert_eq!(refusal.path, "where.labels[0].name");
}

#[test]
fn doubles_empty_filters_and_absent_sort_keys_of_labels_are_refused() {
    assert_eq!(
        refused(&labelled(&["region", "region"], &[])).path,
        "labels[1]"
    );
    let no_values = labelled(&[], &[("region", &[])]);
    assert_eq!(refused(&no_values).path, "where.labels[0]");
    let order = Order {
        key: OrderKey::Label(0),
        descending: false,
    };
    let sorted = |labels| MetricRequest {
        order_by: vec![order],
        ..labelled(labels, &[])
    };
    planned(&sorted(&["region"]));
    assert_eq!(refused(&sorted(&[])).path, "orderBy[0].label");
}

#[test]
fn the_limit_of_labels_holds_on_both_sides() {
    let names: Vec<String> = (0..=LABELS_MAX).map(|n| format!("l{n}")).collect();
    let context = PlanContext {
        label_names: names.clone(),
        ..context()
    };
    let plan = |n: usize| {
        let request = MetricRequest {
            labels: names[..n].to_vec(),
            ..a_request()
        };
        request.plan(&context)
    };
    assert!(plan(LABELS_MAX).is_ok());
    let refusal = plan(LABELS_MAX + 1).unwrap_err();
    assert!(refusal.message.contains("labels_max"));
}
