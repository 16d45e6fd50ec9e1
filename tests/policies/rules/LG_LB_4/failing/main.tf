# expect: aws_lb.this
# expect: aws_lb.off
provider "aws" {
  region = "us-east-1"
}

resource "aws_lb" "this" {
  name = "web"
}

# A bucket alone logs nothing.
resource "aws_lb" "off" {
  name = "off"

  access_logs {
    bucket = "example-logs"
  }
}
