//! What happens when things break: processes, disks, guests. Each protection has its control, which goes red without it.

mod cached;
mod containment;
mod damaged;
mod disk;
mod kill;
mod races;
mod sync_order;
mod tls;
