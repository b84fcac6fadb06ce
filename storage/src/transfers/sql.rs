//! What was handed over, in SQL that both databases read.

/// A hand-over: number, case, subject, authority, document, clauses, sums, by whom, when.
pub(crate) type TransferRow = (i64, String, String, String, String, String, String, String, i64);

/// Implements [`super::Transfers`] for a store that gives out transactions by `write`, and reads from `reading`.
macro_rules! transfers {
    ($store:ty) => {
        impl $crate::transfers::Transfers for $store {
            async fn hand_over(&self, transfer: &Transfer) -> Result<Option<u64>, StoreError> {
                let mut transaction = self.write().await?;
                self.manifest_of(&mut transaction, &transfer.case_id).await?;
                let number: Option<i64> = sqlx::query_scalar(
                    "INSERT INTO transfers (number, case_id, subject, authority, document, basis, sums, made_by, made_at)
                     SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 FROM transfers WHERE true
                     ON CONFLICT (document) DO NOTHING RETURNING number",
                )
                .bind(transfer.case_id.as_str())
                .bind(&transfer.subject)
                .bind(&transfer.authority)
                .bind(&transfer.document)
                .bind(serde_json::to_string(&transfer.basis).expect("internal error: ids are plain data"))
                .bind(transfer.sums.to_string())
                .bind(&transfer.by)
                .bind(transfer.at.timestamp_millis())
                .fetch_optional(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(number.map(i64::unsigned_abs))
            }

            async fn transfers(&self, case: Option<&CaseId>) -> Result<Vec<(u64, Transfer)>, StoreError> {
                let rows: Vec<TransferRow> = sqlx::query_as(
                    "SELECT number, case_id, subject, authority, document, basis, sums, made_by, made_at FROM transfers
                     WHERE ($1 IS NULL OR case_id = $1) ORDER BY number",
                )
                .bind(case.map(CaseId::as_str))
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let transfer = |row: TransferRow| {
                    let (number, case_id, subject, authority, document, basis, sums, by, at) = row;
                    let damaged = || self.damaged(&format!("transfer {number}"));
                    let transfer = Transfer {
                        case_id: CaseId(case_id),
                        subject,
                        authority,
                        document,
                        basis: serde_json::from_str(&basis).map_err(|_| damaged())?,
                        sums: sums.parse().map_err(|_| damaged())?,
                        by,
                        at: DateTime::from_timestamp_millis(at).ok_or_else(damaged)?,
                    };
                    Ok((number.unsigned_abs(), transfer))
                };
                rows.into_iter().map(transfer).collect()
            }
        }
    };
}

pub(crate) use transfers;
