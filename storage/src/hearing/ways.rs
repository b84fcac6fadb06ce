//! Touchpoints and what they led to, row by row, in SQL that both databases read.

use super::heard::of_ad;
use std::collections::VecDeque;

use chrono::TimeDelta;

use super::{Ends, Step, Way};

/// The columns of an end; `c` is the table.
pub(crate) fn ends(of: Ends) -> String {
    let (table, columns, counts) = match of {
        Ends::Conversions => ("conversions", "c.value, NULL", "c.invalid IS NULL AND c.invalid_click IS NULL"),
        Ends::Complaints => ("complaints", "c.refunded, c.kind", "c.excluded IS NULL"),
        Ends::Refunds => ("complaints", "c.refunded, c.kind", "c.excluded IS NULL AND c.refunded > 0"),
    };
    let of_ad = of_ad("c.belongs");
    format!(
        "SELECT c.platform, c.id, c.at, c.user_id, c.belongs, c.via, {columns} FROM {table} AS c{of_ad} WHERE {counts}"
    )
}

/// Platform, id, at, user, the ad, the click, the value, the kind.
pub(crate) type EndRow =
    (String, String, i64, Option<String>, Option<String>, Option<String>, Option<i64>, Option<String>);

/// Platform, user, id, kind, at, ad, channel, the ad's advertiser.
pub(crate) type StepRow = (String, String, String, String, i64, Option<String>, String, Option<String>);

/// Of the first of a page of ends, the last is no further away: whose contacts are looked at within it has so many at most.
pub(crate) const PAGE_SPAN: TimeDelta = TimeDelta::days(7);

/// Puts the click by which a way led to its end among its steps: it says of no user whose it is, or the end does not.
pub(crate) fn put_click(way: &mut Way, click: &Step) {
    if (way.at - super::LAST_CLICK..=way.at).contains(&click.at) {
        let place = way.steps.partition_point(|step| step.at <= click.at);
        way.steps.insert(place, click.clone());
    }
}

/// What a way has of the contacts of its user, which come in the order of time.
pub(crate) fn steps_of(way: &Way, contacts: &VecDeque<Step>) -> Vec<Step> {
    let from = contacts.partition_point(|step| step.at < way.at - super::LAST_CLICK);
    let to = contacts.partition_point(|step| step.at <= way.at);
    contacts.range(from.min(to)..to).cloned().collect()
}

