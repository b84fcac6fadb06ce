//! The webhooks in SQL that both databases read.

/// Their columns, in order.
pub(crate) type Row = (String, String, String, String, String, Option<String>, Option<i64>, i64);

/// Implements [`super::Webhooks`] for a store that gives out transactions by `change`, and reads from `reading`.
macro_rules! webhooks {
    ($store:ty) => {
        impl $crate::webhooks::Webhooks for $store {
            async fn add_webhook(&self, hook: &$crate::webhooks::Webhook) -> Result<(), StoreError> {
                let mut transaction = self.change().await?;
                sqlx::query(
                    "INSERT INTO webhooks (webhook_id, account, url, kinds, secret, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
                )
                .bind(&hook.id)
                .bind(&hook.account)
                .bind(&hook.url)
                .bind(hook.kinds.join(" "))
                .bind(&hook.secret)
                .bind(hook.made_at.timestamp_millis())
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn webhooks(&self, of: Option<&str>) -> Result<Vec<$crate::webhooks::Webhook>, StoreError> {
                let rows: Vec<$crate::webhooks::sql::Row> = sqlx::query_as(
                    "SELECT webhook_id, account, url, kinds, secret, earlier, turned_at, made_at FROM webhooks
                     WHERE CAST($1 AS TEXT) IS NULL OR account = $1 ORDER BY made_at, webhook_id",
                )
                .bind(of)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                Ok(rows.into_iter().map($crate::webhooks::sql::read).collect())
            }

            async fn webhooks_to_tell(
                &self,
            ) -> Result<Vec<($crate::webhooks::Webhook, model::account::Account)>, StoreError> {
                // Asked every second, and few: their accounts are looked up one by one.
                let mut told = Vec::new();
                for hook in self.webhooks(None).await? {
                    if let Some((account, _)) = $crate::accounts::Accounts::account(self, &hook.account).await?
                        && account.disabled_at.is_none()
                    {
                        told.push((hook, account));
                    }
                }
                Ok(told)
            }

            async fn turn_webhook(
                &self,
                id: &str,
                of: Option<&str>,
                secret: &str,
                now: DateTime<Utc>,
            ) -> Result<bool, StoreError> {
                let mut transaction = self.change().await?;
                let turned = sqlx::query(
                    "UPDATE webhooks SET earlier = secret, secret = $3, turned_at = $4
                     WHERE webhook_id = $1 AND (CAST($2 AS TEXT) IS NULL OR account = $2)",
                )
                .bind(id)
                .bind(of)
                .bind(secret)
                .bind(now.timestamp_millis())
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(turned.rows_affected() > 0)
            }

            async fn drop_webhook(&self, id: &str, of: Option<&str>) -> Result<bool, StoreError> {
                let mut transaction = self.change().await?;
                let dropped =
                    sqlx::query("DELETE FROM webhooks WHERE webhook_id = $1 AND (CAST($2 AS TEXT) IS NULL OR account = $2)")
                        .bind(id)
                        .bind(of)
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?
                        .rows_affected()
                        > 0;
                if dropped {
                    sqlx::query("DELETE FROM deliveries WHERE destination = $1")
                        .bind(id)
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(dropped)
            }
        }
    };
}

pub(crate) use webhooks;

pub(crate) fn read((id, account, url, kinds, secret, earlier, turned_at, made_at): Row) -> super::Webhook {
    use crate::desk::moment;
    super::Webhook {
        id,
        account,
        url,
        kinds: kinds.split_whitespace().map(ToOwned::to_owned).collect(),
        secret,
        earlier: earlier.zip(turned_at.map(moment)),
        made_at: moment(made_at),
    }
}
