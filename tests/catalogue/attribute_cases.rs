//! Cases of attributes and what follows from them: conflicts, versions, pages, codes, scores.

use std::collections::BTreeMap;

use bellwether_catalogue::{CampaignChange, Catalogue, PAGE_ROWS_MAX, RUNS_KEPT_MAX};
use bellwether_domain::ErrorCode;
use bellwether_domain::brand::Brand;
use bellwether_domain::campaign::{
    CAMPAIGN_LABELS_MAX, LABEL_NAMES_MAX, LABEL_VALUE_BYTES_MAX, Platform,
};
use bellwether_domain::codes::CodeTable;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::score::{Score, ScoreRun};

use super::given::{
    a_brand, a_campaign, a_run, a_score, an_agency, at, campaign, countries, next_id, slug,
};

pub(super) fn a_taken_slug_or_external_id_is_a_conflict(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    a_campaign(catalogue, &scope, brand, "c1");
    let before = catalogue.snapshot(&scope).unwrap();

    let twin = Brand {
        id: next_id!(BrandId),
        slug: slug("acme"),
        name: "Acme again".to_owned(),
    };
    let error = catalogue.create_brand(&scope, &twin, at(1)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict);
    assert_eq!(error.public_message(), "brand `acme` already exists");
    let error = catalogue
        .create_campaign(&scope, &campaign(brand, "c1"), at(1))
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict);
    assert_eq!(
        catalogue.snapshot(&scope).unwrap(),
        before,
        "nothing was kept"
    );
}

pub(super) fn names_hold_no_control_characters(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    for control in ['\0', '\n', '\u{7f}'] {
        let name = format!("Ac{control}me");
        let error = catalogue
            .rename_brand(&scope, brand, &name, at(1))
            .unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidInput);
        let mut named = campaign(brand, "c1");
        named.external_id = name;
        let error = catalogue
            .create_campaign(&scope, &named, at(1))
            .unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidInput);
    }
}

pub(super) fn every_change_of_attributes_raises_the_catalogue_version(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let version = || catalogue.snapshot(&scope).unwrap().catalogue.0;
    let brand = a_brand(catalogue, &scope, "acme");
    let id = a_campaign(catalogue, &scope, brand, "c1").id;
    assert_eq!(version(), 2);
    let renamed = catalogue
        .rename_brand(&scope, brand, "Acme & Sons", at(1))
        .unwrap();
    assert_eq!(renamed.name, "Acme & Sons");
    assert_eq!(version(), 3);
    let move_to_meta = CampaignChange {
        platform: Some(Platform::Meta),
        ..CampaignChange::default()
    };
    let moved = catalogue
        .update_campaign(&scope, id, &move_to_meta, at(2))
        .unwrap();
    assert_eq!(version(), 4);
    assert_eq!(moved.platform, Platform::Meta);
    assert_eq!(catalogue.find_campaign(&scope, id).unwrap(), Some(moved));
}

pub(super) fn campaigns_come_in_pages_by_id(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let ids = ["c3", "c1", "c2"].map(|name| a_campaign(catalogue, &scope, brand, name).id);
    let page = |after| {
        let campaigns = catalogue
            .list_campaigns(&scope, Some(brand), after, 2)
            .unwrap();
        campaigns.into_iter().map(|c| c.id).collect::<Vec<_>>()
    };
    assert_eq!(page(None), ids[..2]);
    assert_eq!(page(Some(ids[1])), ids[2..]);
    catalogue
        .list_campaigns(&scope, None, None, PAGE_ROWS_MAX)
        .unwrap();
    let error = catalogue
        .list_campaigns(&scope, None, None, PAGE_ROWS_MAX + 1)
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::LimitExceeded);
}

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

pub(super) fn labels_are_set_as_a_whole_and_come_with_their_campaign(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let [one, two] = ["c1", "c2"].map(|name| a_campaign(catalogue, &scope, brand, name).id);
    let set = |id, pairs: &[(&str, &str)]| {
        catalogue
            .set_campaign_labels(&scope, id, &labels(pairs), at(1))
            .unwrap()
    };
    let version = || catalogue.snapshot(&scope).unwrap().catalogue.0;
    let before = version();
    set(one, &[("team", "north"), ("season", "spring")]);
    assert_eq!(version(), before + 1);
    set(two, &[("team", "south")]);
    let changed = set(one, &[("team", "west")]);
    assert_eq!(changed.labels, labels(&[("team", "west")]));
    assert_eq!(catalogue.find_campaign(&scope, one).unwrap(), Some(changed));
    let all = catalogue.all_campaigns(&scope).unwrap();
    assert_eq!(catalogue.campaigns_of_brand(&scope, brand).unwrap(), all);
    let said: Vec<_> = all.into_iter().map(|campaign| campaign.labels).collect();
    assert_eq!(
        said,
        [labels(&[("team", "west")]), labels(&[("team", "south")])]
    );

    let mut born_with = campaign(brand, "c3");
    born_with.labels = labels(&[("team", "east")]);
    catalogue
        .create_campaign(&scope, &born_with, at(2))
        .unwrap();
    let found = catalogue.find_campaign(&scope, born_with.id).unwrap();
    assert_eq!(found, Some(born_with));
    let other = an_agency(catalogue, "other");
    let error = catalogue
        .set_campaign_labels(&other, one, &labels(&[]), at(2))
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound);
}

