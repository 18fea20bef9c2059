//! Health, readiness and the API description.
