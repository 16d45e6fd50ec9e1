terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

module "storage" {
  source    = "../../../../modules/storage"
  providers = { aws.primary = aws, aws.secondary = aws.secondary }

  primary_bucket          = "example-storage-primary"
  secondary_bucket        = "example-storage-secondary"
  noncurrent_version_days = 30
  force_destroy           = true
  tags                    = { Team = "platform" }
}

output "storage" {
  value = module.storage
}
