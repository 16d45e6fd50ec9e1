provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

data "aws_availability_zones" "secondary" {
  provider = aws.secondary

  state = "available"
}

resource "aws_vpc" "secondary" {
  provider = aws.secondary

  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "by_name" {
  provider = aws.secondary

  vpc_id            = aws_vpc.secondary.id
  availability_zone = "us-west-2a"
  cidr_block        = "10.1.0.0/24"
}

resource "aws_subnet" "by_id" {
  provider = aws.secondary

  vpc_id               = aws_vpc.secondary.id
  availability_zone_id = "usw2-az2"
  cidr_block           = "10.1.1.0/24"
}

resource "aws_subnet" "looked_up" {
  provider = aws.secondary

  vpc_id            = aws_vpc.secondary.id
  availability_zone = data.aws_availability_zones.secondary.names[2]
  cidr_block        = "10.1.2.0/24"
}
