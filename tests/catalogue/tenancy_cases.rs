//! Cases of who sees what: migrations, tenancy, brand limits and tokens.

use bellwether_catalogue::{BatchFilter, CampaignChange, Catalogue, NewToken, TokenSecret};
use bellwether_domain::brand::Brand;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::{BrandId, MemberId, StoreId, TokenId};
use bellwether_domain::member::Role;
use bellwether_domain::{ErrorCode, Scope};

use super::given::{
    a_brand, a_campaign, a_commit, a_member, a_run, a_score, an_agency, at, campaign, countries,
    month, next_id, slug, snapshot,
};

pub(super) fn migrating_twice_runs_nothing_the_second_time(catalogue: &Catalogue) {
    assert_eq!(catalogue.pending_migrations().unwrap(), [""; 0]);
    assert_eq!(catalogue.migrate().unwrap(), [""; 0]);
    catalogue.ping().unwrap();
}

pub(super) fn every_tenant_table_leads_with_its_agency(catalogue: &Catalogue) {
    const OF_THE_INSTANCE: [&str; 4] = [
        "agencies",
        "data_store",
        "operator_tokens",
        "__diesel_schema_migrations",
    ];
    let shapes = catalogue.table_shapes().unwrap();
    assert!(shapes.len() > OF_THE_INSTANCE.len());
    for shape in shapes {
        let is_the_instances = OF_THE_INSTANCE.contains(&shape.table.as_str());
        assert!(
            is_the_instances || (shape.has_agency && shape.leads_with_agency),
            "{shape:?}: give it `agency_id NOT NULL` and a key that begins with it"
        );
    }
}

pub(super) fn a_catalogue_stays_with_its_first_data_folder(catalogue: &Catalogue) {
    let (first, second) = (next_id!(StoreId), next_id!(StoreId));
    catalogue.bind_store(first).unwrap();
    catalogue.bind_store(first).unwrap();
    let told = catalogue.bind_store(second).unwrap_err().to_string();
    assert!(
        told.starts_with("this catalogue's facts lie in another data folder"),
        "{told}"
    );
    assert!(told.contains(&first.to_string()) && told.contains(&second.to_string()));
}

pub(super) fn another_agency_finds_nothing(catalogue: &Catalogue) {
    let (mine, other) = (an_agency(catalogue, "mine"), an_agency(catalogue, "other"));
    let brand = a_brand(catalogue, &mine, "acme");
    let campaign = a_campaign(catalogue, &mine, brand, "c1").id;
    let member = a_member(catalogue, &mine, Role::Viewer);
    let commit = a_commit(catalogue, &mine, brand, month("2026-01"), at(1)).commit;
    catalogue.assign_codes(&mine, &countries(&["US"])).unwrap();
    catalogue
        .save_scores(&mine, &a_run("roi", "{}"), &[a_score(campaign, 1.0)])
        .unwrap();

    assert_eq!(catalogue.find_brand(&other, brand).unwrap(), None);
    assert_eq!(
        catalogue.find_brand_by_slug(&other, &slug("acme")).unwrap(),
        None
    );
    assert!(catalogue.list_brands(&other).unwrap().is_empty());
    assert_eq!(catalogue.find_campaign(&other, campaign).unwrap(), None);
    assert!(
        catalogue
            .list_campaigns(&other, None, None, 10)
            .unwrap()
            .is_empty()
    );
    assert!(
        catalogue
            .campaigns_of_brand(&other, brand)
            .unwrap()
            .is_empty()
    );
    assert!(catalogue.all_campaigns(&other).unwrap().is_empty());
    assert!(catalogue.list_members(&other).unwrap().is_empty());
    assert_not_found(catalogue.get_member(&other, member));
    let any = BatchFilter::default();
    let batches = catalogue.list_batches(&other, &any, None, 10).unwrap();
    assert!(batches.is_empty());
    let dataset = DatasetName::DeliveryDaily;
    assert!(
        catalogue
            .partitions(&other, dataset, commit)
            .unwrap()
            .is_empty()
    );
    assert_eq!(catalogue.committed_at(&other, commit).unwrap(), None);
    assert_eq!(catalogue.snapshot(&other).unwrap(), snapshot(0, 0));
    assert_eq!(catalogue.codes(&other).unwrap().code("country", "US"), None);
    assert!(catalogue.scores_of(&other, &[campaign]).unwrap().is_empty());
}

