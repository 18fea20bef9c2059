//! Exports as the services make them.

use app_domain::ImportFormat;

use crate::shown::shown;
use crate::{detected, file, items, zip_of, zipped};

fn reads(name: &str, bytes: &[u8], format: ImportFormat) {
    assert_eq!(detected(bytes), Some(format), "{name}");
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, shown(&items(bytes, format)));
    });
}

#[test]
fn chatgpt_in_several_files_with_what_was_uploaded() {
    reads("chatgpt-export", &zipped("chatgpt/export"), ImportFormat::Chatgpt);
}

#[test]
fn chatgpt_as_one_file() {
    reads("chatgpt-one-file", &file("chatgpt/conversations.json"), ImportFormat::Chatgpt);
}

#[test]
fn chatgpt_as_one_file_in_a_folder_of_a_zip() {
    let bytes = file("chatgpt/conversations.json");
    let zip = zip_of(&[("export/conversations.json", bytes.as_slice())]);
    assert_eq!(detected(&zip), Some(ImportFormat::Chatgpt));
    assert_eq!(items(&zip, ImportFormat::Chatgpt), items(&bytes, ImportFormat::Chatgpt));
}

#[test]
fn claude_with_projects_and_what_it_remembers() {
    reads("claude-export", &zipped("claude/export"), ImportFormat::Claude);
}

#[test]
fn claude_as_one_file() {
    let bytes = file("claude/export/conversations.json");
    assert_eq!(detected(&bytes), Some(ImportFormat::Claude));
}

#[test]
fn librechat_with_branches() {
    reads("librechat-branches", &file("librechat/branches.json"), ImportFormat::Librechat);
}

#[test]
fn librechat_with_messages_inside_of_messages() {
    reads("librechat-recursive", &file("librechat/recursive.json"), ImportFormat::Librechat);
}

#[test]
fn librechat_without_branches_times_and_ids() {
    reads("librechat-linear", &file("librechat/linear.json"), ImportFormat::Librechat);
}

#[test]
fn open_webui_with_trees_and_lists() {
    reads("open-webui", &file("open-webui/chats.json"), ImportFormat::OpenWebui);
}

#[test]
fn mem0_with_results() {
    reads("mem0-results", &file("mem0/results.json"), ImportFormat::Mem0);
}

#[test]
fn mem0_as_a_list() {
    reads("mem0-list", &file("mem0/list.json"), ImportFormat::Mem0);
}

#[test]
fn khoj_with_conversations_and_memories() {
    let entries = [
        ("conversations.json", file("khoj/conversations.json")),
        ("memories.json", file("khoj/memories.json")),
    ];
    reads("khoj", &zip_of(&entries), ImportFormat::Khoj);
}

#[test]
fn an_export_in_which_there_is_nothing_yet_is_still_known() {
    let entries = [
        ("conversations.json", "[]".to_owned()),
        ("user.json", r#"{"chatgpt_plus_user": false}"#.to_owned()),
    ];
    let zip = zip_of(&entries);
    assert_eq!(detected(&zip), Some(ImportFormat::Chatgpt));
    assert_eq!(items(&zip, ImportFormat::Chatgpt), []);
    let entries = [
        ("conversations.json", "[]"),
        ("users.json", r#"[{"full_name": "M", "email_address": "m@example.org"}]"#),
    ];
    assert_eq!(detected(&zip_of(&entries)), Some(ImportFormat::Claude));
}
