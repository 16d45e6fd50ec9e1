# expect: environment
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_vpc" "primary" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "primary" {
  count = 3

  vpc_id     = aws_vpc.primary.id
  cidr_block = cidrsubnet("10.0.0.0/16", 8, count.index)
}

resource "aws_vpc" "secondary" {
  provider = aws.secondary

  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "secondary" {
  count    = 2
  provider = aws.secondary

  vpc_id     = aws_vpc.secondary.id
  cidr_block = cidrsubnet("10.1.0.0/16", 8, count.index)
}
