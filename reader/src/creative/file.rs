//! A creative's file: regular, and within the size limit.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Its bytes; the problem is a sentence for people that names the file.
pub(super) fn bytes(path: &Path, max_bytes: u64) -> Result<Vec<u8>, String> {
    let size = check(path, max_bytes)?;
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    let file = File::open(path).map_err(|error| problem(path, &error))?;
    // The file may grow while it is read.
    file.take(max_bytes + 1).read_to_end(&mut bytes).map_err(|error| problem(path, &error))?;
    if bytes.len() as u64 > max_bytes { Err(too_large(path, max_bytes)) } else { Ok(bytes) }
}

fn check(path: &Path, max_bytes: u64) -> Result<u64, String> {
    let data = std::fs::metadata(path).map_err(|error| problem(path, &error))?;
    if !data.is_file() {
        return Err(format!("{} is no file", path.display()));
    }
    if data.len() > max_bytes {
        return Err(too_large(path, max_bytes));
    }
    Ok(data.len())
}

fn problem(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be opened: {error}; give the path relative to the ads file", path.display())
}

fn too_large(path: &Path, max_bytes: u64) -> String {
    format!("{} is larger than {max_bytes} bytes: raise `reader.max_file_bytes`", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_regular_file_within_the_limit_is_read() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(bytes(&here.join("Cargo.toml"), 1 << 20).is_ok());
        assert!(bytes(&here.join("Cargo.toml"), 10).is_err_and(|e| e.contains("max_file_bytes")));
        assert!(bytes(here, 1 << 20).is_err_and(|e| e.contains("is no file")));
        assert!(bytes(Path::new("/dev/zero"), 1 << 20).is_err_and(|e| e.contains("is no file")));
        assert!(bytes(&here.join("missing.png"), 1 << 20).is_err_and(|e| e.contains("missing.png")));
    }
}