pub(super) fn labels_keep_to_their_limits(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let numbered = |from: usize, n: usize| -> BTreeMap<String, String> {
        (from..from + n)
            .map(|n| (format!("label{n}"), "x".to_owned()))
            .collect()
    };
    let refused = |of: CampaignId, labels: &BTreeMap<String, String>| {
        let outcome = catalogue.set_campaign_labels(&scope, of, labels, at(1));
        outcome.err().map(|error| error.code())
    };
    let id = a_campaign(catalogue, &scope, brand, "c").id;
    let over = Some(ErrorCode::LimitExceeded);
    assert_eq!(refused(id, &numbered(0, CAMPAIGN_LABELS_MAX + 1)), over);
    let long = "x".repeat(LABEL_VALUE_BYTES_MAX + 1);
    assert_eq!(refused(id, &labels(&[("team", &long)])), over);
    let invalid = Some(ErrorCode::InvalidInput);
    assert_eq!(refused(id, &labels(&[("Team", "x")])), invalid);
    assert_eq!(refused(id, &labels(&[("team", "")])), invalid);

    for first in (0..LABEL_NAMES_MAX).step_by(CAMPAIGN_LABELS_MAX) {
        let next = a_campaign(catalogue, &scope, brand, &format!("c{first}")).id;
        assert_eq!(refused(next, &numbered(first, CAMPAIGN_LABELS_MAX)), None);
    }
    assert_eq!(refused(id, &numbered(LABEL_NAMES_MAX, 1)), over);
    assert_eq!(refused(id, &numbered(0, 1)), None);
}

pub(super) fn codes_are_stable_and_go_on_after_the_highest(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let codes_of = |table: &CodeTable| ["US", "CN", "ID"].map(|c| table.code("country", c));
    let first = catalogue
        .assign_codes(&scope, &countries(&["US", "CN", "US"]))
        .unwrap();
    assert_eq!(codes_of(&first), [Some(1), Some(2), None]);
    let second = catalogue
        .assign_codes(&scope, &countries(&["ID", "US"]))
        .unwrap();
    assert_eq!(codes_of(&second), [Some(1), Some(2), Some(3)]);
    assert_eq!(
        codes_of(&catalogue.codes(&scope).unwrap()),
        codes_of(&second)
    );
    let other_dimension = [("age".to_owned(), vec!["18-24".to_owned()])];
    let third = catalogue.assign_codes(&scope, &other_dimension).unwrap();
    assert_eq!(third.code("age", "18-24"), Some(1));
}

pub(super) fn the_newest_run_of_each_plugin_scores_a_campaign(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let [one, two] = ["c1", "c2"].map(|name| a_campaign(catalogue, &scope, brand, name).id);
    let save = |run: &ScoreRun, scores: &[Score]| {
        catalogue.save_scores(&scope, run, scores).unwrap();
    };
    save(&a_run("roi", "{}"), &[a_score(one, 1.0), a_score(two, 2.0)]);
    let replacing = a_run("roi", "{}");
    save(&replacing, &[a_score(one, 3.0), a_score(two, 4.0)]);
    save(&a_run("roi", r#"{"margin":1}"#), &[a_score(one, 5.0)]);
    save(&a_run("pacing", "{}"), &[a_score(one, 6.0)]);

    let found = catalogue.scores_of(&scope, &[one, two]).unwrap();
    let said: Vec<_> = found
        .iter()
        .map(|of| (of.score.campaign, of.run.plugin.as_str(), of.score.value))
        .collect();
    assert_eq!(
        said,
        [
            (one, "pacing", Some(6.0)),
            (one, "roi", Some(5.0)),
            (two, "roi", Some(4.0))
        ]
    );
    assert_eq!(found[2].run, replacing);
}

pub(super) fn old_runs_of_a_plugin_go_with_their_scores(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let [early, late] = ["c1", "c2"].map(|name| a_campaign(catalogue, &scope, brand, name).id);
    let save = |plugin: &str, config: i64, campaign| {
        let run = a_run(plugin, &config.to_string());
        let scores = [a_score(campaign, 1.0)];
        catalogue.save_scores(&scope, &run, &scores).unwrap();
    };
    save("pacing", 0, early);
    save("roi", 0, early);
    for config in 1..=RUNS_KEPT_MAX {
        save("roi", config, late);
    }
    let found = catalogue.scores_of(&scope, &[early, late]).unwrap();
    let plugins: Vec<_> = found
        .iter()
        .map(|of| (of.score.campaign, of.run.plugin.as_str()))
        .collect();
    assert_eq!(plugins, [(early, "pacing"), (late, "roi")]);
}
