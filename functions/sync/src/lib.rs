//! Connections to outside services and their status.
