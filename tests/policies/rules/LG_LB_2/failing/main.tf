# expect: aws_lb.one_zone
# expect: aws_lb.two_networks
provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc" "other" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "public" {
  count = 2

  vpc_id            = aws_vpc.this.id
  availability_zone = "us-east-1a"
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, count.index)
}

resource "aws_subnet" "other" {
  vpc_id            = aws_vpc.other.id
  availability_zone = "us-east-1b"
  cidr_block        = "10.1.0.0/24"
}

resource "aws_lb" "one_zone" {
  name    = "one-zone"
  subnets = aws_subnet.public[*].id
}

resource "aws_lb" "two_networks" {
  name    = "two-networks"
  subnets = [aws_subnet.public[0].id, aws_subnet.other.id]
}
