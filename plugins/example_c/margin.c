/*
 * A scorer in plain C: the share of a campaign's revenue that is left after the cost of goods.
 *
 * margin = 1 - cogs / revenue, over all rows of a campaign; missing without revenue, or where a
 * row lacks a figure. No library but the C one. Build it with `make`, see plugins/README.md.
 */
#include <stdlib.h>
#include <string.h>

#include "bellwether_plugin.h"

static const char METADATA[] =
    "{\"metadata\": 1, \"name\": \"margin_c\", \"version\": \"0.1.0\", \"kind\": \"SCORER\","
    " \"description\": \"The share of revenue that is left after the cost of goods.\","
    " \"config_schema\": {\"type\": \"object\", \"additionalProperties\": false},"
    " \"input\": {"
    "  \"query\": {\"dataset\": \"delivery_daily\", \"by\": [\"CAMPAIGN\"],"
    "   \"metrics\": [\"revenue\", \"cogs\"], \"window_days\": 30},"
    "  \"entity_key\": \"campaign_id\","
    "  \"columns\": ["
    "   {\"name\": \"campaign_id\", \"type\": \"utf8\"},"
    "   {\"name\": \"revenue_micros\", \"type\": \"int64\", \"nullable\": true},"
    "   {\"name\": \"cogs_micros\", \"type\": \"int64\", \"nullable\": true}]},"
    " \"output\": {\"columns\": [{\"name\": \"value\", \"type\": \"float64\", \"nullable\": true}]}}";

/* One instance is enough for all: there is nothing to configure and nothing to keep. */
static int instance_of_all;

/* ---- reading ---- */

static int is_valid(const struct ArrowArray *column, int64_t row) {
  const uint8_t *bits = column->buffers[0];
  int64_t at = column->offset + row;
  return bits == NULL || (bits[at / 8] >> (at % 8) & 1);
}

static int64_t number(const struct ArrowArray *column, int64_t row) {
  return ((const int64_t *)column->buffers[1])[column->offset + row];
}

static int is_same_text(const struct ArrowArray *column, int64_t a, int64_t b) {
  const int32_t *offsets = (const int32_t *)column->buffers[1] + column->offset;
  const char *bytes = column->buffers[2];
  int32_t length = offsets[a + 1] - offsets[a];
  return length == offsets[b + 1] - offsets[b] &&
         memcmp(bytes + offsets[a], bytes + offsets[b], (size_t)length) == 0;
}

/* ---- answering: each array frees what it has made ---- */

static void release_column(struct ArrowArray *array) {
  free((void *)array->buffers[0]);
  free((void *)array->buffers[1]);
  free(array->buffers);
  array->release = NULL;
}

static void release_rows(struct ArrowArray *array) {
  struct ArrowArray *column = array->children[0];
  if (column->release != NULL) column->release(column);
  free(column);
  free(array->children);
  free(array->buffers);
  array->release = NULL;
}

static void release_column_schema(struct ArrowSchema *schema) { schema->release = NULL; }

static void release_rows_schema(struct ArrowSchema *schema) {
  struct ArrowSchema *column = schema->children[0];
  if (column->release != NULL) column->release(column);
  free(column);
  free(schema->children);
  schema->release = NULL;
}

static int32_t answer_schema(struct ArrowSchema *schema) {
  struct ArrowSchema **children = malloc(sizeof *children);
  struct ArrowSchema *column = calloc(1, sizeof *column);
  if (children == NULL || column == NULL) {
    free(children);
    free(column);
    return BW_ERROR_FAILED;
  }
  column->format = "g";
  column->name = "value";
  column->flags = ARROW_FLAG_NULLABLE;
  column->release = release_column_schema;
  children[0] = column;
  memset(schema, 0, sizeof *schema);
  schema->format = "+s";
  schema->name = "";
  schema->n_children = 1;
  schema->children = children;
  schema->release = release_rows_schema;
  return 0;
}

