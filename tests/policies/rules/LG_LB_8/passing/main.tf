provider "aws" {
  region = "us-east-1"
}

resource "aws_lb" "this" {
  name                       = "web"
  drop_invalid_header_fields = true
}

# It passes packets on, and knows no headers.
resource "aws_lb" "network" {
  name               = "network"
  load_balancer_type = "network"
}
