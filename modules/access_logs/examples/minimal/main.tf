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

module "access_logs" {
  source    = "../.."
  providers = { aws = aws }

  bucket = "example-access-logs"
}
