# expect: aws_security_group.inline
# expect: aws_security_group_rule.separate
# expect: aws_security_group_rule.everything
provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_security_group" "inline" {
  name   = "inline"
  vpc_id = aws_vpc.this.id

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "separate" {
  name   = "separate"
  vpc_id = aws_vpc.this.id
}

# Within a range of ports, and for IPv6 only.
resource "aws_security_group_rule" "separate" {
  security_group_id = aws_security_group.separate.id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 5000
  to_port           = 6000
  ipv6_cidr_blocks  = ["::/0"]
}

resource "aws_security_group_rule" "everything" {
  security_group_id = aws_security_group.separate.id
  type              = "ingress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  cidr_blocks       = ["10.0.0.0/8", "0.0.0.0/0"]
}
