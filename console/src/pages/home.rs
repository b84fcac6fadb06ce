//! The first page: where each role begins.

use axum::response::Redirect;
use model::account::Role;

use crate::auth::Person;

pub(crate) async fn show(person: Person) -> Redirect {
    match person.account.role {
        Role::Platform | Role::Admin => Redirect::to("/queue"),
        Role::Advertiser | Role::Regulator => Redirect::to("/cases"),
    }
}
