//! Memo, the assistant that answers from a person's memories.