/// Implements the walking of [`super::Heard`] for a store.
macro_rules! hearing_ways {
    ($store:ty, $database:ty) => {
        impl $store {
            async fn walk_paths(
                &self,
                sight: &Sight,
                span: &Span,
                of: Ends,
                take: &mut (dyn FnMut(Way) + Send),
            ) -> Result<(), StoreError> {
                let mut behind: Option<HeardMark> = None;
                loop {
                    let mut asked = QueryBuilder::<$database>::new(ways::ends(of));
                    heard_within(&mut asked, sight);
                    page_of_time(&mut asked, span, behind.as_ref());
                    asked.push(self.whole(heard::ENDS)?.to_string());
                    let rows: Vec<ways::EndRow> =
                        asked.build_query_as().fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                    let mut ends: Vec<Way> = rows.into_iter().map(way).collect();
                    let until = ends.first().map(|first| first.at + ways::PAGE_SPAN);
                    ends.retain(|way| until.is_some_and(|until| way.at <= until));
                    let Some(last) = ends.last() else { return Ok(()) };
                    behind = Some(HeardMark { at: last.at, key: last.end.clone() });
                    let contacts = self.contacts_of(sight, &ends).await?;
                    let clicks = self.clicks_without_user(sight, &ends).await?;
                    for mut way in ends {
                        if let Some(user) = &way.user {
                            let theirs = contacts.get(&(way.end.platform.clone(), user.clone()));
                            way.steps = theirs.map(|theirs| ways::steps_of(&way, theirs)).unwrap_or_default();
                        }
                        let via = way.via.clone().map(|id| Key { platform: way.end.platform.clone(), id });
                        if let Some(click) = via.and_then(|via| clicks.get(&via)) {
                            ways::put_click(&mut way, click);
                        }
                        take(way);
                    }
                }
            }

            /// The valid clicks by which some ends belong, and of which nobody says whose they are.
            async fn clicks_without_user(&self, sight: &Sight, ends: &[Way]) -> Result<BTreeMap<Key, Step>, StoreError> {
                let via = |way: &Way| Some(Key { platform: way.end.platform.clone(), id: way.via.clone()? });
                let keys: BTreeSet<Key> = ends.iter().filter_map(via).collect();
                if keys.is_empty() {
                    return Ok(BTreeMap::new());
                }
                let mut asked = QueryBuilder::<$database>::new(format!(
                    "SELECT c.platform, c.id, c.id, c.kind, c.at, c.ad, c.channel, {} FROM touchpoints AS c{}
                     WHERE c.user_id IS NULL AND c.invalid IS NULL AND (c.platform, c.id) IN (",
                    heard::ADVERTISER,
                    heard::of_ad("c.ad")
                ));
                push_pairs!(asked, keys.iter().map(|key| (&key.platform, &key.id)));
                let rows: Vec<ways::StepRow> = asked
                    .build_query_as()
                    .persistent(false)
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let click = |row: ways::StepRow| {
                    let key = Key { platform: row.0.clone(), id: row.2.clone() };
                    Ok((key, self.step(sight, row)?))
                };
                rows.into_iter().map(click).collect()
            }

            /// A contact; of an ad out of sight without a name.
            fn step(&self, sight: &Sight, row: ways::StepRow) -> Result<Step, StoreError> {
                let (_, _, id, kind, at, ad, channel, advertiser) = row;
                let kind = of_word(&kind).ok_or_else(|| self.damaged(&format!("the touchpoint {id}")))?;
                let elsewhere = ad.is_some() && sight.advertiser.is_some() && sight.advertiser != advertiser;
                let (id, ad) = if elsewhere { (String::new(), None) } else { (id, ad) };
                Ok(Step { id, kind, at: moment(at), ad, elsewhere, channel })
            }

            /// The valid contacts of the users of some ends, in the order of time, the latest of each.
            async fn contacts_of(
                &self,
                sight: &Sight,
                ends: &[Way],
            ) -> Result<BTreeMap<(String, String), VecDeque<Step>>, StoreError> {
                let users: BTreeSet<(&String, &String)> =
                    ends.iter().filter_map(|way| Some((&way.end.platform, way.user.as_ref()?))).collect();
                let mut contacts: BTreeMap<(String, String), VecDeque<Step>> = BTreeMap::new();
                let (Some(first), Some(last), false) = (ends.first(), ends.last(), users.is_empty()) else {
                    return Ok(contacts);
                };
                let mut asked = QueryBuilder::<$database>::new(format!(
                    "SELECT c.platform, c.user_id, c.id, c.kind, c.at, c.ad, c.channel, {} FROM (",
                    heard::ADVERTISER
                ));
                push_pairs!(asked, users);
                asked.push(format!(
                    ") AS k JOIN touchpoints AS c ON c.platform = k.column1 AND c.user_id = k.column2{}
                     WHERE c.user_id IS NOT NULL AND c.invalid IS NULL AND c.at >= ",
                    heard::of_ad("c.ad")
                ));
                asked.push_bind((first.at - LAST_CLICK).timestamp_millis());
                asked.push(" AND c.at <= ").push_bind(last.at.timestamp_millis());
                asked.push(" ORDER BY c.platform, c.user_id, c.at, c.id");
                let mut rows = asked.build_query_as::<ways::StepRow>().persistent(false).fetch(self.reading());
                while let Some(row) = rows.try_next().await.map_err(|source| self.database(source))? {
                    let theirs = contacts.entry((row.0.clone(), row.1.clone())).or_default();
                    theirs.push_back(self.step(sight, row)?);
                    if theirs.len() > MOST_CONTACTS {
                        theirs.pop_front();
                    }
                }
                Ok(contacts)
            }

            async fn walk_touchpoints(
                &self,
                sight: &Sight,
                span: &Span,
                take: &mut (dyn FnMut(Touchpoint) + Send),
            ) -> Result<(), StoreError> {
                let mut asked = QueryBuilder::<$database>::new(format!(
                    "SELECT c.platform, c.id, c.kind, c.at, c.user_id, c.ad, c.channel, c.device, c.ip, c.user_agent, c.width,
                     c.height, c.prefetch, c.north_e6, c.east_e6 FROM touchpoints AS c{} WHERE 1 = 1",
                    heard::of_ad("c.ad")
                ));
                heard_within(&mut asked, sight);
                asked.push(" AND c.at >= ").push_bind(span.from.timestamp_millis());
                asked.push(" AND c.at < ").push_bind(span.to.timestamp_millis());
                asked.push(" ORDER BY c.at, c.platform, c.id");
                let mut rows = asked.build().fetch(self.reading());
                while let Some(row) = rows.try_next().await.map_err(|source| self.database(source))? {
                    let touchpoint = touchpoint(&row).map_err(|source| self.database(source))?;
                    take(touchpoint.ok_or_else(|| self.damaged("a touchpoint"))?);
                }
                Ok(())
            }

            async fn walk_conversions(
                &self,
                sight: &Sight,
                span: &Span,
                take: &mut (dyn FnMut(Converted) + Send),
            ) -> Result<(), StoreError> {
                let mut asked = QueryBuilder::<$database>::new(format!(
                    "SELECT c.platform, c.id, c.kind, c.at, c.user_id, c.belongs, c.via, c.value, t.at, t.device, t.ip
                     FROM conversions AS c LEFT JOIN touchpoints AS t ON t.platform = c.platform AND t.id = c.via{} WHERE 1 = 1",
                    heard::of_ad("c.belongs")
                ));
                heard_within(&mut asked, sight);
                asked.push(" AND c.at >= ").push_bind(span.from.timestamp_millis());
                asked.push(" AND c.at < ").push_bind(span.to.timestamp_millis());
                asked.push(" ORDER BY c.at, c.platform, c.id");
                type Row = (
                    String,
                    String,
                    String,
                    i64,
                    Option<String>,
                    Option<String>,
                    Option<String>,
                    Option<i64>,
                    Option<i64>,
                    Option<String>,
                    Option<String>,
                );
                let mut rows = asked.build_query_as::<Row>().fetch(self.reading());
                while let Some(row) = rows.try_next().await.map_err(|source| self.database(source))? {
                    let (platform, id, kind, at, user, ad, click, value, clicked_at, device, ip) = row;
                    let platform = Some(platform).filter(|platform| !platform.is_empty());
                    let (at, value) = (moment(at), value.map(i64::unsigned_abs));
                    take(Converted {
                        conversion: Conversion { id, at, kind, user, platform, ad, click, value },
                        clicked_at: clicked_at.map(moment),
                        device,
                        ip: ip.and_then(|ip| ip.parse().ok()),
                    });
                }
                Ok(())
            }
        }

        /// So many rows of a span in the order of time behind one; how many is pushed behind it.
        fn page_of_time(asked: &mut QueryBuilder<$database>, span: &Span, behind: Option<&HeardMark>) {
            asked.push(" AND c.at >= ").push_bind(span.from.timestamp_millis());
            asked.push(" AND c.at < ").push_bind(span.to.timestamp_millis());
            if let Some(HeardMark { at, key }) = behind {
                asked.push(" AND (c.at, c.platform, c.id) > (").push_bind(at.timestamp_millis());
                asked.push(", ").push_bind(key.platform.clone()).push(", ").push_bind(key.id.clone()).push(")");
            }
            asked.push(" ORDER BY c.at, c.platform, c.id LIMIT ");
        }

        fn way((platform, id, at, user, ad, via, value, kind): ways::EndRow) -> Way {
            let (end, value) = (Key { platform, id }, value.map(i64::unsigned_abs));
            Way { end, at: moment(at), user, ad, via, value, kind, steps: Vec::new() }
        }

        fn touchpoint(row: &HeardRow) -> Result<Option<Touchpoint>, sqlx::Error> {
            let Some(kind) = of_word(&row.try_get::<String, _>(2)?) else { return Ok(None) };
            let pair = |first: usize| -> Result<_, sqlx::Error> {
                let (one, other): (Option<i64>, Option<i64>) = (row.try_get(first)?, row.try_get(first + 1)?);
                Ok(one.zip(other))
            };
            let pixels = |pixels: i64| u32::try_from(pixels).unwrap_or_default();
            let degrees = |millionths: i64| millionths as f64 / 1e6;
            let ip: Option<String> = row.try_get(8)?;
            Ok(Some(Touchpoint {
                platform: Some(row.try_get::<String, _>(0)?).filter(|platform| !platform.is_empty()),
                id: row.try_get(1)?,
                kind,
                at: moment(row.try_get(3)?),
                user: row.try_get(4)?,
                ad: row.try_get(5)?,
                channel: row.try_get(6)?,
                device: row.try_get(7)?,
                ip: ip.and_then(|ip| ip.parse().ok()),
                user_agent: row.try_get(9)?,
                size: pair(10)?.map(|(width, height)| (pixels(width), pixels(height))),
                prefetch: row.try_get::<i64, _>(12)? != 0,
                place: pair(13)?.map(|(north, east)| (degrees(north), degrees(east))),
            }))
        }
    };
}

pub(crate) use hearing_ways;