pub(super) fn another_agency_changes_nothing(catalogue: &Catalogue) {
    let (mine, other) = (an_agency(catalogue, "mine"), an_agency(catalogue, "other"));
    let brand = a_brand(catalogue, &mine, "acme");
    let existing = a_campaign(catalogue, &mine, brand, "c1").id;
    let member = a_member(catalogue, &mine, Role::Viewer);
    let secret = issue_token(catalogue, &mine, member);

    assert_not_found(catalogue.rename_brand(&other, brand, "taken", at(1)));
    let change = CampaignChange::default();
    assert_not_found(catalogue.update_campaign(&other, existing, &change, at(1)));
    assert_not_found(catalogue.create_campaign(&other, &campaign(brand, "c2"), at(1)));
    assert_not_found(catalogue.limit_member_to_brands(&other, member, &[]));
    let token = new_token(member);
    assert_not_found(catalogue.issue_token(&other, &token, &TokenSecret::from_random([9; 32])));
    assert_eq!(
        catalogue
            .revoke_tokens_named(&other, "laptop", at(1))
            .unwrap(),
        0
    );
    assert!(catalogue.authorise(&secret, at(1)).unwrap().is_some());
    let run = a_run("roi", "{}");
    assert_not_found(catalogue.save_scores(&other, &run, &[a_score(existing, 1.0)]));
    assert_eq!(catalogue.snapshot(&other).unwrap(), snapshot(0, 0));
}

pub(super) fn a_limited_member_sees_only_its_brands(catalogue: &Catalogue) {
    let owner = an_agency(catalogue, "mine");
    let (seen, hidden) = (
        a_brand(catalogue, &owner, "seen"),
        a_brand(catalogue, &owner, "hidden"),
    );
    let visible = a_campaign(catalogue, &owner, seen, "c1").id;
    let concealed = a_campaign(catalogue, &owner, hidden, "c1").id;
    let scores = [a_score(visible, 1.0), a_score(concealed, 2.0)];
    catalogue
        .save_scores(&owner, &a_run("roi", "{}"), &scores)
        .unwrap();
    a_commit(catalogue, &owner, hidden, month("2026-01"), at(1));
    let scope = scope_of_member(catalogue, &owner, Role::Viewer, &[seen]);

    let slugs = |brands: Vec<Brand>| brands.into_iter().map(|b| b.slug).collect::<Vec<_>>();
    assert_eq!(
        slugs(catalogue.list_brands(&scope).unwrap()),
        [slug("seen")]
    );
    assert_eq!(catalogue.find_brand(&scope, hidden).unwrap(), None);
    assert_eq!(
        catalogue
            .find_brand_by_slug(&scope, &slug("hidden"))
            .unwrap(),
        None
    );
    assert_eq!(catalogue.find_campaign(&scope, concealed).unwrap(), None);
    assert_eq!(catalogue.all_campaigns(&scope).unwrap().len(), 1);
    assert!(
        catalogue
            .campaigns_of_brand(&scope, hidden)
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        catalogue
            .scores_of(&scope, &[visible, concealed])
            .unwrap()
            .len(),
        1
    );
    let any = BatchFilter::default();
    let batches = catalogue.list_batches(&scope, &any, None, 10).unwrap();
    assert!(batches.is_empty());
    assert_not_found(catalogue.rename_brand(&scope, hidden, "x", at(1)));
    assert_not_found(catalogue.create_campaign(&scope, &campaign(hidden, "c9"), at(1)));
}

