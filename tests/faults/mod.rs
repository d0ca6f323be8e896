//! What happens when things break: processes, disks, guests. Each protection has its control, which goes red without it.

mod bombs;
mod cached;
mod canary;
mod containment;
mod damaged;
mod disk;
mod kill;
mod loops;
mod races;
mod silence;
mod sync_order;
mod tls;
mod traps;
