# expect: aws_lb.this
provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  for_each = { us-east-1a = 0, us-east-1b = 1 }

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_lb" "this" {
  name     = "web"
  internal = false
  subnets  = [for subnet in aws_subnet.private : subnet.id]
}
