//! What must hold of the logs once the writers are done.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    client::{Chat, Client, Entry},
    follower::Seen,
    writer::Acknowledged,
};

/// Every log is numbered without a gap, its header agrees, everything acknowledged stands in it
/// once, where the answer said and in its writer's order, nothing else does, and every follower saw
/// just that.
pub async fn check(caller: &Client, chats: &[Chat], acknowledged: &[Acknowledged], followers: &[Seen]) {
    let mut logs = BTreeMap::new();
    for chat in chats {
        let log = caller.log(chat.id).await;
        let numbers: Vec<i64> = log.iter().map(|entry| entry.number).collect();
        let length = i64::try_from(log.len()).expect("a log is not that long");
        assert_eq!(numbers, (1..=length).collect::<Vec<_>>(), "chat {}", chat.id);
        let header = caller.read(&format!("/Chat/{}", chat.id)).await;
        assert_eq!(header["lastmessageid"], length, "chat {}", chat.id);
        logs.insert(chat.id, log);
    }
    check_acknowledged(&logs, acknowledged);
    for seen in followers {
        for (chat, entries) in seen {
            assert!(entries == &logs[chat], "a follower of chat {chat} saw something else than its log");
        }
    }
    let entries: usize = logs.values().map(Vec::len).sum();
    println!("{} acknowledged, {entries} entries in {} chats", acknowledged.len(), chats.len());
}

fn check_acknowledged(logs: &Seen, acknowledged: &[Acknowledged]) {
    let mut last: HashMap<(i64, &str), i64> = HashMap::new();
    for one in acknowledged {
        let log = &logs[&one.chat];
        let stored = usize::try_from(one.number - 1).ok().and_then(|at| log.get(at));
        assert_eq!(stored.map(|entry| entry.text.as_str()), Some(one.text.as_str()), "{one:?} is stored");
        let writer = one.text.split('-').next().expect("a split has a first part");
        let before = last.insert((one.chat, writer), one.number);
        assert!(before < Some(one.number), "{one:?} comes after {before:?}");
    }
    let written: Vec<&Entry> = logs.values().flatten().filter(|entry| entry.text.starts_with('w')).collect();
    let different: BTreeSet<&str> = written.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(written.len(), different.len(), "nothing is stored twice");
    assert_eq!(written.len(), acknowledged.len(), "everything stored was acknowledged in the end");
}
