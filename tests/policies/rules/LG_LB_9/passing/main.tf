provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_lb_target_group" "http" {
  name     = "http"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = aws_vpc.this.id

  health_check {
    path = "/healthz"
  }
}

# A network load balancer's default check opens a connection to the port that is served.
resource "aws_lb_target_group" "tcp" {
  name     = "tcp"
  port     = 5000
  protocol = "TCP"
  vpc_id   = aws_vpc.this.id
}
