//! What is read again of complaints, conversions and touchpoints, in SQL that both databases read.

/// The ad that a column of a table called `c` names, as it was imported or else examined last. What a platform says of another
/// platform's ad is of no ad that is known: nobody learns or changes by it what is told of others.
pub(crate) fn of_ad(column: &str) -> String {
    let of = |ad: &str| {
        format!("{ad}.ad_id = {column} AND (c.platform = '' OR {ad}.platform IS NULL OR {ad}.platform = c.platform)")
    };
    format!(" LEFT JOIN ads ON {} LEFT JOIN facts ON {} AND facts.latest = 1", of("ads"), of("facts"))
}

/// Whether it was imported or examined.
pub(crate) const KNOWN: &str = "(ads.ad_id IS NOT NULL OR facts.ad_id IS NOT NULL)";

pub(crate) const ADVERTISER: &str = "coalesce(ads.advertiser, facts.advertiser)";
pub(crate) const TRADE: &str = "coalesce(ads.trade, facts.trade)";

/// When the user of a complaint first converted by its ad, on valid traffic.
pub(crate) const CONVERTED: &str = "(SELECT min(v.at) FROM conversions AS v WHERE v.platform = c.platform
    AND v.user_id = c.user_id AND v.belongs = c.belongs AND v.invalid IS NULL AND v.invalid_click IS NULL)";

/// Whether a complaint counts, and if not, why: as `governance::ccr::standings` says it, of what its user said about its ad before it,
/// too.
pub(crate) fn standing() -> String {
    format!(
        "CASE WHEN NOT {KNOWN} THEN 'no-ad' WHEN c.excluded IS NOT NULL THEN 'excluded'
         WHEN c.user_id IS NULL OR {CONVERTED} IS NULL OR {CONVERTED} > c.at THEN 'not-converted'
         WHEN EXISTS (SELECT 1 FROM complaints AS p WHERE p.platform = c.platform AND p.user_id = c.user_id
         AND p.belongs = c.belongs AND coalesce(p.kind, 'other') = coalesce(c.kind, 'other') AND p.excluded IS NULL
         AND p.at >= {CONVERTED} AND (p.at, p.id) < (c.at, c.id)) THEN 'again' ELSE 'counts' END"
    )
}

/// Whether its user had converted by its ad before it was said.
pub(crate) fn converted_before() -> String {
    format!("coalesce({CONVERTED}, c.at + 1) <= c.at")
}

/// The columns of a complaint, without where they are from.
pub(crate) fn complaint() -> String {
    format!(
        "SELECT c.platform, c.id, c.source, c.at, c.said, c.user_id, c.ad, c.click, c.age, c.rating, c.refunded, c.belongs,
         c.linked_by, c.via, c.label, c.excluded, c.doubted, c.forgotten, {ADVERTISER} AS advertiser, {TRADE} AS trade,
         CASE WHEN {KNOWN} THEN 1 ELSE 0 END AS known, {CONVERTED} AS converted_at, {} AS standing
         FROM complaints AS c{} WHERE 1 = 1",
        standing(),
        of_ad("c.belongs")
    )
}

/// What users of complaints `s` said before about the same ad and was not excluded: by it they have voted already. Binds before when.
pub(crate) const SAID_BEFORE: &str = " UNION SELECT p.platform, p.id FROM complaints AS s JOIN complaints AS p
    ON p.platform = s.platform AND p.user_id = s.user_id AND p.belongs = s.belongs AND p.excluded IS NULL AND p.at < ";

/// As far as complaints `heard` say whether they count, and where.
pub(crate) fn complained() -> String {
    format!(
        "SELECT c.platform, c.id, c.at, c.user_id, c.kind, CASE WHEN c.excluded IS NULL THEN 0 ELSE 1 END,
         CASE WHEN {KNOWN} THEN c.belongs END AS of_known, {ADVERTISER}, {TRADE}, {CONVERTED}
         FROM heard JOIN complaints AS c ON c.platform = heard.platform AND c.id = heard.id{} WHERE 1 = 1",
        of_ad("c.belongs")
    )
}

/// Platform, id, at, user, kind, whether it is excluded, the known ad, its advertiser and trade, when its user converted.
pub(crate) type ComplainedRow = (
    String,
    String,
    i64,
    Option<String>,
    Option<String>,
    i32,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
);

/// Ends of ways in one statement.
pub(crate) const ENDS: u64 = 500;

