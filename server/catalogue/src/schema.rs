//! The tables as diesel sees them: the same in both databases. `migrations/` makes them.

diesel::table! {
    agencies (id) {
        id -> Text,
        slug -> Text,
        name -> Text,
        reporting_currency -> Text,
        timezone -> Text,
        week_start -> Text,
        last_commit -> BigInt,
        catalogue_version -> BigInt,
        created_at -> BigInt,
        oldest_commit -> BigInt,
        fiscal_year_start -> Text,
    }
}

diesel::table! {
    custom_metric_revisions (agency_id, name, revision) {
        agency_id -> Text,
        name -> Text,
        revision -> BigInt,
        state -> Text,
        formula -> Text,
        meaning -> Text,
        better -> Text,
        made_by -> Nullable<Text>,
        made_at -> BigInt,
    }
}

diesel::table! {
    rate_imports (agency_id, revision) {
        agency_id -> Text,
        revision -> BigInt,
        imported_by -> Nullable<Text>,
        imported_at -> BigInt,
    }
}

diesel::table! {
    exchange_rates (agency_id, to_currency, from_currency, day, revision) {
        agency_id -> Text,
        to_currency -> Text,
        from_currency -> Text,
        day -> Text,
        revision -> BigInt,
        rate -> BigInt,
        source -> Text,
        carried_from -> Nullable<Text>,
    }
}

diesel::table! {
    exports (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        member_id -> Nullable<Text>,
        brands -> Text,
        format -> Text,
        file_name -> Text,
        state -> Text,
        started_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        expires_at -> Nullable<BigInt>,
        snapshot -> Nullable<Text>,
        n_rows -> Nullable<BigInt>,
        size_bytes -> Nullable<BigInt>,
        failure_code -> Nullable<Text>,
        failure_message -> Nullable<Text>,
    }
}

diesel::table! {
    operator_tokens (name) {
        name -> Text,
        secret_sha256 -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    data_store (place) {
        place -> BigInt,
        store_id -> Text,
    }
}

diesel::table! {
    members (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        name -> Text,
        role -> Text,
    }
}

diesel::table! {
    tokens (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        member_id -> Text,
        name -> Text,
        secret_sha256 -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        trusted_documents_only -> BigInt,
        may_introspect -> BigInt,
    }
}

diesel::table! {
    brands (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        slug -> Text,
        name -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    member_brands (agency_id, member_id, brand_id) {
        agency_id -> Text,
        member_id -> Text,
        brand_id -> Text,
    }
}

diesel::table! {
    campaigns (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        brand_id -> Text,
        external_id -> Text,
        name -> Text,
        platform -> Text,
        objective -> Text,
        status -> Text,
        currency -> Text,
        timezone -> Text,
        starts_on -> Nullable<Text>,
        ends_on -> Nullable<Text>,
        budget_micros -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    codes (agency_id, dimension, code) {
        agency_id -> Text,
        dimension -> Text,
        code -> BigInt,
        text -> Text,
    }
}

diesel::table! {
    staging_leases (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    staging_paths (agency_id, staging_id, path) {
        agency_id -> Text,
        staging_id -> Text,
        path -> Text,
    }
}

diesel::table! {
    batches (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        dataset -> Text,
        brand_id -> Text,
        idempotency_key -> Nullable<Text>,
        fingerprint -> Text,
        state -> Text,
        received_at -> BigInt,
        lease_expires_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        commit_number -> Nullable<BigInt>,
        n_rows_accepted -> Nullable<BigInt>,
        answer_json -> Nullable<Text>,
        n_rows_written -> Nullable<BigInt>,
    }
}

diesel::table! {
    commits (agency_id, number) {
        agency_id -> Text,
        number -> BigInt,
        batch_id -> Text,
        committed_at -> BigInt,
    }
}

diesel::table! {
    segments (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        dataset -> Text,
        month -> Text,
        commit_number -> BigInt,
        batch_id -> Text,
        path -> Text,
        n_rows -> BigInt,
        size_bytes -> BigInt,
        sha256 -> Text,
        first_day -> Text,
        last_day -> Text,
        oldest_commit -> BigInt,
        parts -> Text,
        settled_commit -> BigInt,
    }
}

diesel::table! {
    partition_commits (agency_id, dataset, month, commit_number) {
        agency_id -> Text,
        dataset -> Text,
        month -> Text,
        commit_number -> BigInt,
    }
}

diesel::table! {
    removals (agency_id, dataset, month, commit_number) {
        agency_id -> Text,
        dataset -> Text,
        month -> Text,
        commit_number -> BigInt,
        from_day -> Text,
        until_day -> Text,
        campaigns -> Text,
        shapes -> Text,
        attributions -> Text,
    }
}

diesel::table! {
    retractions (agency_id, retracted_commit) {
        agency_id -> Text,
        retracted_commit -> BigInt,
        commit_number -> BigInt,
        batch_id -> Text,
    }
}

diesel::table! {
    dropped_files (agency_id, path) {
        agency_id -> Text,
        path -> Text,
        dropped_at -> BigInt,
    }
}

diesel::table! {
    snapshot_pins (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        commit_number -> BigInt,
        purpose -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    campaign_labels (agency_id, campaign_id, name) {
        agency_id -> Text,
        campaign_id -> Text,
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    score_runs (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        plugin -> Text,
        plugin_version -> Text,
        plugin_sha256 -> Text,
        config_json -> Text,
        config_sha256 -> Text,
        commit_number -> BigInt,
        catalogue_version -> BigInt,
        ran_at -> BigInt,
    }
}

diesel::table! {
    scores (agency_id, run_id, campaign_id, name) {
        agency_id -> Text,
        run_id -> Text,
        campaign_id -> Text,
        name -> Text,
        value -> Nullable<Double>,
        verdict -> Nullable<Text>,
        evidence_json -> Text,
    }
}

diesel::table! {
    records (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        kind -> Text,
        brand_id -> Text,
        campaign_id -> Nullable<Text>,
        key -> Text,
        revision -> BigInt,
    }
}

diesel::table! {
    record_revisions (agency_id, record_id, revision) {
        agency_id -> Text,
        record_id -> Text,
        revision -> BigInt,
        state -> Text,
        name -> Text,
        starts_on -> Nullable<Text>,
        ends_on -> Nullable<Text>,
        body_json -> Text,
        made_by -> Nullable<Text>,
        made_at -> BigInt,
    }
}

diesel::table! {
    record_imports (agency_id, idempotency_key) {
        agency_id -> Text,
        idempotency_key -> Text,
        fingerprint -> Text,
        answer_json -> Text,
        imported_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    agencies,
    operator_tokens,
    members,
    tokens,
    brands,
    member_brands,
    campaigns,
    codes,
    staging_leases,
    staging_paths,
    batches,
    commits,
    segments,
    partition_commits,
    removals,
    retractions,
    dropped_files,
    snapshot_pins,
    campaign_labels,
    score_runs,
    scores,
    records,
    record_revisions,
    record_imports,
);

diesel::allow_columns_to_appear_in_same_group_by_clause!(
    scores::campaign_id,
    scores::run_id,
    score_runs::plugin,
);
