/*
 * bellwether_plugin.h: the binary interface between Bellwether and a plugin, version 1.0.
 *
 * A plugin is a shared library that exports one data symbol, `bellwether_plugin`, of type
 * `bw_plugin`. Bellwether reads its `metadata` (JSON) to learn what the plugin needs and gives,
 * then calls `open` once, `run` any number of times and `close` once, always from one thread.
 *
 * Memory: nobody frees the other's memory.
 *   - Texts given to the plugin live until the call returns.
 *   - The input of `run` is moved: the plugin calls its release callbacks, also on error.
 *   - The output of `run` is the plugin's; Bellwether calls its release callbacks.
 *   - Errors are written into a buffer that Bellwether owns.
 *
 * Nothing may be thrown or unwound across these functions: a panic or a C++ exception is to be
 * caught inside the plugin and reported as an error.
 */
#ifndef BELLWETHER_PLUGIN_H
#define BELLWETHER_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The Arrow C Data Interface, as its specification gives it. Any header that has it too carries
 * the same guard.
 */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

/* The first four bytes of `bw_plugin`: "BWPL" when read as a little-endian number. */
#define BW_PLUGIN_MAGIC 0x4c505742u

/* The layout: a server refuses a plugin of another major version. */
#define BW_ABI_MAJOR 1u
/* What was appended to the layout; `struct_size` says how much of a struct is there. */
#define BW_ABI_MINOR 0u

/* The length of `bw_error.message`, its final zero byte included. */
#define BW_ERROR_MESSAGE_SIZE 1020

/* The levels of `bw_host.log`. */
#define BW_LOG_ERROR 1
#define BW_LOG_WARN 2
#define BW_LOG_INFO 3
#define BW_LOG_DEBUG 4

/* Conventional values of `bw_error.code`; a plugin may use others above 99. */
#define BW_ERROR_CONFIG 2 /* `open`: the configuration is not acceptable */
#define BW_ERROR_INPUT 3  /* `run`: the input is not as the metadata declares it */
#define BW_ERROR_PANIC 4  /* the plugin's own code panicked */
#define BW_ERROR_FAILED 5 /* any other failure of the plugin */

/* Where a failing call says why. Owned by the host, zeroed before each call. */
typedef struct bw_error {
  int32_t code;
  char message[BW_ERROR_MESSAGE_SIZE]; /* UTF-8, ended by a zero byte */
} bw_error;

/* What the host offers a plugin. Lives as long as the instance; grows only at its end. */
typedef struct bw_host {
  uint32_t struct_size; /* sizeof(bw_host) of the host */
  uint32_t abi_minor;   /* BW_ABI_MINOR of the host */
  void *ctx;            /* to be given back to the functions below */
  void (*log)(void *ctx, int32_t level, const char *text, size_t length);
} bw_host;

/*
 * Makes an instance for one configuration: a JSON object of `config_length` bytes in UTF-8.
 * Returns 0 and sets `*instance`, or returns another number and fills `error`.
 */
typedef int32_t (*bw_open_fn)(const bw_host *host, const char *config, size_t config_length,
                              void **instance, bw_error *error);

/*
 * Computes one batch. `in` is a struct array with the columns of `input.columns`, in that order
 * and sorted by the entity key. On success (0) `out` and `out_schema` hold a struct array with
 * the columns of `output.columns`, in that order:
 *   - a scorer gives one row for each run of equal entity keys, in the order of the input;
 *   - an alerter and an allocator give any number of rows.
 * On failure another number is returned, `error` is filled and `out` is left untouched.
 */
typedef int32_t (*bw_run_fn)(void *instance, struct ArrowArray *in, struct ArrowSchema *in_schema,
                             struct ArrowArray *out, struct ArrowSchema *out_schema,
                             bw_error *error);

/* Ends an instance. It is not used again. */
typedef void (*bw_close_fn)(void *instance);

/* The descriptor: plain data that can be read without running any of the plugin's functions. */
typedef struct bw_plugin {
  uint32_t magic;       /* BW_PLUGIN_MAGIC */
  uint16_t abi_major;   /* BW_ABI_MAJOR */
  uint16_t abi_minor;   /* BW_ABI_MINOR */
  uint32_t struct_size; /* sizeof(bw_plugin) */
  uint32_t reserved;    /* 0 */
  const char *metadata; /* JSON in UTF-8, ended by a zero byte; see plugins/README.md */
  bw_open_fn open;
  bw_run_fn run;
  bw_close_fn close;
} bw_plugin;

#if defined(_WIN32)
#define BW_EXPORT __declspec(dllexport)
#else
#define BW_EXPORT __attribute__((visibility("default")))
#endif

/* What a plugin defines: `BW_EXPORT const bw_plugin bellwether_plugin = {...};` */
extern BW_EXPORT const bw_plugin bellwether_plugin;

#ifdef __cplusplus
}
#endif

#endif /* BELLWETHER_PLUGIN_H */
