# expect: aws_lb.this
provider "aws" {
  region = "us-east-1"
}

resource "aws_lb" "this" {
  name = "web"
}