/// Implements the reading of [`super::Heard`] for a store that reads from `reading`.
macro_rules! hearing_heard {
    ($store:ty, $database:ty) => {
        impl $store {
            async fn list_complaints(
                &self,
                sight: &Sight,
                wanted: &WantedComplaints,
                behind: Option<&HeardMark>,
                most: u64,
            ) -> Result<Vec<ComplaintRow>, StoreError> {
                let mut asked = QueryBuilder::<$database>::new(heard::complaint());
                heard_within(&mut asked, sight);
                for (column, value) in [
                    ("c.belongs", &wanted.ad),
                    (heard::ADVERTISER, &wanted.advertiser),
                    (heard::TRADE, &wanted.trade),
                    ("c.platform", &wanted.platform),
                    ("c.kind", &wanted.kind),
                    ("c.source", &wanted.source),
                ] {
                    if let Some(value) = value {
                        asked.push(" AND ").push(column).push(" = ").push_bind(value.replace('\0', ""));
                    }
                }
                for (what, value) in [
                    ("c.excluded IS NOT NULL", wanted.excluded),
                    ("c.doubted IS NOT NULL", wanted.doubted),
                    (heard::KNOWN, wanted.linked),
                    ("coalesce(c.refunded, 0) > 0", wanted.refunded),
                    (heard::converted_before().as_str(), wanted.converted),
                    ("c.noise_heeded = 1", wanted.heeded),
                ] {
                    if let Some(value) = value {
                        asked.push(if value { " AND " } else { " AND NOT " }).push("(").push(what).push(")");
                    }
                }
                if let Some(standing) = &wanted.standing {
                    asked.push(format!(" AND {} = ", heard::standing())).push_bind(standing.replace('\0', ""));
                }
                if let Some(from) = wanted.from {
                    asked.push(" AND c.at >= ").push_bind(from.timestamp_millis());
                }
                if let Some(before) = wanted.before {
                    asked.push(" AND c.at < ").push_bind(before.timestamp_millis());
                }
                if let Some(HeardMark { at, key }) = behind {
                    asked.push(" AND (c.at, c.platform, c.id) < (").push_bind(at.timestamp_millis());
                    asked.push(", ").push_bind(&key.platform).push(", ").push_bind(&key.id).push(")");
                }
                asked.push(" ORDER BY c.at DESC, c.platform DESC, c.id DESC LIMIT ").push_bind(self.whole(most)?);
                self.complaint_rows(asked).await
            }

            async fn find_complaints(&self, sight: &Sight, id: &str) -> Result<Vec<ComplaintRow>, StoreError> {
                let mut asked = QueryBuilder::<$database>::new(heard::complaint());
                heard_within(&mut asked, sight);
                asked.push(" AND c.id = ").push_bind(id.replace('\0', "")).push(" ORDER BY c.platform");
                self.complaint_rows(asked).await
            }

            async fn list_unheeded(&self, most: u64) -> Result<Vec<ComplaintRow>, StoreError> {
                let mut asked = QueryBuilder::<$database>::new(heard::complaint());
                asked.push(" AND c.noise_heeded = 0 ORDER BY c.at, c.platform, c.id LIMIT ");
                asked.push_bind(self.whole(most)?);
                self.complaint_rows(asked).await
            }

            async fn complaint_rows(
                &self,
                mut asked: QueryBuilder<$database>,
            ) -> Result<Vec<ComplaintRow>, StoreError> {
                let rows = asked.build().fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                rows.iter().map(|row| self.complaint_of(row)).collect()
            }

            fn complaint_of(&self, row: &HeardRow) -> Result<ComplaintRow, StoreError> {
                let id: String = row.try_get("id").map_err(|source| self.database(source))?;
                let damaged = || self.damaged(&format!("the complaint {id}"));
                let read = || -> Result<Option<ComplaintRow>, sqlx::Error> {
                    let amount = |of: &str| -> Result<_, sqlx::Error> {
                        Ok(row.try_get::<Option<i64>, _>(of)?.map(i64::unsigned_abs))
                    };
                    let source: String = row.try_get("source")?;
                    let age: Option<String> = row.try_get("age")?;
                    let (Some(source), Some(age)) = (of_word(&source), age.as_deref().map_or(Some(None), of_word))
                    else {
                        return Ok(None);
                    };
                    let complaint = Complaint {
                        id: id.clone(),
                        source,
                        at: moment(row.try_get("at")?),
                        text: row.try_get("said")?,
                        user: row.try_get("user_id")?,
                        platform: Some(row.try_get::<String, _>("platform")?).filter(|platform| !platform.is_empty()),
                        ad: row.try_get("ad")?,
                        click: row.try_get("click")?,
                        age,
                        rating: amount("rating")?.and_then(|stars| u8::try_from(stars).ok()),
                        refunded: amount("refunded")?,
                    };
                    let (Some(label), Some(excluded), Some(doubted)) = (
                        of_text(row.try_get("label")?),
                        of_text(row.try_get("excluded")?),
                        of_text(row.try_get("doubted")?),
                    ) else {
                        return Ok(None);
                    };
                    Ok(Some(ComplaintRow {
                        complaint,
                        belongs: row.try_get("belongs")?,
                        linked_by: row.try_get("linked_by")?,
                        via: row.try_get("via")?,
                        advertiser: row.try_get("advertiser")?,
                        trade: row.try_get("trade")?,
                        known: row.try_get::<i32, _>("known")? != 0,
                        label,
                        excluded,
                        doubted,
                        converted_at: row.try_get::<Option<i64>, _>("converted_at")?.map(moment),
                        forgotten: row.try_get::<i64, _>("forgotten")? != 0,
                        standing: row.try_get("standing")?,
                    }))
                };
                read().map_err(|source| self.database(source))?.ok_or_else(damaged)
            }

            async fn walk_complaints(
                &self,
                sight: &Sight,
                ad: Option<&str>,
                span: &Span,
                take: &mut (dyn FnMut(Complained) + Send),
            ) -> Result<(), StoreError> {
                let mut asked = QueryBuilder::<$database>::new(
                    "WITH heard AS (SELECT s.platform, s.id FROM complaints AS s WHERE ",
                );
                let ad = ad.map(|ad| ad.replace('\0', ""));
                complained_within(&mut asked, span, ad.as_deref());
                asked.push(heard::SAID_BEFORE).push_bind(span.from.timestamp_millis()).push(" WHERE ");
                complained_within(&mut asked, span, ad.as_deref());
                asked.push(") ").push(heard::complained());
                heard_within(&mut asked, sight);
                asked.push(" ORDER BY of_known NULLS FIRST, c.at, c.platform, c.id");
                let mut rows = asked.build_query_as::<heard::ComplainedRow>().fetch(self.reading());
                while let Some(row) = rows.try_next().await.map_err(|source| self.database(source))? {
                    let one = complained(row).ok_or_else(|| self.damaged("the kind of a complaint"))?;
                    take(one);
                }
                Ok(())
            }

            async fn walk_ads(
                &self,
                sight: &Sight,
                span: &Span,
                take: &mut (dyn FnMut(ByAd) + Send),
            ) -> Result<(), StoreError> {
                let valid = "c.invalid IS NULL AND c.invalid_click IS NULL";
                let mut asked = QueryBuilder::<$database>::new(format!(
                    "SELECT c.belongs, c.platform, min({}), min({}), count(*) FILTER (WHERE {valid}),
                     count(*) FILTER (WHERE NOT ({valid})) FROM conversions AS c{} WHERE {}",
                    heard::ADVERTISER,
                    heard::TRADE,
                    heard::of_ad("c.belongs"),
                    heard::KNOWN
                ));
                heard_within(&mut asked, sight);
                asked.push(" AND c.at >= ").push_bind(span.from.timestamp_millis());
                asked.push(" AND c.at < ").push_bind(span.to.timestamp_millis());
                asked.push(" GROUP BY c.belongs, c.platform ORDER BY c.belongs, c.platform");
                type Row = (String, String, Option<String>, Option<String>, i64, i64);
                let mut rows = asked.build_query_as::<Row>().fetch(self.reading());
                while let Some(row) = rows.try_next().await.map_err(|source| self.database(source))? {
                    let (ad, platform, advertiser, trade, valid, invalid) = row;
                    let platform = Some(platform).filter(|platform| !platform.is_empty());
                    let of = AdOf { ad, platform, advertiser, trade };
                    take(ByAd { of, valid: valid.unsigned_abs(), invalid: invalid.unsigned_abs() });
                }
                Ok(())
            }
        }

        type HeardRow = <$database as sqlx::Database>::Row;

        /// Those of a span, of one ad where it is given.
        fn complained_within(asked: &mut QueryBuilder<$database>, span: &Span, ad: Option<&str>) {
            asked.push("s.at >= ").push_bind(span.from.timestamp_millis());
            asked.push(" AND s.at < ").push_bind(span.to.timestamp_millis());
            if let Some(ad) = ad {
                asked.push(" AND s.belongs = ").push_bind(ad.to_owned());
            }
        }

        /// None where its kind is none.
        fn complained(row: heard::ComplainedRow) -> Option<Complained> {
            let (platform, id, at, user, kind, excluded, ad, advertiser, trade, converted_at) = row;
            let of = ad.map(|ad| AdOf {
                ad,
                platform: Some(platform.clone()).filter(|platform| !platform.is_empty()),
                advertiser,
                trade,
            });
            Some(Complained {
                key: Key { platform, id },
                at: moment(at),
                user,
                of,
                kind: kind.as_deref().map_or(Some(None), of_word)?,
                excluded: excluded != 0,
                converted_at: converted_at.map(moment),
            })
        }

        /// Leaves out what is out of sight.
        fn heard_within(asked: &mut QueryBuilder<$database>, sight: &Sight) {
            if let Some(platform) = &sight.platform {
                asked.push(" AND c.platform = ").push_bind(platform.clone());
            }
            if let Some(advertiser) = &sight.advertiser {
                asked.push(" AND ").push(heard::ADVERTISER).push(" = ").push_bind(advertiser.clone());
            }
            // Where an ad is, is known by its latest case.
            if let Some(places) = sight.places() {
                asked.push(" AND facts.region LIKE ").push_bind(places);
            }
        }

        /// Of an enum's own word.
        fn of_word<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
            serde_json::from_value(word.into()).ok()
        }

        /// Of a column that may hold JSON: none where no postlink wrote it.
        fn of_text<T: serde::de::DeserializeOwned>(text: Option<String>) -> Option<Option<T>> {
            text.map(|text| serde_json::from_str(&text)).transpose().ok()
        }
    };
}

pub(crate) use hearing_heard;
