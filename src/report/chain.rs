//! The chain of one visitor, with its pictures.

use std::collections::HashMap;

use console::report::Chain;
use console::told;

use super::pictures::Pictures;

pub(super) async fn told(chain: &model::chain::Chain, pictures: &mut Pictures<'_>) -> Chain {
    let film = pictures.film(&chain.film).await;
    let mut screens = HashMap::new();
    for hop in &chain.hops {
        if let Some(left) = hop.left
            && let Some(screen) = pictures.screen(left).await
        {
            screens.insert(hop.index, screen);
        }
    }
    Chain { film, ..told::chain(chain, |hop| screens.get(&hop.index).cloned()) }
}
