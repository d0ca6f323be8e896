//! The folder's rights, its key, and the number of its files. `tests/faults/damaged.rs` tries thousands of damaged files.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::sync::Barrier;
use std::time::Duration;

use tempfile::TempDir;
use wasmtime::Config;

use super::*;
use crate::rights::Rights;

fn open(folder: &Path) -> Result<Cache, CacheError> {
    Cache::open(folder, &Ambient::system())
}

fn folder() -> (TempDir, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("compiled");
    (parent, folder)
}

fn engine() -> Engine {
    Engine::new(Config::new().epoch_interruption(true)).unwrap()
}

/// A component with one custom section, whose name is that number.
fn component(number: u8) -> [u8; 13] {
    [0, b'a', b's', b'm', 13, 0, 1, 0, 0, 3, 1, b'n', number]
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn origin(cache: &Cache, engine: &Engine, wasm: &[u8]) -> Origin {
    cache.component(engine, wasm).unwrap().1
}

#[track_caller]
fn refused(folder: &Path) -> CacheError {
    open(folder).err().expect("it is trusted")
}

#[test]
fn a_kept_component_is_loaded_for_its_own_bytes_and_settings_only() {
    let (_parent, folder) = folder();
    let cache = open(&folder).unwrap();
    let (engine, other) = (engine(), Engine::new(Config::new().epoch_interruption(false)).unwrap());
    assert_eq!(origin(&cache, &engine, &component(1)), Origin::Compiled);
    assert_eq!(origin(&cache, &engine, &component(1)), Origin::Cache);
    assert_eq!(origin(&cache, &engine, &component(2)), Origin::Compiled);
    assert_eq!(origin(&cache, &other, &component(1)), Origin::Compiled);
    // A later start with its own engine finds it too.
    assert_eq!(origin(&open(&folder).unwrap(), &self::engine(), &component(1)), Origin::Cache);
}

#[test]
fn folder_key_and_files_are_made_for_this_user_alone() {
    let (_parent, folder) = folder();
    origin(&open(&folder).unwrap(), &engine(), &component(1));
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in files {
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
}

#[test]
fn a_folder_that_others_may_write_to_is_not_trusted() {
    let (_parent, folder) = folder();
    open(&folder).unwrap();
    for mode in [0o720, 0o702, 0o777, 0o1777] {
        chmod(&folder, mode);
        let refused = refused(&folder);
        assert!(refused.path == folder && matches!(refused.kind, CacheErrorKind::Writable), "{mode:o}: {refused}");
    }
    chmod(&folder, 0o755);
    open(&folder).unwrap();
}

#[test]
fn a_key_that_others_may_read_or_write_is_not_trusted() {
    let (_parent, folder) = folder();
    open(&folder).unwrap();
    let key = folder.join(folder::KEY);
    for mode in [0o640, 0o620, 0o604, 0o602] {
        chmod(&key, mode);
        let refused = refused(&folder);
        assert!(refused.path == key && matches!(refused.kind, CacheErrorKind::Exposed), "{mode:o}: {refused}");
    }
    chmod(&key, 0o600);
    open(&folder).unwrap();
    // A link to a key is not trusted either.
    let elsewhere = folder.with_file_name("elsewhere");
    fs::rename(&key, &elsewhere).unwrap();
    symlink(&elsewhere, &key).unwrap();
    assert!(matches!(refused(&folder).kind, CacheErrorKind::Type(_)));
}

#[test]
fn a_folder_or_key_of_another_user_is_not_trusted() {
    let judge = |owner, mode| folder::check_rights(Rights { owner, mode }, 1000, 0o022, CacheErrorKind::Writable);
    assert!(judge(1000, 0o40755).is_ok());
    assert!(matches!(judge(1001, 0o40700), Err(CacheErrorKind::Owner)));
    assert!(matches!(judge(0, 0o40700), Err(CacheErrorKind::Owner)));
    // The same on the disk, if the tests may change the owner of a file.
    let (_parent, folder) = folder();
    open(&folder).unwrap();
    for path in [folder.join(folder::KEY), folder.clone()] {
        if std::os::unix::fs::chown(&path, Some(12_345), None).is_ok() {
            let refused = refused(&folder);
            assert!(refused.path == path && matches!(refused.kind, CacheErrorKind::Owner), "{refused}");
        }
    }
}

#[test]
fn after_the_key_is_lost_or_damaged_components_are_compiled_again() {
    let (_parent, folder) = folder();
    let engine = engine();
    let key = folder.join(folder::KEY);
    let harms: [fn(&Path) -> io::Result<()>; 3] =
        [|key| fs::remove_file(key), |key| fs::write(key, "short"), |key| fs::write(key, [7; 33])];
    for harm in harms {
        origin(&open(&folder).unwrap(), &engine, &component(1));
        assert_eq!(origin(&open(&folder).unwrap(), &engine, &component(1)), Origin::Cache);
        harm(&key).unwrap();
        let cache = open(&folder).unwrap();
        let refused = cache.entry(&engine, &component(1)).load().err().unwrap();
        assert!(matches!(refused.kind, CacheErrorKind::Mac), "{refused}");
        assert_eq!(origin(&cache, &engine, &component(1)), Origin::Compiled);
        assert_eq!(origin(&open(&folder).unwrap(), &engine, &component(1)), Origin::Cache);
    }
}

#[test]
fn servers_that_start_at_the_same_time_use_one_key() {
    for _ in 0..50 {
        let (_parent, folder) = folder();
        let barrier = Barrier::new(8);
        let keys: Vec<_> = std::thread::scope(|scope| {
            let start = || {
                barrier.wait();
                open(&folder).unwrap().mac.finalize().into_bytes()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing but the key is left");
    }
}

#[test]
fn the_newest_entries_stay_and_other_files_are_not_touched() {
    let (_parent, folder) = folder();
    let (cache, engine) = (open(&folder).unwrap(), engine());
    let age = |path: &Path, hours: u64| {
        let now = fs::metadata(folder.join(folder::KEY)).unwrap().modified().unwrap();
        File::open(path).unwrap().set_modified(now - Duration::from_secs(3600 * hours)).unwrap();
    };
    let (foreign, abandoned, at_work) =
        (folder.join("notes.compiled"), folder.join(".writing-1"), folder.join(".writing-2"));
    for (path, hours) in [(&foreign, 99), (&abandoned, 3), (&at_work, 0)] {
        fs::write(path, "").unwrap();
        age(path, hours);
    }
    let paths: Vec<_> = (0..7).map(|number| cache.entry(&engine, &component(number)).path().to_owned()).collect();
    for (number, path) in (0..).zip(&paths) {
        origin(&cache, &engine, &component(number));
        age(path, 50 - u64::from(number));
    }
    let there: Vec<_> = paths.iter().map(|path| path.exists()).collect();
    assert_eq!(there, [false, false, false, true, true, true, true]);
    assert_eq!((foreign.exists(), abandoned.exists(), at_work.exists()), (true, false, true));
}

#[test]
fn a_failing_disk_disables_the_cache_and_nothing_else() {
    let (parent, folder) = folder();
    let engine = engine();
    let cache = open(&folder).unwrap();
    // A folder stands in the place of the entry.
    let path = cache.entry(&engine, &component(1)).path().to_owned();
    fs::create_dir_all(path.join("full")).unwrap();
    assert_eq!(origin(&cache, &engine, &component(1)), Origin::Compiled);
    let compiled = Component::new(&engine, component(1)).unwrap();
    assert_eq!(cache.entry(&engine, &component(1)).keep(&compiled).unwrap_err().path, path);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "nothing half-written is left");
    // The folder is gone.
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(origin(&cache, &engine, &component(1)), Origin::Compiled);
    // It cannot be made.
    fs::write(parent.path().join("file"), "").unwrap();
    for impossible in [parent.path().join("file"), parent.path().join("file/compiled")] {
        let refused = refused(&impossible);
        assert!(refused.path == impossible && matches!(refused.kind, CacheErrorKind::Disk(_)), "{refused}");
    }
}
