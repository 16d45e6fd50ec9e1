"""What ``checkov --external-checks-dir`` takes: one file, which registers every rule."""
