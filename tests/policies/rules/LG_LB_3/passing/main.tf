provider "aws" {
  region = "us-east-1"
}

resource "aws_lb" "this" {
  name                       = "web"
  enable_deletion_protection = true
}
