//! A server that is killed under load, again and again.

use std::time::Instant;

use crate::{
    check::check,
    follower::Followers,
    harness::{Folder, scaled},
    server::Server,
    writer::{Length, Writers},
};

const KILLS: usize = 20;
const KILLS_MIN: usize = 5;
const CHATS: usize = 10;
/// Acknowledged between a start and the next kill, so that every kill meets the full load.
const POSTS_BETWEEN_KILLS: usize = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_before_a_kill_is_there_after_it_once_and_in_order() {
    let folder = Folder::new();
    let mut server = Server::start(&folder.0).await;
    let staff = server.sign_in().await;
    let chats = staff.start_chats(CHATS).await;
    let callers = [staff.clone()];
    let followers = Followers::start(&callers, &chats);
    let writers = Writers::start(&callers, &chats, Length::Endless);
    for round in 0..scaled(KILLS, KILLS_MIN) {
        // Never the same number, so that the kills do not all meet the same moment of a batch.
        writers.progress(POSTS_BETWEEN_KILLS + round * 37).await;
        let killed = Instant::now();
        // Every other time the database goes as hard as the server.
        server.kill(round % 2 == 1);
        server.restart().await;
        println!("kill {}: ready again after {} ms", round + 1, killed.elapsed().as_millis());
    }
    writers.progress(POSTS_BETWEEN_KILLS).await;
    let acknowledged = writers.stop().await;
    let seen = followers.finish().await;
    check(&staff, &chats, &acknowledged, &seen).await;
}
