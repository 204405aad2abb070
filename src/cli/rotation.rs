//! `aureole rotate-key`.

use super::{Problem, block_on, database, keys};
use crate::{
    config::Config,
    server,
    service::rotation::{self, Rotation},
};

/// Seals every stored secret anew: with `SECRET_KEY`, or where that is a key of our own making, with a
/// new one. It may be killed anywhere, and goes on when it is run again.
pub fn run(mut config: Config) -> Result<(), Problem> {
    let is_in_file = keys::is_in_file(&config);
    // A server that runs knows the key that it began with. With its own database it is the only one,
    // and simply has to be stopped; others are told both keys beforehand.
    let database = if is_in_file { database::open_alone(&config)? } else { database::open(&config)? };
    if is_in_file {
        keys::add_key(&mut config)?;
    }
    let key_file = keys::key_file(&config);
    let rotation = block_on(async {
        let pool = server::connect(database.options(), &config).await?;
        server::migrate(&pool).await?;
        Ok(rotation::reseal(&server::prepare(pool, config).await?).await?)
    })?;
    let Rotation { resealed, secrets, unreadable } = rotation;
    println!("{resealed} of {secrets} stored secrets were sealed anew");
    if !unreadable.is_empty() {
        return Err(Problem::new(format!(
            "none of the keys opens: {}; keep the former keys, and set these secrets again",
            unreadable.join(", ")
        )));
    }
    if is_in_file {
        keys::drop_other_keys(&key_file)?;
        println!("the new key is in {}", key_file.display());
    } else {
        println!("nothing is sealed with another key than SECRET_KEY any more");
    }
    Ok(())
}
