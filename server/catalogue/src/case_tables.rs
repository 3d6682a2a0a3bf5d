//! The tables of workflows as diesel sees them, beside the others in [`schema`](crate::schema).

diesel::table! {
    cases (agency_id, id) {
        agency_id -> Text,
        id -> Text,
        definition -> Text,
        definition_version -> BigInt,
        brand_id -> Nullable<Text>,
        campaign_id -> Nullable<Text>,
        state -> Text,
        is_final -> BigInt,
        version -> BigInt,
        n_events -> BigInt,
        head_sha256 -> Text,
        assignee -> Nullable<Text>,
        due_at -> BigInt,
        began_at -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    case_events (agency_id, case_id, seq) {
        agency_id -> Text,
        case_id -> Text,
        seq -> BigInt,
        entry -> Text,
        sha256 -> Text,
    }
}

diesel::table! {
    case_texts (agency_id, case_id, seq, field) {
        agency_id -> Text,
        case_id -> Text,
        seq -> BigInt,
        field -> Text,
        salt -> Text,
        text -> Text,
    }
}

diesel::table! {
    case_commands (agency_id, idempotency_key) {
        agency_id -> Text,
        idempotency_key -> Text,
        fingerprint -> Text,
        case_id -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    case_timers (agency_id, case_id, timer) {
        agency_id -> Text,
        case_id -> Text,
        timer -> Text,
        due_at -> BigInt,
    }
}

diesel::table! {
    workflow_roles (agency_id, member_id, role, brand_id, case_id) {
        agency_id -> Text,
        member_id -> Text,
        role -> Text,
        brand_id -> Text,
        case_id -> Text,
    }
}

diesel::table! {
    workflow_definitions (agency_id, name, version) {
        agency_id -> Text,
        name -> Text,
        version -> BigInt,
        definition_json -> Text,
        saved_by -> Nullable<Text>,
        saved_at -> BigInt,
    }
}

diesel::table! {
    calendar_days (agency_id, day) {
        agency_id -> Text,
        day -> Text,
        kind -> Text,
        name -> Text,
    }
}

diesel::table! {
    closed_periods (agency_id, through) {
        agency_id -> Text,
        through -> Text,
        closed_by -> Nullable<Text>,
        closed_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    cases,
    case_events,
    case_texts,
    case_commands,
    case_timers,
    workflow_roles,
    workflow_definitions,
    calendar_days,
    closed_periods,
);
