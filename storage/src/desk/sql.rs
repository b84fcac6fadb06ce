//! What is listed, in SQL that both databases read.

/// The columns of [`super::CaseRow`], in its order.
pub(crate) const CASE: &str = "facts.case_number, facts.case_id, facts.ad_id, facts.platform, facts.advertiser,
    facts.advertiser_name, facts.trade, facts.title, facts.verdict, facts.severity, facts.violations, facts.gaps,
    facts.opened_at, facts.sealed_at, facts.decision, facts.decided_at";

/// The columns of [`super::AdRow`], in its order, with the ad itself.
pub(crate) const AD: &str = "SELECT ads.ad_id, ads.platform, ads.advertiser, ads.trade, landings.host, facts.title, ads.ad,
    ads.imported_at, ads.ends_at, facts.case_id, facts.verdict, facts.severity, facts.sealed_at
    FROM ads JOIN landings ON landings.landing = ads.landing LEFT JOIN facts ON facts.ad_id = ads.ad_id AND facts.latest = 1";

/// How far ads are checked.
pub(crate) const CHECKED: &str = "count(*), count(facts.case_number), count(*) FILTER (WHERE facts.level >= 2),
    count(*) FILTER (WHERE facts.level >= 1),
    count(*) FILTER (WHERE facts.verdict = 'inconclusive'), min(facts.sealed_at)
    FROM ads LEFT JOIN facts ON facts.ad_id = ads.ad_id AND facts.latest = 1";

/// What is examined before it runs is listed with the previews of those who made it, and nowhere else.
pub(crate) const RUNS: &str = " AND NOT EXISTS (SELECT 1 FROM previews WHERE previews.ad_id = ads.ad_id)";

/// An ad without a platform is of one that has no name.
pub(crate) const ON: &str = "coalesce(ads.platform, '')";

