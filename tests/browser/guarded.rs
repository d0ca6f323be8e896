//! What the pages refuse, and what they carry. Each refusal stands beside the request that is taken.
