# expect: environment
terraform {
  backend "s3" {
    bucket       = "example-state"
    key          = "prod/terraform.tfstate"
    region       = "us-east-1"
    use_lockfile = false
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
