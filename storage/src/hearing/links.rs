//! To which ad a conversion or a complaint belongs, in SQL that both databases read.

/// Rows of a table whose `key` is the second column of `k`, by its index: SQLite looks for pairs `IN` a list by going through the
/// whole table, and for those of a join by an index, where that holds all that is asked of it.
fn chosen(table: &str, key: &str) -> String {
    format!(
        ") AS k, {table} AS x, touchpoints AS t WHERE x.platform = k.column1 AND x.{key} = k.column2 AND x.{key} IS NOT NULL
         AND {table}.platform = x.platform AND {table}.id = x.id"
    )
}

/// What the click that a row names says of it; between both parts stand the platform and the `key` of the rows.
pub(crate) fn by_click(table: &str, key: &str) -> [String; 2] {
    let invalid = if table == "conversions" { ", invalid_click = t.invalid" } else { "" };
    let head = format!(
        "UPDATE {table} SET belongs = coalesce({table}.ad, t.ad), linked_by = CASE WHEN {table}.ad IS NULL THEN 'click' ELSE 'ad' END,
         via = t.id, user_id = coalesce({table}.user_id, t.user_id){invalid} FROM ("
    );
    let tail = format!(
        "{} AND {table}.click IS NOT NULL AND t.platform = {table}.platform AND t.id = {table}.click AND t.kind = 'click'
         AND ({table}.ad IS NOT NULL OR t.ad IS NOT NULL) RETURNING {table}.platform, {table}.id",
        chosen(table, key)
    );
    [head, tail]
}

/// The last click on an ad of its user, where a row names neither an ad nor a click that is there.
pub(crate) fn by_last_click(table: &str, key: &str) -> [String; 2] {
    let invalid = if table == "conversions" { ", invalid_click = t.invalid" } else { "" };
    let window = super::LAST_CLICK.num_milliseconds();
    let head = format!("UPDATE {table} SET belongs = t.ad, linked_by = 'last-click', via = t.id{invalid} FROM (");
    let tail = format!(
        "{} AND {table}.ad IS NULL AND {table}.user_id IS NOT NULL
         AND ({table}.linked_by IS NULL OR {table}.linked_by = 'last-click') AND t.platform = {table}.platform AND t.id =
            (SELECT l.id FROM touchpoints AS l WHERE l.platform = {table}.platform AND l.user_id = {table}.user_id AND l.kind = 'click'
             AND l.ad IS NOT NULL AND l.at <= {table}.at AND l.at >= {table}.at - {window} ORDER BY l.at DESC, l.id DESC LIMIT 1)
         AND ({table}.via IS NULL OR {table}.via <> t.id) RETURNING {table}.platform, {table}.id",
        chosen(table, key)
    );
    [head, tail]
}

/// Has rules look again at complaints that a rule left out and no person settled. Which ones is chosen behind it.
pub(crate) const UNHEED: &str =
    "UPDATE complaints SET noise_heeded = 0 WHERE excluded IS NOT NULL AND noise_settled = 0
     AND forgotten = 0 AND (platform, id) IN (SELECT ";

/// These complaints.
pub(crate) const THESE: [&str; 2] = ["w.column1, w.column2 FROM (", ") AS w)"];

/// Complaints of users who converted, by these conversions.
pub(crate) const OF_WHO_CONVERTED: [&str; 2] = [
    "s.platform, s.id FROM (",
    ") AS w JOIN conversions AS v ON v.platform = w.column1 AND v.id = w.column2
     JOIN complaints AS s ON s.platform = v.platform AND s.user_id = v.user_id)",
];

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
                update.push(tail);
                let linked: Vec<(String, String)> = update
                    .build_query_as()
                    .persistent(false)
                    .fetch_all(&mut **transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                Ok(linked.into_iter().map(|(platform, id)| Key { platform, id }).collect())
            }

            /// Has complaints looked at again: these, or those of who converted by these conversions.
            async fn unheed(
                &self,
                transaction: &mut Transaction<'static, $database>,
                [head, tail]: [&'static str; 2],
                keys: &[Key],
            ) -> Result<(), StoreError> {
                for some in keys.chunks(ROWS) {
                    let mut update = QueryBuilder::<$database>::new(links::UNHEED);
                    update.push(head);
                    push_pairs!(update, some.iter().map(|key| (&key.platform, &key.id)));
                    update.push(tail);
                    let done = update.build().persistent(false).execute(&mut **transaction).await;
                    done.map_err(|source| self.database(source))?;
                }
                Ok(())
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
                    let again = if table == "conversions" { links::OF_WHO_CONVERTED } else { links::THESE };
                    self.unheed(transaction, again, &linked).await?;
                }
                Ok(())
            }
        }
    };
}

pub(crate) use hearing_links;
