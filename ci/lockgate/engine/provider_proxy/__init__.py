"""Stands between Terraform and the AWS provider: plans what it can, makes up what nobody knows."""
