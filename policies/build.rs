//! Compiles the crate anew when a pack or a word list is added: the macro that embeds them only watches those it knew.

fn main() {
    println!("cargo:rerun-if-changed=packs");
    println!("cargo:rerun-if-changed=lexicons");
}
