//! To which ad a conversion or a complaint belongs, in SQL that both databases read.

/// Rows `c` of a table whose `key` is the second column of `k`, by its index: SQLite looks for pairs `IN` a list by going through the
/// whole table, and for those of a join by an index, where that holds all that is asked of it.
fn chosen(table: &str, key: &str) -> String {
    format!(
        ") AS k, {table} AS x, touchpoints AS t WHERE x.platform = k.column1 AND x.{key} = k.column2 AND x.{key} IS NOT NULL
         AND c.platform = x.platform AND c.id = x.id"
    )
}

/// What the click that a row names says of it; between both parts stand the platform and the `key` of the rows.
pub(crate) fn by_click(table: &str, key: &str) -> [String; 2] {
    let invalid = if table == "conversions" { ", invalid_click = t.invalid" } else { "" };
    let head = format!(
        "UPDATE {table} AS c SET belongs = coalesce(c.ad, t.ad), linked_by = CASE WHEN c.ad IS NULL THEN 'click' ELSE 'ad' END,
         via = t.id, user_id = coalesce(c.user_id, t.user_id){invalid} FROM ("
    );
    let tail = format!(
        "{} AND c.click IS NOT NULL AND t.platform = c.platform AND t.id = c.click AND t.kind = 'click'
         AND (c.ad IS NOT NULL OR t.ad IS NOT NULL)",
        chosen(table, key)
    );
    [head, tail]
}

/// The last click on an ad of its user, where a row names neither an ad nor a click that is there.
pub(crate) fn by_last_click(table: &str, key: &str) -> [String; 2] {
    let invalid = if table == "conversions" { ", invalid_click = t.invalid" } else { "" };
    let window = super::LAST_CLICK.num_milliseconds();
    let head = format!("UPDATE {table} AS c SET belongs = t.ad, linked_by = 'last-click', via = t.id{invalid} FROM (");
    let tail = format!(
        "{} AND c.ad IS NULL AND c.user_id IS NOT NULL
         AND (c.linked_by IS NULL OR c.linked_by = 'last-click') AND t.platform = c.platform AND t.id =
            (SELECT l.id FROM touchpoints AS l WHERE l.platform = c.platform AND l.user_id = c.user_id AND l.kind = 'click'
             AND l.ad IS NOT NULL AND l.at <= c.at AND l.at >= c.at - {window} ORDER BY l.at DESC, l.id DESC LIMIT 1)
         AND (c.via IS NULL OR c.via <> t.id)",
        chosen(table, key)
    );
    [head, tail]
}

/// Has rules look again at complaints that a rule left out and no person settled. Which ones is chosen behind it.
pub(crate) const UNHEED: &str =
    "UPDATE complaints SET noise_heeded = 0 WHERE excluded IS NOT NULL AND noise_settled = 0
     AND forgotten = 0 AND (platform, id) IN (";

/// Complaints of users who converted; by which conversions is chosen behind it.
pub(crate) const OF_WHO_CONVERTED: &str = "SELECT s.platform, s.id FROM conversions AS v
     JOIN complaints AS s ON s.platform = v.platform AND s.user_id = v.user_id WHERE (v.platform, v.id) IN (";

/// Implements the linking for a store.
macro_rules! hearing_links {
    ($store:ty, $database:ty) => {
        impl $store {
            /// Links rows that just came in, no more than one statement takes.
            async fn link_new(
                &self,
                transaction: &mut Transaction<'static, $database>,
                table: &'static str,
                keys: &[Key],
            ) -> Result<(), StoreError> {
                let keys: Vec<(&String, &String)> = keys.iter().map(|key| (&key.platform, &key.id)).collect();
                self.link(transaction, links::by_click(table, "id"), &keys).await?;
                self.link(transaction, links::by_last_click(table, "id"), &keys).await.map(drop)
            }

            /// Has what users said looked at again who turn out to have converted, by these conversions.
            async fn unheed_of(
                &self,
                transaction: &mut Transaction<'static, $database>,
                conversions: &[Key],
            ) -> Result<(), StoreError> {
                for some in conversions.chunks(ROWS) {
                    let mut update = QueryBuilder::<$database>::new(links::UNHEED);
                    update.push(links::OF_WHO_CONVERTED);
                    push_pairs!(update, some.iter().map(|key| (&key.platform, &key.id)));
                    update.push(")");
                    let done = update.build().persistent(false).execute(&mut **transaction).await;
                    done.map_err(|source| self.database(source))?;
                }
                Ok(())
            }

            /// Has these complaints looked at again: they belong to another ad.
            async fn unheed(
                &self,
                transaction: &mut Transaction<'static, $database>,
                complaints: &[Key],
            ) -> Result<(), StoreError> {
                for some in complaints.chunks(ROWS) {
                    let mut update = QueryBuilder::<$database>::new(links::UNHEED);
                    push_pairs!(update, some.iter().map(|key| (&key.platform, &key.id)));
                    let done = update.build().persistent(false).execute(&mut **transaction).await;
                    done.map_err(|source| self.database(source))?;
                }
                Ok(())
            }

            /// Links rows that are named by pairs, and gives back which.
            async fn link(
                &self,
                transaction: &mut Transaction<'static, $database>,
                [head, tail]: [String; 2],
                pairs: &[(&String, &String)],
            ) -> Result<Vec<Key>, StoreError> {
                if pairs.is_empty() {
                    return Ok(Vec::new());
                }
                let mut update = QueryBuilder::<$database>::new(head);
                push_pairs!(update, pairs);
                update.push(tail).push(" RETURNING c.platform, c.id");
                let linked: Vec<(String, String)> = update
                    .build_query_as()
                    .persistent(false)
                    .fetch_all(&mut **transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                Ok(linked.into_iter().map(|(platform, id)| Key { platform, id }).collect())
            }

            /// Links anew what came in before these clicks, no more of them than one statement takes.
            async fn link_late(
                &self,
                transaction: &mut Transaction<'static, $database>,
                clicks: &[&Touchpoint],
            ) -> Result<(), StoreError> {
                let platforms: Vec<String> =
                    clicks.iter().map(|click| click.platform.clone().unwrap_or_default()).collect();
                let named: Vec<(&String, &String)> =
                    platforms.iter().zip(clicks).map(|(platform, click)| (platform, &click.id)).collect();
                let users: BTreeSet<(&String, &String)> = platforms
                    .iter()
                    .zip(clicks)
                    .filter_map(|(platform, click)| Some((platform, click.user.as_ref()?)))
                    .collect();
                let users: Vec<(&String, &String)> = users.into_iter().collect();
                for table in ["conversions", "complaints"] {
                    let mut linked = self.link(transaction, links::by_click(table, "click"), &named).await?;
                    linked.extend(self.link(transaction, links::by_last_click(table, "user_id"), &users).await?);
                    match table {
                        "conversions" => self.unheed_of(transaction, &linked).await?,
                        _ => self.unheed(transaction, &linked).await?,
                    }
                }
                Ok(())
            }
        }
    };
}

pub(crate) use hearing_links;
