# expect: environment
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

# Neither this call nor the module that it calls says which provider the network gets.
module "service" {
  source = "./service"
}