/// Implements [`super::Desk`] for a store that reads from `reading`; its database finds a text in another by `$find`.
macro_rules! desk {
    ($store:ty, $database:ty, $find:literal) => {
        impl Desk for $store {
            async fn list(
                &self,
                sight: &Sight,
                wanted: &Wanted,
                behind: Option<u64>,
                most: u64,
            ) -> Result<Vec<CaseRow>, StoreError> {
                let mut asked = Asked::new("SELECT ");
                asked.push(CASE).push(" FROM facts WHERE 1 = 1");
                within(&mut asked, "facts", sight);
                like_wanted(&mut asked, wanted);
                if let Some(behind) = behind {
                    asked.push(" AND facts.case_number < ").push_bind(whole(behind));
                }
                asked.push(" ORDER BY facts.case_number DESC LIMIT ").push_bind(whole(most));
                self.asked(asked, |row| self.case_row(row)).await
            }

            async fn counts(&self, sight: &Sight, wanted: &Wanted) -> Result<Counts, StoreError> {
                let count = async |verdict: &str| {
                    if wanted.verdict.as_deref().is_some_and(|wanted| wanted != verdict) {
                        return Ok(0);
                    }
                    let wanted = Wanted { verdict: Some(verdict.to_owned()), ..wanted.clone() };
                    let mut asked = Asked::new("SELECT count(*) FROM (SELECT 1 FROM facts WHERE 1 = 1");
                    within(&mut asked, "facts", sight);
                    like_wanted(&mut asked, &wanted);
                    asked.push(" LIMIT ").push_bind(whole(COUNTED + 1)).push(") AS counted");
                    let counted: i64 = asked
                        .build_query_scalar()
                        .fetch_one(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                    Ok(counted.unsigned_abs())
                };
                Ok(Counts {
                    violating: count("violating").await?,
                    inconclusive: count("inconclusive").await?,
                    clean: count("clean").await?,
                })
            }

            async fn case_in_sight(&self, sight: &Sight, case: &CaseId) -> Result<Option<CaseRow>, StoreError> {
                let mut asked = Asked::new("SELECT ");
                asked.push(CASE).push(" FROM facts WHERE 1 = 1");
                equals(&mut asked, "facts.case_id", case.as_str());
                within(&mut asked, "facts", sight);
                Ok(self.asked(asked, |row| self.case_row(row)).await?.pop())
            }

            async fn cases_of_ad(&self, sight: &Sight, ad: &str, most: u64) -> Result<Vec<CaseRow>, StoreError> {
                let wanted = Wanted { ad: Some(ad.to_owned()), ..Wanted::default() };
                self.list(sight, &wanted, None, most).await
            }

            async fn evidence_in_sight(
                &self,
                sight: &Sight,
                case: &CaseId,
                id: EvidenceId,
            ) -> Result<Option<Kept>, StoreError> {
                let mut asked = Asked::new(
                    "SELECT cases.manifest FROM facts JOIN cases ON cases.number = facts.case_number
                     JOIN case_evidence ON case_evidence.case_number = facts.case_number WHERE 1 = 1",
                );
                equals(&mut asked, "facts.case_id", case.as_str());
                equals(&mut asked, "case_evidence.evidence_id", &id.to_string());
                within(&mut asked, "facts", sight);
                let text: Option<String> = asked
                    .build_query_scalar()
                    .fetch_optional(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let Some(text) = text else { return Ok(None) };
                let manifest: Manifest = serde_json::from_str(&text)
                    .map_err(|_| self.damaged(&format!("the manifest of {case}")))?;
                Ok(manifest.evidence.into_iter().find(|kept| kept.id == id))
            }

            async fn queue(
                &self,
                sight: &Sight,
                wanted: &Wanted,
                behind: Option<&QueueMark>,
                most: u64,
            ) -> Result<Vec<Queued>, StoreError> {
                let mut asked = Asked::new("SELECT ");
                asked.push(CASE).push(
                    ", undecided.number, violations.check_id, violations.rule, violations.pack, violations.severity,
                     violations.confidence, violations.scope, violations.promised, violations.delivered, violations.url,
                     undecided.reach, (SELECT count(*) FROM (SELECT 1 FROM undecided AS other
                     WHERE other.likeness = undecided.likeness",
                );
                within(&mut asked, "other", sight);
                asked.push(" LIMIT ").push_bind(whole($crate::desk::LIKE + 1)).push(
                    ") AS alike), undecided.found_since FROM undecided JOIN facts ON facts.case_number = undecided.case_number
                     JOIN violations ON violations.case_number = undecided.case_number AND violations.number = undecided.number
                     WHERE 1 = 1",
                );
                within(&mut asked, "undecided", sight);
                // What is said of violations is meant of this one, and not of another of its case.
                let of_case = Wanted { severity: None, check: None, rule: None, latest_only: false, ..wanted.clone() };
                like_wanted(&mut asked, &of_case);
                if let Some(severity) = &wanted.severity {
                    asked.push(" AND undecided.gravity = ").push_bind(gravity(severity));
                }
                for (column, value) in [("violations.check_id", &wanted.check), ("violations.rule", &wanted.rule)] {
                    value.iter().for_each(|value| equals(&mut asked, column, value));
                }
                if let Some(mark) = behind {
                    asked.push(
                        " AND (undecided.gravity, undecided.reach, undecided.sealed_at, undecided.case_number, undecided.number) > (",
                    );
                    let mut values = asked.separated(", ");
                    values.push_bind(gravity(&mark.severity));
                    values.push_bind(-whole(mark.exposure));
                    values.push_bind(mark.sealed_at.timestamp_millis());
                    values.push_bind(whole(mark.case));
                    values.push_bind(whole(mark.number));
                    asked.push(")");
                }
                asked.push(
                    " ORDER BY undecided.gravity, undecided.reach, undecided.sealed_at, undecided.case_number, undecided.number LIMIT ",
                );
                asked.push_bind(whole(most));
                self.asked(asked, |row| self.queued(row)).await
            }

            async fn like(
                &self,
                sight: &Sight,
                case: &CaseId,
                violation: u64,
                most: u64,
            ) -> Result<Vec<(CaseId, u64)>, StoreError> {
                let mut asked = Asked::new(
                    "SELECT facts.case_id, undecided.number FROM facts AS own
                     JOIN violations ON violations.case_number = own.case_number
                     JOIN undecided ON undecided.likeness = violations.likeness
                     JOIN facts ON facts.case_number = undecided.case_number
                     WHERE NOT (undecided.case_number = violations.case_number AND undecided.number = violations.number)",
                );
                equals(&mut asked, "own.case_id", case.as_str());
                asked.push(" AND violations.number = ").push_bind(whole(violation));
                within(&mut asked, "own", sight);
                within(&mut asked, "undecided", sight);
                asked.push(" ORDER BY undecided.case_number, undecided.number LIMIT ").push_bind(whole(most));
                let like = |row: &DeskRow| Ok((CaseId(row.try_get(0)?), row.try_get::<i64, _>(1)?.unsigned_abs()));
                self.asked(asked, |row| like(row).map_err(|source| self.database(source))).await
            }

            async fn ads(
                &self,
                sight: &Sight,
                wanted: &WantedAds,
                behind: Option<&str>,
                most: u64,
            ) -> Result<Vec<AdRow>, StoreError> {
                let mut asked = Asked::new(AD);
                within(&mut asked, "facts", sight);
                asked.push(" WHERE 1 = 1").push(RUNS);
                within(&mut asked, "ads", sight);
                for (column, value) in [
                    ("ads.platform", &wanted.platform),
                    ("ads.advertiser", &wanted.advertiser),
                    ("ads.trade", &wanted.trade),
                ] {
                    value.iter().for_each(|value| equals(&mut asked, column, value));
                }
                match wanted.verdict.as_deref() {
                    Some("never") => drop(asked.push(" AND facts.case_number IS NULL")),
                    Some(verdict) => equals(&mut asked, "facts.verdict", verdict),
                    None => {}
                }
                if let Some(tag) = &wanted.tag {
                    asked.push(" AND ads.ad_id IN (SELECT ad_tags.ad_id FROM ad_tags WHERE 1 = 1");
                    equals(&mut asked, "ad_tags.tag", tag);
                    asked.push(")");
                }
                if let Some(text) = &wanted.text {
                    said(&mut asked, &["ads.ad_id", "landings.host", "facts.title", "facts.advertiser_name"], text);
                }
                if let Some(behind) = behind {
                    asked.push(" AND ads.ad_id > ").push_bind(storable(behind));
                }
                asked.push(" ORDER BY ads.ad_id LIMIT ").push_bind(whole(most));
                self.asked(asked, |row| ad_row(row).map_err(|source| self.database(source))).await
            }

            async fn ad_in_sight(&self, sight: &Sight, ad: &str) -> Result<Option<AdRow>, StoreError> {
                let mut asked = Asked::new(AD);
                within(&mut asked, "facts", sight);
                asked.push(" WHERE 1 = 1").push(RUNS);
                within(&mut asked, "ads", sight);
                equals(&mut asked, "ads.ad_id", ad);
                Ok(self.asked(asked, |row| ad_row(row).map_err(|source| self.database(source))).await?.pop())
            }

            async fn coverage(
                &self,
                sight: &Sight,
                behind: Option<(&str, &str)>,
                most: u64,
            ) -> Result<Vec<Coverage>, StoreError> {
                let (now, on) = ((self.clock)(), $crate::desk::sql::ON);
                let mut asked = Asked::new(format!(
                    "SELECT DISTINCT ads.advertiser, {on} FROM ads WHERE ads.advertiser IS NOT NULL"
                ));
                within(&mut asked, "ads", sight);
                running(&mut asked, now);
                if let Some((advertiser, platform)) = behind {
                    asked.push(" AND ads.advertiser >= ").push_bind(storable(advertiser));
                    asked.push(" AND (ads.advertiser > ").push_bind(storable(advertiser));
                    asked.push(format!(" OR {on} > ")).push_bind(storable(platform)).push(")");
                }
                asked.push(" ORDER BY 1, 2 LIMIT ").push_bind(whole(most));
                let names: Vec<(String, String)> = asked
                    .build_query_as()
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                if names.is_empty() {
                    return Ok(Vec::new());
                }
                self.covered(sight, Some(&names), now).await
            }

            async fn coverage_total(&self, sight: &Sight) -> Result<Coverage, StoreError> {
                Ok(self.covered(sight, None, (self.clock)()).await?.pop().unwrap_or_default())
            }

            async fn by_day(
                &self,
                sight: &Sight,
                since: DateTime<Utc>,
                until: DateTime<Utc>,
                offset_minutes: i32,
            ) -> Result<Vec<(NaiveDate, Option<String>, u64)>, StoreError> {
                let mut asked = Asked::new("SELECT (facts.sealed_at + ");
                asked.push_bind(i64::from(offset_minutes) * 60_000).push(
                    ") / 86400000, facts.trade, count(*) FROM facts
                     JOIN violations ON violations.case_number = facts.case_number
                     WHERE facts.violations > 0 AND coalesce(violations.decision, '') <> 'reject'
                     AND NOT EXISTS (SELECT 1 FROM facts AS before JOIN violations AS known ON known.case_number = before.case_number
                     WHERE before.ad_id = facts.ad_id AND before.case_number < facts.case_number
                     AND known.likeness = violations.likeness)
                     AND facts.sealed_at >= ",
                );
                asked.push_bind(since.timestamp_millis());
                asked.push(" AND facts.sealed_at < ").push_bind(until.timestamp_millis());
                within(&mut asked, "facts", sight);
                asked.push(" GROUP BY 1, 2");
                let day = |row: &DeskRow| {
                    let day = DateTime::from_timestamp_millis(row.try_get::<i64, _>(0)? * 86_400_000);
                    let violations: i64 = row.try_get(2)?;
                    Ok((day.unwrap_or_default().date_naive(), row.try_get(1)?, violations.unsigned_abs()))
                };
                let mut days = self.asked(asked, |row| day(row).map_err(|source| self.database(source))).await?;
                days.sort();
                Ok(days)
            }

            async fn waiting(&self, sight: &Sight, overdue: DateTime<Utc>) -> Result<Vec<Waiting>, StoreError> {
                let mut asked = Asked::new("SELECT undecided.gravity, count(*), count(*) FILTER (WHERE undecided.found_since <= ");
                asked.push_bind(overdue.timestamp_millis()).push(") FROM undecided WHERE 1 = 1");
                within(&mut asked, "undecided", sight);
                asked.push(" GROUP BY undecided.gravity ORDER BY undecided.gravity");
                let waiting = |row: &DeskRow| {
                    let count = |at: usize| row.try_get::<i64, _>(at).map(i64::unsigned_abs);
                    Ok(Waiting { severity: severity_of(row.try_get(0)?).to_owned(), open: count(1)?, overdue: count(2)? })
                };
                self.asked(asked, |row| waiting(row).map_err(|source| self.database(source))).await
            }

            async fn agreement(&self, sight: &Sight) -> Result<Vec<Agreement>, StoreError> {
                let mut asked = Asked::new(
                    "SELECT violations.check_id, count(*) FILTER (WHERE violations.decision = 'confirm'),
                     count(*) FILTER (WHERE violations.decision = 'reject'),
                     count(*) FILTER (WHERE violations.decision IS NULL OR violations.decision = 'again')
                     FROM violations",
                );
                // Who sees everything is counted for by an index alone.
                if *sight != Sight::default() {
                    asked.push(" JOIN facts ON facts.case_number = violations.case_number WHERE 1 = 1");
                    within(&mut asked, "facts", sight);
                }
                asked.push(" GROUP BY violations.check_id");
                let agreement = |row: &DeskRow| {
                    let count = |at: usize| row.try_get::<i64, _>(at).map(i64::unsigned_abs);
                    let (confirmed, rejected, undecided) = (count(1)?, count(2)?, count(3)?);
                    Ok(Agreement { check: row.try_get(0)?, confirmed, rejected, undecided })
                };
                let mut checks =
                    self.asked(asked, |row| agreement(row).map_err(|source| self.database(source))).await?;
                checks.sort_by(|one, other| one.check.cmp(&other.check));
                Ok(checks)
            }
        }

        impl $store {
            async fn asked<T>(
                &self,
                mut asked: Asked,
                read: impl Fn(&DeskRow) -> Result<T, StoreError>,
            ) -> Result<Vec<T>, StoreError> {
                let rows = asked.build().fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                rows.iter().map(read).collect()
            }

            fn case_row(&self, row: &DeskRow) -> Result<CaseRow, StoreError> {
                let read = || {
                    let gaps: String = row.try_get(11)?;
                    let case = CaseRow {
                        number: row.try_get::<i64, _>(0)?.unsigned_abs(),
                        case_id: CaseId(row.try_get(1)?),
                        ad_id: row.try_get(2)?,
                        platform: row.try_get(3)?,
                        advertiser: row.try_get(4)?,
                        advertiser_name: row.try_get(5)?,
                        trade: row.try_get(6)?,
                        title: row.try_get(7)?,
                        verdict: row.try_get(8)?,
                        severity: row.try_get(9)?,
                        violations: row.try_get::<i64, _>(10)?.unsigned_abs(),
                        gaps: Vec::new(),
                        opened_at: moment(row.try_get(12)?),
                        sealed_at: moment(row.try_get(13)?),
                        decision: row.try_get(14)?,
                        decided_at: row.try_get::<Option<i64>, _>(15)?.map(moment),
                    };
                    Ok((case, gaps))
                };
                let (case, gaps) = read().map_err(|source| self.database(source))?;
                let gaps = serde_json::from_str(&gaps)
                    .map_err(|_| self.damaged(&format!("the facts of case {}", case.case_id)))?;
                Ok(CaseRow { gaps, ..case })
            }

            fn queued(&self, row: &DeskRow) -> Result<Queued, StoreError> {
                let case = self.case_row(row)?;
                let read = || {
                    Ok(Queued {
                        number: row.try_get::<i64, _>(16)?.unsigned_abs(),
                        check: row.try_get(17)?,
                        rule: row.try_get(18)?,
                        pack: row.try_get(19)?,
                        severity: row.try_get(20)?,
                        confidence: row.try_get(21)?,
                        scope: row.try_get(22)?,
                        promised: row.try_get(23)?,
                        delivered: row.try_get(24)?,
                        url: row.try_get(25)?,
                        exposure: row.try_get::<i64, _>(26)?.unsigned_abs(),
                        like: row.try_get::<i64, _>(27)?.unsigned_abs().saturating_sub(1),
                        found_since: moment(row.try_get(28)?),
                        case,
                    })
                };
                read().map_err(|source| self.database(source))
            }

            /// How far the ads of these advertisers are checked, each by itself; of all of them together where none is named.
            async fn covered(
                &self,
                sight: &Sight,
                names: Option<&[(String, String)]>,
                now: DateTime<Utc>,
            ) -> Result<Vec<Coverage>, StoreError> {
                let on = $crate::desk::sql::ON;
                let whose =
                    if names.is_some() { format!("ads.advertiser, {on}") } else { "CAST(NULL AS TEXT), ''".to_owned() };
                let of_these = |asked: &mut Asked| {
                    within(asked, "facts", sight);
                    asked.push(" WHERE 1 = 1");
                    within(asked, "ads", sight);
                    running(asked, now);
                    if let Some(names) = names {
                        asked.push(" AND ads.advertiser IN (");
                        let mut these = asked.separated(", ");
                        for (name, _) in names {
                            these.push_bind(name.clone());
                        }
                        asked.push(")");
                    }
                };
                let mut asked = Asked::new(format!("SELECT {whose}, {CHECKED}"));
                of_these(&mut asked);
                if names.is_some() {
                    asked.push(" GROUP BY 1, 2 ORDER BY 1, 2");
                }
                let covered = |row: &DeskRow| {
                    let count = |at: usize| row.try_get::<i64, _>(at).map(i64::unsigned_abs);
                    let (running, examined) = (count(2)?, count(3)?);
                    Ok(Coverage {
                        advertiser: row.try_get(0)?,
                        platform: Some(row.try_get::<String, _>(1)?).filter(|platform| !platform.is_empty()),
                        running,
                        examined,
                        reached_level_2: count(4)?,
                        reached_level_1: count(5)?,
                        inconclusive: count(6)?,
                        reasons: Vec::new(),
                        never: running - examined,
                        oldest_look: row.try_get::<Option<i64>, _>(7)?.map(moment),
                    })
                };
                let mut found = self.asked(asked, |row| covered(row).map_err(|source| self.database(source))).await?;
                // The same advertiser's other platforms stand on another page.
                let is_asked = |one: &Coverage| {
                    names.is_none_or(|names| {
                        names.iter().any(|(advertiser, platform)| {
                            one.advertiser.as_ref() == Some(advertiser)
                                && one.platform.as_deref().unwrap_or_default() == platform
                        })
                    })
                };
                found.retain(is_asked);
                let mut asked = Asked::new(format!(
                    "SELECT {whose}, facts.gaps, count(*) FROM ads
                     JOIN facts ON facts.ad_id = ads.ad_id AND facts.latest = 1 AND facts.verdict = 'inconclusive'",
                ));
                of_these(&mut asked);
                asked.push(" GROUP BY 1, 2, 3");
                let why = |row: &DeskRow| {
                    let platform: String = row.try_get(1)?;
                    let whose = (row.try_get(0)?, Some(platform).filter(|platform| !platform.is_empty()));
                    Ok((whose, row.try_get(2)?, row.try_get::<i64, _>(3)?.unsigned_abs()))
                };
                type Why = ((Option<String>, Option<String>), String, u64);
                let why: Vec<Why> = self.asked(asked, |row| why(row).map_err(|source| self.database(source))).await?;
                for coverage in &mut found {
                    let whose = (coverage.advertiser.clone(), coverage.platform.clone());
                    let mut reasons = BTreeMap::<String, u64>::new();
                    for (_, gaps, ads) in why.iter().filter(|(of, ..)| *of == whose) {
                        let gaps: Vec<String> = serde_json::from_str(gaps).map_err(|_| self.damaged(gaps))?;
                        gaps.into_iter().for_each(|reason| *reasons.entry(reason).or_default() += ads);
                    }
                    coverage.reasons = reasons.into_iter().collect();
                }
                Ok(found)
            }
        }

        type Asked = QueryBuilder<$database>;
        type DeskRow = <$database as sqlx::Database>::Row;

        fn ad_row(row: &DeskRow) -> Result<AdRow, sqlx::Error> {
            let latest = match row.try_get::<Option<String>, _>(9)? {
                Some(case_id) => Some(LatestCase {
                    case_id: CaseId(case_id),
                    verdict: row.try_get(10)?,
                    severity: row.try_get(11)?,
                    sealed_at: moment(row.try_get(12)?),
                }),
                None => None,
            };
            let title: Option<String> = row.try_get(5)?;
            let ad: String = row.try_get(6)?;
            Ok(AdRow {
                ad_id: row.try_get(0)?,
                platform: row.try_get(1)?,
                advertiser: row.try_get(2)?,
                trade: row.try_get(3)?,
                host: row.try_get(4)?,
                title: title_of(&ad).or(title),
                imported_at: moment(row.try_get(7)?),
                ends_at: row.try_get::<Option<i64>, _>(8)?.map(moment),
                latest,
            })
        }

        /// Leaves out what is out of sight.
        fn within(asked: &mut Asked, table: &str, sight: &Sight) {
            if let Some(platform) = &sight.platform {
                equals(asked, &format!("{table}.platform"), platform);
            }
            if let Some(advertiser) = &sight.advertiser {
                equals(asked, &format!("{table}.advertiser"), advertiser);
            }
            let Some(places) = sight.places() else { return };
            // Where an ad is, is known by its latest case.
            asked.push(match table {
                "facts" => " AND facts.region LIKE ".to_owned(),
                "ads" => " AND ads.ad_id IN (SELECT placed.ad_id FROM facts AS placed WHERE placed.latest = 1 AND placed.region LIKE ".to_owned(),
                other => format!(" AND {other}.case_number IN (SELECT placed.case_number FROM facts AS placed WHERE placed.region LIKE "),
            });
            asked.push_bind(places).push(if table == "facts" { "" } else { ")" });
        }

        /// Leaves out the cases that are not wanted.
        fn like_wanted(asked: &mut Asked, wanted: &Wanted) {
            for (column, value) in [
                ("facts.verdict", &wanted.verdict),
                ("facts.severity", &wanted.severity),
                ("facts.platform", &wanted.platform),
                ("facts.advertiser", &wanted.advertiser),
                ("facts.trade", &wanted.trade),
                ("facts.ad_id", &wanted.ad),
            ] {
                value.iter().for_each(|value| equals(asked, column, value));
            }
            for (column, value) in [("found.check_id", &wanted.check), ("found.rule", &wanted.rule)] {
                if let Some(value) = value {
                    asked.push(" AND facts.case_number IN (SELECT found.case_number FROM violations AS found WHERE 1 = 1");
                    equals(asked, column, value);
                    asked.push(")");
                }
            }
            if let Some(round) = &wanted.round {
                asked.push(" AND facts.case_id IN (SELECT looked.case_id FROM round_cases AS looked WHERE 1 = 1");
                equals(asked, "looked.round", round);
                asked.push(")");
            }
            match wanted.decision {
                Some(Decided::Undecided) => drop(asked.push(" AND facts.decision IS NULL")),
                Some(decided) => equals(asked, "facts.decision", decided.word()),
                None => {}
            }
            if let Some(since) = wanted.since {
                asked.push(" AND facts.sealed_at >= ").push_bind(since.timestamp_millis());
            }
            if let Some(until) = wanted.until {
                asked.push(" AND facts.sealed_at < ").push_bind(until.timestamp_millis());
            }
            if wanted.latest_only {
                asked.push(" AND facts.latest = 1");
            }
            if let Some(text) = &wanted.text {
                said(asked, &["facts.ad_id", "facts.title", "facts.advertiser_name"], text);
            }
        }

        /// Nothing has a NUL in it: PostgreSQL keeps none, and refuses to be asked for one.
        fn equals(asked: &mut Asked, column: &str, value: &str) {
            if value.contains('\0') {
                asked.push(" AND 1 = 0");
            } else {
                asked.push(format!(" AND {column} = ")).push_bind(value.to_owned());
            }
        }

        /// Whether a text stands in one of these columns, each of its characters for itself, whatever the case of letters.
        fn said(asked: &mut Asked, columns: &[&str], text: &str) {
            let text = storable(text);
            asked.push(" AND (1 = 0");
            for column in columns {
                asked.push(format!(" OR {}(lower({column}), lower(", $find)).push_bind(text.clone()).push(")) > 0");
            }
            asked.push(")");
        }

        /// Leaves out the ads that have ended.
        fn running(asked: &mut Asked, now: DateTime<Utc>) {
            asked.push(" AND (ads.ends_at IS NULL OR ads.ends_at > ").push_bind(now.timestamp_millis()).push(")");
            asked.push(RUNS);
        }
    };
}

pub(crate) use desk;
