"""From a judged plan to what stands: apply, its record, drift, and verification."""
