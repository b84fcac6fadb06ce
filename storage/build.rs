//! Compiles the crate anew when a migration is added: the macro that embeds them only watches those it knew.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
