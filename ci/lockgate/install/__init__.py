"""What Lockgate installs for itself, and how it knows that it is whole."""
