//! The promises of the port, but for those about tokens that expire and about how much room there is: a bucket has neither.

use super::stage;

crate::suite::of_every_drive! { crate::suite::port! { stage;
    faults: a_chunk_that_is_interrupted_is_gone_on_with, an_upload_that_is_gone_is_begun_anew,
            who_withdraws_has_to_connect_again, a_short_wait_is_waited_and_a_long_one_is_told,
            failures_in_passing_are_not_seen, a_storm_is_survived, what_arrives_otherwise_is_removed;
    deaths: whoever_dies_while_putting_leaves_one_right_file_in_the_end,
            whoever_dies_while_uploading_leaves_one_right_file_in_the_end;
} }
