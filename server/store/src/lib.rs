//! The store: immutable Parquet segments and the kernels that aggregate them
