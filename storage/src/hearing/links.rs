//! To which ad a conversion or a complaint belongs, in SQL that both databases read.

/// What the click that a row names says of it; the rows themselves are chosen behind it.
pub(crate) fn by_click(table: &str) -> String {
    let invalid = if table == "conversions" { ", invalid_click = t.invalid" } else { "" };
    format!(
        "UPDATE {table} AS c SET belongs = coalesce(c.ad, t.ad), linked_by = CASE WHEN c.ad IS NULL THEN 'click' ELSE 'ad' END,
         via = t.id, user_id = coalesce(c.user_id, t.user_id){invalid}
         FROM touchpoints AS t WHERE c.click IS NOT NULL AND t.platform = c.platform AND t.id = c.click AND t.kind = 'click'
         AND (c.ad IS NOT NULL OR t.ad IS NOT NULL) AND "
    )
}

/// The last click on an ad of its user, where a row names neither an ad nor a click that is there.
pub(crate) fn by_last_click(table: &str) -> String {
    let invalid = if table == "conversions" { ", invalid_click = t.invalid" } else { "" };
    let window = super::LAST_CLICK.num_milliseconds();
    format!(
        "UPDATE {table} AS c SET belongs = t.ad, linked_by = 'last-click', via = t.id{invalid}
         FROM touchpoints AS t WHERE c.ad IS NULL AND c.user_id IS NOT NULL
         AND (c.linked_by IS NULL OR c.linked_by = 'last-click') AND t.platform = c.platform AND t.id =
            (SELECT l.id FROM touchpoints AS l WHERE l.platform = c.platform AND l.user_id = c.user_id AND l.kind = 'click'
             AND l.ad IS NOT NULL AND l.at <= c.at AND l.at >= c.at - {window} ORDER BY l.at DESC, l.id DESC LIMIT 1)
         AND (c.via IS NULL OR c.via <> t.id) AND "
    )
}

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
                    update.push("(c.platform, c.id) IN (");
                    if keys.is_empty() {
                        return Ok(());
                    }
                    push_keys!(update, keys);
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
                let platform = |click: &Touchpoint| click.platform.clone().unwrap_or_default();
                let users: BTreeSet<(String, &String)> =
                    clicks.iter().filter_map(|click| Some((platform(click), click.user.as_ref()?))).collect();
                for table in ["conversions", "complaints"] {
                    let mut update = QueryBuilder::<$database>::new(links::by_click(table));
                    update.push("(c.platform, c.click) IN (");
                    update.push_values(clicks, |mut values, click| {
                        values.push_bind(platform(click)).push_bind(&click.id);
                    });
                    update.push(")");
                    let done = update.build().persistent(false).execute(&mut **transaction).await;
                    done.map_err(|source| self.database(source))?;
                    if users.is_empty() {
                        continue;
                    }
                    let mut update = QueryBuilder::<$database>::new(links::by_last_click(table));
                    update.push("(c.platform, c.user_id) IN (");
                    update.push_values(&users, |mut values, (platform, user)| {
                        values.push_bind(platform).push_bind(*user);
                    });
                    update.push(")");
                    let done = update.build().persistent(false).execute(&mut **transaction).await;
                    done.map_err(|source| self.database(source))?;
                }
                Ok(())
            }
        }
    };
}

pub(crate) use hearing_links;
