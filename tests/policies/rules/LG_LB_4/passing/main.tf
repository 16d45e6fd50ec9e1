provider "aws" {
  region = "us-east-1"
}

resource "aws_lb" "this" {
  name = "web"

  access_logs {
    bucket  = "example-logs"
    enabled = true
  }
}
