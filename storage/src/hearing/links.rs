//! To which ad a conversion or a complaint belongs, in SQL that both databases read.

/// What the click that a row names says of it; the rows themselves are chosen behind it.
pub(crate) fn by_click(table: &str) -> String {
    let invalid = if table == "conversions" { ", invalid_click = t.invalid" } else { "" };
    format!(
        "UPDATE {table} SET belongs = coalesce({table}.ad, t.ad), linked_by = CASE WHEN {table}.ad IS NULL THEN 'click' ELSE 'ad' END,
         via = t.id, user_id = coalesce({table}.user_id, t.user_id){invalid}
         FROM touchpoints AS t WHERE {table}.click IS NOT NULL AND t.platform = {table}.platform AND t.id = {table}.click AND t.kind = 'click'
         AND ({table}.ad IS NOT NULL OR t.ad IS NOT NULL) AND "
    )
}

/// The last click on an ad of its user, where a row names neither an ad nor a click that is there.
pub(crate) fn by_last_click(table: &str) -> String {
    let invalid = if table == "conversions" { ", invalid_click = t.invalid" } else { "" };
    let window = super::LAST_CLICK.num_milliseconds();
    format!(
        "UPDATE {table} SET belongs = t.ad, linked_by = 'last-click', via = t.id{invalid}
         FROM touchpoints AS t WHERE {table}.ad IS NULL AND {table}.user_id IS NOT NULL
         AND ({table}.linked_by IS NULL OR {table}.linked_by = 'last-click') AND t.platform = {table}.platform AND t.id =
            (SELECT l.id FROM touchpoints AS l WHERE l.platform = {table}.platform AND l.user_id = {table}.user_id AND l.kind = 'click'
             AND l.ad IS NOT NULL AND l.at <= {table}.at AND l.at >= {table}.at - {window} ORDER BY l.at DESC, l.id DESC LIMIT 1)
         AND ({table}.via IS NULL OR {table}.via <> t.id) AND "
    )
}

/// Rows of users; which ones is chosen between both. An index finds each, whatever the planner thinks of tables that it never counted.
pub(crate) fn of_users(table: &str) -> String {
    format!("({table}.platform, {table}.id) IN (SELECT s.platform, s.id FROM {table} AS s JOIN (")
}

/// Both databases call the columns of values so.
pub(crate) const OF_USERS_END: &str = ") AS w ON s.platform = w.column1 AND s.user_id = w.column2)";

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
                for link in [links::by_click(table), links::by_last_click(table)] {
                    let mut update = QueryBuilder::<$database>::new(link);
                    update.push(format!("({table}.platform, {table}.id) IN ("));
                    if keys.is_empty() {
                        return Ok(());
                    }
                    push_keys!(update, keys);
                    let done = update.build().persistent(false).execute(&mut **transaction).await;
                    done.map_err(|source| self.database(source))?;
                }
                Ok(())
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
                    push_keys!(update, some);
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
                    push_keys!(update, some);
                    let done = update.build().persistent(false).execute(&mut **transaction).await;
                    done.map_err(|source| self.database(source))?;
                }
                Ok(())
            }

            /// Links rows, and gives back which.
            async fn link_these(
                &self,
                transaction: &mut Transaction<'static, $database>,
                table: &'static str,
                mut update: QueryBuilder<$database>,
            ) -> Result<Vec<Key>, StoreError> {
                update.push(format!(" RETURNING {table}.platform, {table}.id"));
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
                let platform = |click: &Touchpoint| click.platform.clone().unwrap_or_default();
                let users: BTreeSet<(String, &String)> =
                    clicks.iter().filter_map(|click| Some((platform(click), click.user.as_ref()?))).collect();
                for table in ["conversions", "complaints"] {
                    let mut update = QueryBuilder::<$database>::new(links::by_click(table));
                    update.push(format!("({table}.platform, {table}.click) IN ("));
                    update.push_values(clicks, |mut values, click| {
                        values.push_bind(platform(click)).push_bind(&click.id);
                    });
                    update.push(")");
                    let mut linked = self.link_these(transaction, table, update).await?;
                    if !users.is_empty() {
                        let mut update = QueryBuilder::<$database>::new(links::by_last_click(table));
                        update.push(links::of_users(table));
                        update.push_values(&users, |mut values, (platform, user)| {
                            values.push_bind(platform).push_bind(*user);
                        });
                        update.push(links::OF_USERS_END);
                        linked.extend(self.link_these(transaction, table, update).await?);
                    }
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