/* A struct array with one column of floats and its bitmap of valid rows, which it takes over. */
static int32_t answer_rows(struct ArrowArray *rows, int64_t length, int64_t nulls, uint8_t *bits,
                           double *values) {
  struct ArrowArray **children = malloc(sizeof *children);
  struct ArrowArray *column = calloc(1, sizeof *column);
  const void **of_column = calloc(2, sizeof *of_column);
  const void **of_rows = calloc(1, sizeof *of_rows);
  if (children == NULL || column == NULL || of_column == NULL || of_rows == NULL) {
    free(children);
    free(column);
    free(of_column);
    free(of_rows);
    return BW_ERROR_FAILED;
  }
  of_column[0] = bits;
  of_column[1] = values;
  column->length = length;
  column->null_count = nulls;
  column->n_buffers = 2;
  column->buffers = of_column;
  column->release = release_column;
  children[0] = column;
  memset(rows, 0, sizeof *rows);
  rows->length = length;
  rows->n_buffers = 1;
  rows->buffers = of_rows;
  rows->n_children = 1;
  rows->children = children;
  rows->release = release_rows;
  return 0;
}

/* ---- the scorer ---- */

/* Fills a value and a bit for each campaign; the number of campaigns, and of missing values. */
static int64_t score(const struct ArrowArray *in, uint8_t *bits, double *values, int64_t *nulls) {
  const struct ArrowArray *campaigns = in->children[0];
  const struct ArrowArray *revenues = in->children[1];
  const struct ArrowArray *costs = in->children[2];
  int64_t end = in->offset + in->length;
  int64_t count = 0;
  *nulls = 0;
  for (int64_t row = in->offset; row < end; count++) {
    double revenue = 0.0, cogs = 0.0;
    int is_known = 1;
    int64_t first = row;
    for (; row < end && is_same_text(campaigns, first, row); row++) {
      if (!is_valid(revenues, row) || !is_valid(costs, row)) {
        is_known = 0;
        continue;
      }
      revenue += (double)number(revenues, row);
      cogs += (double)number(costs, row);
    }
    if (is_known && revenue > 0.0) {
      values[count] = 1.0 - cogs / revenue;
      bits[count / 8] |= (uint8_t)(1u << (count % 8));
    } else {
      (*nulls)++;
    }
  }
  return count;
}

static int32_t fail(bw_error *error, int32_t code, const char *message) {
  error->code = code;
  strncpy(error->message, message, BW_ERROR_MESSAGE_SIZE - 1);
  return code;
}

static int32_t open_instance(const bw_host *host, const char *config, size_t config_length,
                             void **instance, bw_error *error) {
  (void)host;
  (void)config; /* The schema allows no setting, and was held before this call. */
  (void)config_length;
  (void)error;
  *instance = &instance_of_all;
  return 0;
}

static int32_t run(void *instance, struct ArrowArray *in, struct ArrowSchema *in_schema,
                   struct ArrowArray *out, struct ArrowSchema *out_schema, bw_error *error) {
  (void)instance;
  int32_t status = 0;
  int64_t nulls = 0;
  size_t rows = (size_t)in->length;
  /* At most one campaign a row; one byte more, so that nothing is asked for nothing. */
  uint8_t *bits = calloc(rows / 8 + 1, 1);
  double *values = calloc(rows + 1, sizeof *values);
  if (bits == NULL || values == NULL) {
    status = fail(error, BW_ERROR_FAILED, "there is not enough memory");
  } else {
    int64_t count = score(in, bits, values, &nulls);
    status = answer_rows(out, count, nulls, bits, values);
    if (status == 0 && answer_schema(out_schema) != 0) {
      out->release(out);
      bits = NULL;
      values = NULL;
      status = BW_ERROR_FAILED;
    }
    if (status != 0) fail(error, status, "there is not enough memory for the answer");
  }
  if (status != 0) {
    free(bits);
    free(values);
  }
  /* The input is the plugin's to release, also on error. */
  if (in_schema->release != NULL) in_schema->release(in_schema);
  if (in->release != NULL) in->release(in);
  return status;
}

static void close_instance(void *instance) { (void)instance; }

BW_EXPORT const bw_plugin bellwether_plugin = {
    .magic = BW_PLUGIN_MAGIC,
    .abi_major = BW_ABI_MAJOR,
    .abi_minor = BW_ABI_MINOR,
    .struct_size = sizeof(bw_plugin),
    .reserved = 0,
    .metadata = METADATA,
    .open = open_instance,
    .run = run,
    .close = close_instance,
};
