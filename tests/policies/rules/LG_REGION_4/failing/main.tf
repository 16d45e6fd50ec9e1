# expect: environment
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

module "service" {
  source    = "./service"
  providers = { aws = aws.secondary }
}
