//! The ads and landings in SQL that both databases read.

/// Implements [`super::Library`] for a store that gives out transactions by `change`, and reads from `reading`.
macro_rules! library {
    ($store:ty, $database:ty) => {
        impl $crate::library::Library for $store {
            async fn import(&self, ads: &[NewAd], now: DateTime<Utc>) -> Result<Imported, StoreError> {
                let at = now.timestamp_millis();
                // The last of one id holds, and the order is always the same: then two who import do not wait for each other.
                let ads: BTreeMap<&str, &NewAd> = ads.iter().map(|ad| (ad.ad_id.as_str(), ad)).collect();
                let ads: Vec<&NewAd> = ads.into_values().collect();
                let mut transaction = self.change().await?;
                let new_landings = self.import_landings(&mut transaction, &ads, at).await?;
                let mut imported = Imported { new_landings, ..Imported::default() };
                for ads in ads.chunks(ROWS) {
                    imported += self.import_ads(&mut transaction, ads, at).await?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(imported)
            }

            async fn ads(&self, ids: &[String]) -> Result<Vec<KnownAd>, StoreError> {
                type Row = (String, String, Option<String>, String, String, i64, i64);
                let mut found = Vec::with_capacity(ids.len());
                for ids in ids.chunks(ROWS) {
                    let mut rows = QueryBuilder::<$database>::new(
                        "SELECT ad_id, landing, advertiser, ad, folder, imported_at, updated_at FROM ads WHERE ad_id IN (",
                    );
                    let mut these = rows.separated(", ");
                    for id in ids {
                        these.push_bind(id);
                    }
                    rows.push(") ORDER BY ad_id");
                    let rows: Vec<Row> =
                        rows.build_query_as().fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                    let mut files = self.files_of(self.reading(), ids).await?;
                    for (ad_id, landing, advertiser, ad, folder, imported_at, updated_at) in rows {
                        let landing = self.landing_id(&landing)?;
                        let (imported_at, updated_at) = (moment(imported_at), moment(updated_at));
                        let files = files.remove(&ad_id).unwrap_or_default();
                        let files = files.into_iter().map(|(path, file)| (path, file.evidence)).collect();
                        found.push(KnownAd { ad_id, landing, advertiser, ad, folder, files, imported_at, updated_at });
                    }
                }
                Ok(found)
            }

            async fn files(&self, lay_at: &[String]) -> Result<Vec<AdFile>, StoreError> {
                let mut found = Vec::new();
                for lay_at in lay_at.chunks(ROWS) {
                    let mut rows = QueryBuilder::<$database>::new(
                        "SELECT DISTINCT evidence_id, lay_at, bytes, changed_ns FROM ad_files WHERE lay_at IN (",
                    );
                    let mut these = rows.separated(", ");
                    for place in lay_at {
                        these.push_bind(place);
                    }
                    rows.push(") ORDER BY lay_at, changed_ns");
                    let rows: Vec<FileRow> =
                        rows.build_query_as().fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                    for row in rows {
                        found.push(self.file_of(row)?);
                    }
                }
                Ok(found)
            }

            async fn moves(&self, ad_id: &str) -> Result<Vec<Moved>, StoreError> {
                let rows: Vec<(String, i64)> =
                    sqlx::query_as("SELECT landing, until FROM ad_moves WHERE ad_id = $1 ORDER BY until")
                        .bind(ad_id)
                        .fetch_all(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                let moved = |(landing, until): (String, i64)| {
                    Ok(Moved { landing: self.landing_id(&landing)?, until: moment(until) })
                };
                rows.into_iter().map(moved).collect()
            }

            async fn choose(
                &self,
                scope: &Scope,
                at: DateTime<Utc>,
                behind: Option<&Chosen>,
                most: usize,
            ) -> Result<Vec<Chosen>, StoreError> {
                let mut rows = QueryBuilder::<$database>::new("SELECT landing, ad_id FROM ads WHERE ");
                within(&mut rows, scope, at);
                if let Some(behind) = behind {
                    rows.push(" AND (landing, ad_id) > (").push_bind(behind.landing.as_str());
                    rows.push(", ").push_bind(&behind.ad_id).push(")");
                }
                rows.push(" ORDER BY landing, ad_id LIMIT ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
                let rows: Vec<(String, String)> =
                    rows.build_query_as().fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                let chosen = |(landing, ad_id): (String, String)| Ok(Chosen { landing: self.landing_id(&landing)?, ad_id });
                rows.into_iter().map(chosen).collect()
            }

            async fn leading_to(
                &self,
                landing: &LandingId,
                scope: &Scope,
                at: DateTime<Utc>,
                behind: &str,
                most: usize,
            ) -> Result<Vec<String>, StoreError> {
                let mut rows = QueryBuilder::<$database>::new("SELECT ad_id FROM ads WHERE ");
                within(&mut rows, scope, at);
                rows.push(" AND landing = ").push_bind(landing.as_str()).push(" AND ad_id > ").push_bind(behind);
                rows.push(" ORDER BY ad_id LIMIT ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
                rows.build_query_scalar().fetch_all(self.reading()).await.map_err(|source| self.database(source))
            }

            async fn known(&self, landings: &[LandingId]) -> Result<Vec<Known>, StoreError> {
                let now = (self.clock)();
                let mut found = Vec::with_capacity(landings.len());
                for landings in landings.chunks(ROWS) {
                    let mut rows = QueryBuilder::<$database>::new(
                        "SELECT landing, url, host, added_at,
                            (SELECT min(added_at) FROM landings AS other WHERE other.host = landings.host),
                            approved_at, seen, history, cost, next_due, template, bad_at, good_at
                         FROM landings WHERE landing IN (",
                    );
                    let mut these = rows.separated(", ");
                    for landing in landings {
                        these.push_bind(landing.as_str());
                    }
                    rows.push(") ORDER BY landing");
                    let rows: Vec<LandingRow> =
                        rows.build_query_as().fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                    let whose = self.whose(landings).await?;
                    let mut named: BTreeSet<(&str, &str)> = BTreeSet::new();
                    for row in &rows {
                        named.insert(("landing", &row.0));
                        named.extend(row.10.as_deref().map(|template| ("template", template)));
                        named.extend(whose.get(&row.0).map(|(entity, _)| ("entity", entity.as_str())));
                    }
                    let signs = self.signs(&named).await?;
                    let same_pages = self.same_pages_bad(landings).await?;
                    for row in &rows {
                        let of = |what: &str, name: Option<&str>| {
                            let key = |name: &str| (what.to_owned(), name.to_owned());
                            name.and_then(|name| signs.get(&key(name))).copied().unwrap_or_default()
                        };
                        let weight = |at: Option<i64>| {
                            at.map_or(0.0, |at| Signs::weight((now - moment(at)).as_seconds_f64() / 86_400.0))
                        };
                        let its = whose.get(&row.0);
                        let here = Signs { violations: weight(row.11), clean: weight(row.12), ..of("landing", Some(&row.0)) };
                        let near = Near {
                            here,
                            template: of("template", row.10.as_deref()).without(here),
                            entity: of("entity", its.map(|(entity, _)| entity.as_str())).without(here),
                            same_page_bad: u32::try_from(same_pages.get(&row.0).copied().unwrap_or_default()).unwrap_or(u32::MAX),
                        };
                        found.push(self.known_of(row, its.map(|(_, since)| moment(*since)), near)?);
                    }
                }
                Ok(found)
            }

            async fn looked(&self, known: &Known) -> Result<(), StoreError> {
                let text = |value: Result<String, serde_json::Error>| value.expect("internal error: it is plain data");
                let mut transaction = self.change().await?;
                let update = "UPDATE landings SET seen = $2, history = $3, cost = $4, next_due = $5, page = $6, bad = $7,
                    template = $8, bad_at = coalesce($9, bad_at), good_at = coalesce($10, good_at)
                    WHERE landing = $1";
                sqlx::query(update)
                    .bind(known.landing.id.as_str())
                    .bind(known.last.as_ref().map(|seen| text(serde_json::to_string(seen))))
                    .bind(text(serde_json::to_string(&known.history)))
                    .bind(known.cost.as_ref().map(|cost| text(serde_json::to_string(cost))))
                    .bind(known.next_due.map(|due| due.timestamp_millis()))
                    .bind(known.last.as_ref().map(|seen| seen.page.as_str()))
                    .bind(known.last.as_ref().map(|seen| i64::from(seen.bad)))
                    .bind(known.last.as_ref().and_then(|seen| seen.template.as_deref()))
                    .bind(known.last.as_ref().filter(|seen| seen.bad).map(|seen| seen.at.timestamp_millis()))
                    .bind(known.last.as_ref().filter(|seen| !seen.bad).map(|seen| seen.at.timestamp_millis()))
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn counts(&self) -> Result<Counts, StoreError> {
                let (ads, landings, hosts): (i64, i64, i64) = sqlx::query_as(
                    "SELECT (SELECT count(*) FROM ads), (SELECT count(*) FROM landings), (SELECT count(DISTINCT host) FROM landings)",
                )
                .fetch_one(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let [ads, landings, hosts] = [ads, landings, hosts].map(i64::unsigned_abs);
                Ok(Counts { ads, landings, hosts })
            }
        }

        impl $store {
            /// The landings of these ads, and how many of them are new.
            async fn import_landings(
                &self,
                transaction: &mut Transaction<'static, $database>,
                ads: &[&NewAd],
                at: i64,
            ) -> Result<u64, StoreError> {
                let mut landings: BTreeMap<&LandingId, (&Landing, Option<DateTime<Utc>>)> = BTreeMap::new();
                for ad in ads {
                    let (_, approved_at) = landings.entry(&ad.landing.id).or_insert((&ad.landing, None));
                    *approved_at = (*approved_at).max(ad.approved_at);
                }
                let landings: Vec<_> = landings.into_values().collect();
                let mut new = landings.len() as u64;
                for landings in landings.chunks(ROWS) {
                    let mut known = QueryBuilder::<$database>::new("SELECT count(*) FROM landings WHERE landing IN (");
                    let mut ids = known.separated(", ");
                    for (landing, _) in landings {
                        ids.push_bind(landing.id.as_str());
                    }
                    known.push(")");
                    let known: i64 = known
                        .build_query_scalar()
                        .fetch_one(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    new = new.saturating_sub(known.unsigned_abs());
                    let mut rows = QueryBuilder::<$database>::new(
                        "INSERT INTO landings (landing, url, host, added_at, approved_at, history) ",
                    );
                    rows.push_values(landings, |mut row, (landing, approved_at)| {
                        row.push_bind(landing.id.as_str()).push_bind(&landing.url).push_bind(&landing.host).push_bind(at);
                        row.push_bind(approved_at.map(|at| at.timestamp_millis())).push_bind("{}");
                    });
                    rows.push(
                        " ON CONFLICT (landing) DO UPDATE SET approved_at = excluded.approved_at
                          WHERE excluded.approved_at > coalesce(landings.approved_at, excluded.approved_at - 1)",
                    );
                    rows.build().execute(&mut **transaction).await.map_err(|source| self.database(source))?;
                }
                Ok(new)
            }

            /// Some ads, no more than one statement takes.
            async fn import_ads(
                &self,
                transaction: &mut Transaction<'static, $database>,
                ads: &[&NewAd],
                at: i64,
            ) -> Result<Imported, StoreError> {
                let mut imported = Imported::default();
                let mut there = QueryBuilder::<$database>::new("SELECT ad_id, landing, ad, folder FROM ads WHERE ad_id IN (");
                let mut ids = there.separated(", ");
                for ad in ads {
                    ids.push_bind(&ad.ad_id);
                }
                there.push(")");
                let there: Vec<(String, String, String, String)> =
                    there.build_query_as().fetch_all(&mut **transaction).await.map_err(|source| self.database(source))?;
                let there: BTreeMap<&str, _> = there.iter().map(|row| (row.0.as_str(), row)).collect();
                let ids: Vec<String> = ads.iter().map(|ad| ad.ad_id.clone()).collect();
                let files = self.files_of(&mut **transaction, &ids).await?;
                let none = BTreeMap::new();
                let (mut changed, mut moved, mut refiled) = (Vec::new(), Vec::new(), Vec::new());
                for ad in ads {
                    let files = files.get(&ad.ad_id).unwrap_or(&none);
                    if *files != ad.files {
                        refiled.push(*ad);
                    }
                    match there.get(ad.ad_id.as_str()) {
                        None => imported.new += 1,
                        Some((_, landing, text, folder)) => {
                            if *landing != ad.landing.id.as_str() {
                                moved.push((&ad.ad_id, landing));
                            } else if *text == ad.ad && *folder == ad.folder && are_alike(files, &ad.files) {
                                imported.same += 1;
                                continue;
                            }
                            imported.changed += 1;
                        }
                    }
                    changed.push(*ad);
                }
                imported.moved = moved.len() as u64;
                self.refile(transaction, &refiled).await?;
                if changed.is_empty() {
                    return Ok(imported);
                }
                if !moved.is_empty() {
                    let mut rows = QueryBuilder::<$database>::new("INSERT INTO ad_moves (ad_id, until, landing) ");
                    rows.push_values(&moved, |mut row, (ad_id, landing)| {
                        row.push_bind(*ad_id).push_bind(at).push_bind(*landing);
                    });
                    rows.push(" ON CONFLICT DO NOTHING");
                    rows.build().execute(&mut **transaction).await.map_err(|source| self.database(source))?;
                }
                let mut rows = QueryBuilder::<$database>::new(
                    "INSERT INTO ads (ad_id, platform, advertiser, trade, approved_at, ends_at, landing, ad, folder, imported_at, updated_at) ",
                );
                rows.push_values(&changed, |mut row, ad| {
                    row.push_bind(&ad.ad_id).push_bind(&ad.platform).push_bind(&ad.advertiser).push_bind(&ad.trade);
                    row.push_bind(ad.approved_at.map(|at| at.timestamp_millis()));
                    row.push_bind(ad.ends_at.map(|at| at.timestamp_millis()));
                    row.push_bind(ad.landing.id.as_str()).push_bind(&ad.ad).push_bind(&ad.folder).push_bind(at).push_bind(at);
                });
                rows.push(
                    " ON CONFLICT (ad_id) DO UPDATE SET platform = excluded.platform, advertiser = excluded.advertiser,
                      trade = excluded.trade, approved_at = excluded.approved_at, ends_at = excluded.ends_at,
                      landing = excluded.landing, ad = excluded.ad, folder = excluded.folder, updated_at = excluded.updated_at",
                );
                rows.build().execute(&mut **transaction).await.map_err(|source| self.database(source))?;
                let mut old = QueryBuilder::<$database>::new("DELETE FROM ad_tags WHERE ad_id IN (");
                let mut ids = old.separated(", ");
                for ad in &changed {
                    ids.push_bind(&ad.ad_id);
                }
                old.push(")");
                old.build().execute(&mut **transaction).await.map_err(|source| self.database(source))?;
                let tags: Vec<(&String, &String)> =
                    changed.iter().flat_map(|ad| ad.tags.iter().map(|tag| (tag, &ad.ad_id))).collect();
                for tags in tags.chunks(MOST_TAGS) {
                    let mut rows = QueryBuilder::<$database>::new("INSERT INTO ad_tags (tag, ad_id) ");
                    rows.push_values(tags, |mut row, (tag, ad_id)| {
                        row.push_bind(*tag).push_bind(*ad_id);
                    });
                    rows.push(" ON CONFLICT DO NOTHING");
                    rows.build().execute(&mut **transaction).await.map_err(|source| self.database(source))?;
                }
                Ok(imported)
            }

            /// Of each of these landings the entity of the account behind the first of its ads, and when its first ad was imported.
            async fn whose(&self, landings: &[LandingId]) -> Result<BTreeMap<String, (String, i64)>, StoreError> {
                let mut rows = QueryBuilder::<$database>::new(
                    "SELECT asked.landing, coalesce(kin.entity, coalesce(own.platform, '') || '/' || own.advertiser),
                        (SELECT min(imported_at) FROM ads AS theirs WHERE theirs.advertiser = own.advertiser)
                     FROM (SELECT landing, (SELECT ad_id FROM ads WHERE ads.landing = landings.landing
                        AND ads.advertiser IS NOT NULL ORDER BY ads.ad_id LIMIT 1) AS ad_id FROM landings WHERE landing IN (",
                );
                let mut these = rows.separated(", ");
                for landing in landings {
                    these.push_bind(landing.as_str());
                }
                rows.push(
                    ")) AS asked JOIN ads AS own ON own.ad_id = asked.ad_id
                     LEFT JOIN kin ON kin.advertiser = own.advertiser AND kin.platform = coalesce(own.platform, '')",
                );
                let rows: Vec<(String, String, i64)> =
                    rows.build_query_as().fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                Ok(rows.into_iter().map(|(landing, entity, since)| (landing, (entity, since))).collect())
            }

            /// What was heard and found of these, by what they are and what they are called, as it was weighed last.
            async fn signs(
                &self,
                named: &BTreeSet<(&str, &str)>,
            ) -> Result<BTreeMap<(String, String), Signs>, StoreError> {
                let mut rows = QueryBuilder::<$database>::new(
                    "SELECT of_what, name, complaints, violations, clean FROM signs WHERE (of_what, name) IN (",
                );
                for (nth, (what, name)) in named.iter().enumerate() {
                    rows.push(if nth == 0 { "(" } else { ", (" }).push_bind(*what).push(", ").push_bind(*name).push(")");
                }
                rows.push(")");
                if named.is_empty() {
                    return Ok(BTreeMap::new());
                }
                let rows: Vec<(String, String, f64, f64, f64)> =
                    rows.build_query_as().fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                let signs = |(what, name, complaints, violations, clean)| {
                    ((what, name), Signs { complaints, violations, clean })
                };
                Ok(rows.into_iter().map(signs).collect())
            }

            fn known_of(
                &self,
                row: &LandingRow,
                advertiser_since: Option<DateTime<Utc>>,
                near: Near,
            ) -> Result<Known, StoreError> {
                let (id, url, host, added_at, host_since, approved_at, seen, history, cost, next_due, ..) = row;
                let damaged = || self.damaged(&format!("landing {id}"));
                Ok(Known {
                    landing: Landing { id: self.landing_id(id)?, url: url.clone(), host: host.clone() },
                    added_at: moment(*added_at),
                    host_since: moment(*host_since),
                    approved_at: approved_at.map(moment),
                    advertiser_since,
                    last: seen.as_deref().map(serde_json::from_str).transpose().map_err(|_| damaged())?,
                    history: serde_json::from_str(history).map_err(|_| damaged())?,
                    cost: cost.as_deref().map(serde_json::from_str).transpose().map_err(|_| damaged())?,
                    next_due: next_due.map(moment),
                    near,
                })
            }

            /// Of each of these how many others showed the same page at their last look, and were bad.
            async fn same_pages_bad(&self, landings: &[LandingId]) -> Result<BTreeMap<String, i64>, StoreError> {
                let mut rows = QueryBuilder::<$database>::new(
                    "SELECT own.landing, count(*) FROM landings AS own
                     JOIN landings AS other ON other.page = own.page AND other.bad = 1 AND other.landing <> own.landing
                     WHERE own.page IS NOT NULL AND own.landing IN (",
                );
                let mut these = rows.separated(", ");
                for landing in landings {
                    these.push_bind(landing.as_str());
                }
                rows.push(") GROUP BY own.landing");
                let rows: Vec<(String, i64)> =
                    rows.build_query_as().fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                Ok(rows.into_iter().collect())
            }

            /// The files of these ads, no more than one statement takes.
            async fn files_of<'e>(
                &self,
                database: impl sqlx::Executor<'e, Database = $database>,
                ads: &[String],
            ) -> Result<BTreeMap<String, BTreeMap<String, AdFile>>, StoreError> {
                type Row = (String, String, String, String, i64, i64);
                let mut rows = QueryBuilder::<$database>::new(
                    "SELECT ad_id, path, evidence_id, lay_at, bytes, changed_ns FROM ad_files WHERE ad_id IN (",
                );
                let mut ids = rows.separated(", ");
                for ad in ads {
                    ids.push_bind(ad);
                }
                rows.push(")");
                let rows: Vec<Row> =
                    rows.build_query_as().fetch_all(database).await.map_err(|source| self.database(source))?;
                let mut files: BTreeMap<String, BTreeMap<String, AdFile>> = BTreeMap::new();
                for (ad_id, path, evidence, lay_at, bytes, changed_ns) in rows {
                    let file = self.file_of((evidence, lay_at, bytes, changed_ns))?;
                    files.entry(ad_id).or_default().insert(path, file);
                }
                Ok(files)
            }

            /// Writes down which files these ads have now.
            async fn refile(
                &self,
                transaction: &mut Transaction<'static, $database>,
                ads: &[&NewAd],
            ) -> Result<(), StoreError> {
                if ads.is_empty() {
                    return Ok(());
                }
                let mut old = QueryBuilder::<$database>::new("DELETE FROM ad_files WHERE ad_id IN (");
                let mut ids = old.separated(", ");
                for ad in ads {
                    ids.push_bind(&ad.ad_id);
                }
                old.push(")");
                old.build().execute(&mut **transaction).await.map_err(|source| self.database(source))?;
                let mut files = Vec::new();
                for ad in ads {
                    for (path, file) in &ad.files {
                        files.push((&ad.ad_id, path, file, self.whole(file.bytes)?));
                    }
                }
                for files in files.chunks(ROWS) {
                    let mut rows = QueryBuilder::<$database>::new(
                        "INSERT INTO ad_files (ad_id, path, evidence_id, lay_at, bytes, changed_ns) ",
                    );
                    rows.push_values(files, |mut row, (ad_id, path, file, bytes)| {
                        row.push_bind(*ad_id).push_bind(*path).push_bind(file.evidence.to_string());
                        row.push_bind(&file.lay_at).push_bind(*bytes).push_bind(file.changed_ns);
                    });
                    rows.build().execute(&mut **transaction).await.map_err(|source| self.database(source))?;
                }
                Ok(())
            }

            fn file_of(&self, (evidence, lay_at, bytes, changed_ns): FileRow) -> Result<AdFile, StoreError> {
                let evidence = evidence.parse().map_err(|_| self.damaged(&format!("the file {evidence}")))?;
                Ok(AdFile { evidence, lay_at, bytes: bytes.unsigned_abs(), changed_ns })
            }

            fn landing_id(&self, text: &str) -> Result<LandingId, StoreError> {
                LandingId::written(text).ok_or_else(|| self.damaged(&format!("the landing `{text}`")))
            }
        }

        type FileRow = (String, String, i64, i64);

        /// A landing: its id, address, host, when it and its host were added and it was approved, what was seen, its past, its cost,
        /// when it is due, its template, when it was seen bad and good.
        type LandingRow = (
            String,
            String,
            String,
            i64,
            i64,
            Option<i64>,
            Option<String>,
            String,
            Option<String>,
            Option<i64>,
            Option<String>,
            Option<i64>,
            Option<i64>,
        );

        /// Whether an ad's files say the same as before, wherever they lay.
        fn are_alike(before: &BTreeMap<String, AdFile>, now: &BTreeMap<String, AdFile>) -> bool {
            before.len() == now.len()
                && before.iter().zip(now).all(|(one, other)| one.0 == other.0 && one.1.evidence == other.1.evidence)
        }

        /// Asks for ads of a scope that run at this moment.
        fn within(rows: &mut QueryBuilder<$database>, scope: &Scope, at: DateTime<Utc>) {
            rows.push("imported_at <= ").push_bind(at.timestamp_millis());
            rows.push(" AND (ends_at IS NULL OR ends_at > ").push_bind(at.timestamp_millis()).push(")");
            for (column, value) in [
                (" AND platform = ", &scope.platform),
                (" AND advertiser = ", &scope.advertiser),
                (" AND trade = ", &scope.trade),
            ] {
                if let Some(value) = value {
                    rows.push(column).push_bind(value.clone());
                }
            }
            match &scope.ad {
                Some(ad) => rows.push(" AND ad_id = ").push_bind(ad.clone()),
                // Previews are nobody's business but their own.
                None => rows.push(" AND NOT EXISTS (SELECT 1 FROM previews WHERE previews.ad_id = ads.ad_id)"),
            };
            if let Some(tag) = &scope.tag {
                rows.push(" AND ad_id IN (SELECT ad_id FROM ad_tags WHERE tag = ").push_bind(tag.clone()).push(")");
            }
        }

        fn moment(at: i64) -> DateTime<Utc> {
            DateTime::from_timestamp_millis(at).unwrap_or_default()
        }

        /// Rows in one statement: of the widest table as many values as SQLite allows take several times as many.
        const ROWS: usize = 500;
        /// Tags in one statement. Each takes two of the 32,766 values that SQLite allows.
        const MOST_TAGS: usize = 10_000;
    };
}

pub(crate) use library;
