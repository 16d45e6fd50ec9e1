"""Terraform or OpenTofu: how it is started, followed and stopped."""
