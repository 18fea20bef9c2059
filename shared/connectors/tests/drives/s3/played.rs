//! The promises of the port, but for those about tokens that expire and about how much room there is: a bucket has neither.

use super::stage;

crate::suite::port! { stage;
    files: what_is_put_is_found_and_read_by_ranges, names_of_any_script_are_kept, what_is_not_there_is_not_found,
           a_list_has_all_files_of_nested_folders_and_no_others, what_is_removed_is_gone_and_can_be_removed_again;
    when: an_absent_file_is_put_once_and_never_over_another, any_file_is_replaced,
          only_the_file_of_a_revision_is_replaced, uploads_look_at_what_is_there_too;
    uploads: files_of_every_size_arrive_whole, nothing_is_seen_of_a_file_before_its_last_chunk,
             an_upload_goes_on_in_another_process, an_upload_goes_on_by_what_the_provider_has,
             two_uploads_at_once_do_not_mix, a_transfer_is_as_good_as_its_chunks;
    faults: a_chunk_that_is_interrupted_is_gone_on_with, an_upload_that_is_gone_is_begun_anew,
            who_withdraws_has_to_connect_again, a_short_wait_is_waited_and_a_long_one_is_told,
            failures_in_passing_are_not_seen, a_storm_is_survived, what_arrives_otherwise_is_removed;
    changes: changes_lead_to_what_is_there, changes_by_hand_are_seen;
    deaths: whoever_dies_while_putting_leaves_one_right_file_in_the_end,
            whoever_dies_while_uploading_leaves_one_right_file_in_the_end;
}
