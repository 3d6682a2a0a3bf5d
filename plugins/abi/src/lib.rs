//! The plugin ABI: repr(C) twins of bellwether_plugin.h and the metadata format
