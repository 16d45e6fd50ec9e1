# expect: aws_lb_target_group.off
# expect: aws_lb_target_group.by_default
# expect: aws_lb_target_group.without_path
provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_lb_target_group" "off" {
  name        = "off"
  target_type = "lambda"

  health_check {
    enabled = false
  }
}

resource "aws_lb_target_group" "by_default" {
  name     = "by-default"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = aws_vpc.this.id
}

resource "aws_lb_target_group" "without_path" {
  name     = "without-path"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = aws_vpc.this.id

  health_check {
    interval = 10
  }
}
