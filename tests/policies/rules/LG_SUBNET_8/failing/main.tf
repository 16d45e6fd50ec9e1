# expect: aws_subnet.first
# expect: aws_subnet.second
# expect: aws_subnet.outside
provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "first" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.0.0/23"
}

resource "aws_subnet" "second" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_subnet" "outside" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.1.0.0/24"
}
