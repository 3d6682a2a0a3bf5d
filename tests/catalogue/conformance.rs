//! The conformance list: each case runs on a fresh SQLite file and on a fresh database of a
//! throw-away PostgreSQL cluster, which is skipped, visibly, where PostgreSQL is not installed.

use bellwether_catalogue::{Catalogue, CatalogueConfig, Location};
use bellwether_test_support::postgres::PostgresCluster;

use super::{
    attribute_cases, compaction_cases, copy_cases, custom_metric_cases, exchange_rate_cases,
    export_cases, ingest_cases, record_cases, record_rule_cases, repair_cases, tenancy_cases,
    version_cases, workflow_cases,
};

macro_rules! conformance {
    ($($module:ident :: $case:ident,)*) => {
        mod sqlite {
            $(#[test] fn $case() { super::on_sqlite(super::$module::$case); })*
        }
        mod postgres {
            $(#[test] fn $case() { super::on_postgres(super::$module::$case); })*
        }
    };
}

conformance! {
    tenancy_cases::migrating_twice_runs_nothing_the_second_time,
    tenancy_cases::every_tenant_table_leads_with_its_agency,
    tenancy_cases::a_catalogue_stays_with_its_first_data_folder,
    tenancy_cases::another_agency_finds_nothing,
    tenancy_cases::another_agency_changes_nothing,
    tenancy_cases::a_limited_member_sees_only_its_brands,
    tenancy_cases::a_client_without_brands_sees_none,
    tenancy_cases::a_token_opens_its_members_agency_until_it_ends,
    tenancy_cases::only_an_operator_token_is_the_operators,
    attribute_cases::a_taken_slug_or_external_id_is_a_conflict,
    attribute_cases::names_hold_no_control_characters,
    attribute_cases::every_change_of_attributes_raises_the_catalogue_version,
    attribute_cases::campaigns_come_in_pages_by_id,
    attribute_cases::labels_are_set_as_a_whole_and_come_with_their_campaign,
    attribute_cases::labels_keep_to_their_limits,
    attribute_cases::codes_are_stable_and_go_on_after_the_highest,
    attribute_cases::the_newest_run_of_each_plugin_scores_a_campaign,
    attribute_cases::old_runs_of_a_plugin_go_with_their_scores,
    custom_metric_cases::every_save_is_a_revision_and_old_ones_stay,
    custom_metric_cases::a_change_of_another_revision_than_expected_is_a_conflict,
    custom_metric_cases::every_revision_raises_the_catalogue_version,
    custom_metric_cases::custom_metrics_are_their_agencys_alone,
    custom_metric_cases::a_revision_tells_who_made_it,
    custom_metric_cases::an_agency_has_so_many_custom_metrics_and_no_more,
    custom_metric_cases::a_custom_metric_has_so_many_revisions_and_no_more,
    custom_metric_cases::an_archived_metric_keeps_its_revisions_and_can_be_saved_again,
    exchange_rate_cases::a_correction_is_a_revision_and_what_was_known_stays,
    exchange_rate_cases::the_same_rates_again_change_nothing,
    exchange_rate_cases::a_change_of_rates_raises_the_catalogue_version,
    exchange_rate_cases::a_carried_rate_gives_way_to_one_of_its_day_and_never_replaces_it,
    exchange_rate_cases::rates_are_their_agencys_alone,
    exchange_rate_cases::an_import_never_looks_older_than_the_one_before,
    workflow_cases::a_turn_writes_events_texts_timers_and_where_the_case_stands,
    workflow_cases::a_refused_turn_writes_nothing,
    workflow_cases::a_command_under_a_key_is_done_once,
    workflow_cases::erased_texts_are_gone_and_their_events_stay,
    workflow_cases::cases_are_seen_by_those_who_see_what_they_are_about,
    workflow_cases::an_agency_has_so_many_open_cases,
    workflow_cases::roles_days_and_workflows_are_their_agencys_alone,
    workflow_cases::closed_books_never_open_again,
    export_cases::an_export_ends_once_and_is_forgotten_when_it_expires,
    export_cases::an_export_is_found_by_who_began_it_and_sees_its_brands,
    export_cases::an_agency_has_so_many_exports,
    export_cases::an_export_that_nobody_works_on_has_failed,
    record_cases::a_record_is_as_it_stood_at_every_moment,
    record_cases::a_list_is_as_it_stood_at_a_moment,
    record_cases::a_revision_names_the_one_it_is_based_on,
    record_cases::a_record_is_of_its_kind_alone,
    record_cases::records_are_their_agencys_and_their_brands_alone,
    record_rule_cases::a_record_names_only_records_and_campaigns_of_its_brand,
    record_rule_cases::agreements_of_the_same_parties_do_not_overlap,
    record_rule_cases::linked_campaigns_form_no_circle,
    record_rule_cases::a_content_is_approved_by_another_member,
    record_cases::records_come_in_pages_of_every_order,
    record_cases::records_are_found_by_campaign_key_and_day,
    record_cases::every_revision_of_a_record_raises_the_catalogue_version,
    record_rule_cases::an_agency_has_so_many_records_of_a_kind_and_no_more,
    record_rule_cases::a_record_has_so_many_revisions_and_the_last_archives_it,
    ingest_cases::a_key_is_answered_busy_or_refused_by_the_state_of_its_twin,
    ingest_cases::a_dead_twin_is_taken_over_and_can_not_publish,
    ingest_cases::abandoned_keys_are_free_and_purged_answers_forgotten,
    ingest_cases::commit_numbers_have_no_gaps_when_two_publish_at_once,
    ingest_cases::a_batch_without_segments_takes_no_number,
    ingest_cases::publishing_registers_campaigns_or_writes_nothing,
    ingest_cases::partitions_are_read_as_of_an_older_commit,
    ingest_cases::committed_at_never_goes_back_with_the_clock,
    ingest_cases::a_lease_protects_its_paths_until_it_ends,
    ingest_cases::a_live_path_is_known,
    version_cases::a_removal_reads_back_from_its_commit_on,
    version_cases::a_batch_that_only_removes_takes_a_commit,
    version_cases::a_removal_keeps_to_its_month,
    version_cases::a_retracted_batch_counts_in_older_snapshots_only,
    version_cases::only_a_committed_batch_is_retracted_and_once,
    version_cases::batches_are_listed_newest_first_in_pages,
    version_cases::a_moment_has_the_newest_commit_before_it,
    compaction_cases::a_replacement_changes_neither_commit_nor_version,
    compaction_cases::dropped_files_are_listed_until_forgotten_and_never_live,
    compaction_cases::a_replacement_that_comes_late_changes_nothing,
    compaction_cases::a_replacement_invents_nothing,
    compaction_cases::the_horizon_rises_with_a_replacement_and_never_falls,
    compaction_cases::a_live_pin_holds_the_horizon_back,
    compaction_cases::a_commit_to_come_can_not_be_pinned,
    compaction_cases::a_retraction_meanwhile_refuses_the_replacement,
    compaction_cases::a_removal_is_forgotten_once_every_older_row_was_rewritten,
    compaction_cases::segments_can_go_without_another_in_their_place,
    compaction_cases::maintenance_reaches_every_agency,
    compaction_cases::a_replacement_takes_so_many_segments_and_no_more,
    compaction_cases::a_pin_says_what_it_is_for_in_so_many_bytes,
    compaction_cases::a_reader_sees_segments_and_their_removals_of_one_moment,
    repair_cases::a_forgotten_segment_leaves_by_a_commit_of_its_own,
    repair_cases::snapshots_before_a_forgotten_segment_have_expired,
    repair_cases::a_segment_is_forgotten_once_and_by_its_agency,
    repair_cases::a_live_pin_keeps_a_segment_from_being_forgotten,
    repair_cases::batches_that_only_removed_are_sent_again_too,
    repair_cases::what_follows_in_a_batchs_other_months_is_sent_again_too,
    repair_cases::batches_of_other_brands_and_undone_ones_are_not_sent_again,
    repair_cases::all_later_batches_are_sent_again_when_their_months_are_not_known_any_more,
    copy_cases::a_copy_is_restored_into_either_database,
    copy_cases::a_copy_is_of_one_moment_while_others_write,
    copy_cases::a_file_that_is_no_copy_is_refused,
}

fn on_sqlite(case: fn(&Catalogue)) {
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let path = dir.path().join("catalogue.sqlite");
    case(&migrated(Location::Sqlite(path)));
}

fn on_postgres(case: fn(&Catalogue)) {
    if let Some(cluster) = PostgresCluster::shared() {
        case(&migrated(Location::Postgres(cluster.create_database())));
    }
}

fn migrated(location: Location) -> Catalogue {
    let catalogue = Catalogue::open(CatalogueConfig {
        location,
        readers_max: 4,
        writer_queue_max: 64,
        busy_timeout_ms: 10_000,
    })
    .expect("the database is there");
    catalogue.migrate().expect("the migrations run");
    catalogue
}
