terraform {
  required_version = ">= 1.10" # the first with S3 state locking by use_lockfile

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }

  backend "s3" {
    bucket       = "lockgate-example-state"
    key          = "staging/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}
