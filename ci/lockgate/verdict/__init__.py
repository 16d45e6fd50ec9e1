"""The verdict: what it holds, how it is written, read back and merged, and what waives a part."""
