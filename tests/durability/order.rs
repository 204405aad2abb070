//! Many writers and followers at one server: every message once, in order, none missing.

use crate::{
    check::check,
    follower::Followers,
    harness::{Folder, scaled},
    server::Server,
    writer::{Length, Writers},
};

async fn write_and_follow(chats: usize) {
    let folder = Folder::new();
    let server = Server::start(&folder.0).await;
    let staff = server.sign_in().await;
    let chats = staff.start_chats(chats).await;
    let callers = [staff.clone()];
    let followers = Followers::start(&callers, &chats);
    let writers = Writers::start(&callers, &chats, Length::Messages(scaled(1_000, 1)));
    let acknowledged = writers.join().await;
    let seen = followers.finish().await;
    check(&staff, &chats, &acknowledged, &seen).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn followers_of_one_chat_see_every_message_once_and_in_order() {
    write_and_follow(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn followers_of_a_hundred_chats_see_every_message_once_and_in_order() {
    write_and_follow(100).await;
}
