"""The hosts that a pull request lives on: one small interface, one file for each of them."""
