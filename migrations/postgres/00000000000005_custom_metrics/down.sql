DROP TABLE custom_metric_revisions;
