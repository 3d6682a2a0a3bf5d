//! The plugin host: child processes that run shared libraries
