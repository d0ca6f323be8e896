//! The server with `synchronous = NORMAL`: it answers before the log is synced. The durability tests must go red with it.

fn main() {}
