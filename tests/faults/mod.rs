//! Faults of processes, disks, clients and guests. Each protection has a control, a test that shows the harm without it.

mod at_rest;
mod bombs;
mod cached;
mod canary;
mod clock;
mod connections;
mod containment;
mod damaged;
mod disk;
mod flipped;
mod folder;
mod heads;
mod kill;
mod lists;
mod locks;
mod log;
mod logins;
mod loops;
mod memory;
mod panics;
mod races;
mod silence;
mod stop;
mod sync_order;
mod tls;
mod traps;