pub(super) fn a_client_without_brands_sees_none(catalogue: &Catalogue) {
    let owner = an_agency(catalogue, "mine");
    a_brand(catalogue, &owner, "acme");
    let client = scope_of_member(catalogue, &owner, Role::Client, &[]);
    let viewer = scope_of_member(catalogue, &owner, Role::Viewer, &[]);
    assert!(catalogue.list_brands(&client).unwrap().is_empty());
    assert_eq!(catalogue.list_brands(&viewer).unwrap().len(), 1);
}

pub(super) fn a_token_opens_its_members_agency_until_it_ends(catalogue: &Catalogue) {
    let owner = an_agency(catalogue, "mine");
    let member = a_member(catalogue, &owner, Role::Analyst);
    let secret = issue_token(catalogue, &owner, member);

    let opened = catalogue.authorise(&secret, at(99)).unwrap().unwrap();
    let scope = opened.scope;
    assert_eq!(
        (scope.agency(), scope.member(), scope.role()),
        (owner.agency(), Some(member), Role::Analyst)
    );
    assert_eq!(opened.expires_at, Some(at(100)));
    let unknown = TokenSecret::from_random([255; 32]);
    assert_eq!(catalogue.authorise(&unknown, at(1)).unwrap(), None);
    assert_eq!(
        catalogue.authorise(&secret, at(100)).unwrap(),
        None,
        "it expires at 100"
    );
    assert_eq!(
        catalogue
            .revoke_tokens_named(&owner, "laptop", at(2))
            .unwrap(),
        1
    );
    assert_eq!(
        catalogue.authorise(&secret, at(3)).unwrap(),
        None,
        "it was revoked"
    );
    assert_eq!(
        catalogue
            .revoke_tokens_named(&owner, "laptop", at(4))
            .unwrap(),
        0
    );
}

pub(super) fn only_an_operator_token_is_the_operators(catalogue: &Catalogue) {
    let owner = an_agency(catalogue, "mine");
    let member = a_member(catalogue, &owner, Role::Owner);
    let members_secret = issue_token(catalogue, &owner, member);
    let (old, new) = (
        TokenSecret::from_random([1; 32]),
        TokenSecret::from_random([2; 32]),
    );
    catalogue.issue_operator_token("cli", &old, at(1)).unwrap();
    catalogue.issue_operator_token("cli", &new, at(2)).unwrap();
    let is_operator = |secret| catalogue.is_operator(secret, at(3)).unwrap();
    assert_eq!(
        [&old, &new, &members_secret].map(is_operator),
        [false, true, false]
    );
    assert_eq!(catalogue.authorise(&new, at(3)).unwrap(), None);
}

fn new_token(member: MemberId) -> NewToken {
    NewToken {
        id: next_id!(TokenId),
        member,
        name: "laptop".to_owned(),
        created_at: at(0),
        expires_at: Some(at(100)),
        trusted_documents_only: false,
        may_introspect: true,
    }
}

fn issue_token(catalogue: &Catalogue, scope: &Scope, member: MemberId) -> TokenSecret {
    let token = new_token(member);
    let mut random = [0; 32];
    random[..4].copy_from_slice(&super::given::next_number().to_le_bytes());
    let secret = TokenSecret::from_random(random);
    catalogue.issue_token(scope, &token, &secret).unwrap();
    secret
}

pub(super) fn scope_of_member(
    catalogue: &Catalogue,
    owner: &Scope,
    role: Role,
    brands: &[BrandId],
) -> Scope {
    let member = a_member(catalogue, owner, role);
    catalogue
        .limit_member_to_brands(owner, member, brands)
        .unwrap();
    let secret = issue_token(catalogue, owner, member);
    let opened = catalogue.authorise(&secret, at(1)).unwrap().unwrap();
    opened.scope
}

fn assert_not_found<T: std::fmt::Debug>(outcome: bellwether_catalogue::Result<T>) {
    assert_eq!(outcome.unwrap_err().code(), ErrorCode::NotFound);
}
