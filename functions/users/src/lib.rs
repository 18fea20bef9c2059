//! Accounts from outside: the audit log, and their administration.
