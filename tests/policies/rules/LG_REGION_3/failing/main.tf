# expect: environment
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

module "network_primary" {
  source    = "./network"
  providers = { aws = aws }

  cidr_block = "10.0.0.0/16"
}

module "network_secondary" {
  source = "./network"

  cidr_block = "10.1.0.0/16"
}
