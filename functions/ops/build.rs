//! Takes the viewer of the API reference out of the archive that a crate brings: the page is served from the function alone.

use std::error::Error;
use std::io::{self, Cursor};
use std::path::PathBuf;
use std::{env, fs};

use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

/// What the page needs of Swagger UI; the archive is the whole repository.
const WANTED: [&str; 2] = ["swagger-ui-bundle.js", "swagger-ui.css"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    for wanted in WANTED {
        let ending = format!("/dist/{wanted}");
        let found = archive.file_names_raw().position(|name| name.ends_with(ending.as_bytes()));
        let found = found.ok_or_else(|| format!("there is no {wanted} in the archive of Swagger UI"))?;
        io::copy(&mut archive.by_index(found)?, &mut fs::File::create(out.join(wanted))?)?;
    }
    Ok(())
}
