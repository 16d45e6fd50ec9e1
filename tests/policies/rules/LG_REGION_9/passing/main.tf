provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_vpc" "primary" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc" "secondary" {
  provider = aws.secondary

  cidr_block = "10.1.0.0/16"
}

# A range is a number, and stays true when the network is gone.
resource "aws_security_group" "secondary" {
  provider = aws.secondary

  name   = "app"
  vpc_id = aws_vpc.secondary.id

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = [aws_vpc.primary.cidr_block]
  }
}

resource "aws_kms_key" "secondary" {
  provider = aws.secondary

  description = "The secondary region's own"
}

resource "aws_db_instance" "primary" {
  identifier              = "app"
  engine                  = "postgres"
  instance_class          = "db.t3.medium"
  allocated_storage       = 20
  username                = "app"
  password                = "not-a-secret"
  backup_retention_period = 7
}

resource "aws_db_instance" "replica" {
  provider = aws.secondary

  identifier          = "app-replica"
  instance_class      = "db.t3.medium"
  replicate_source_db = aws_db_instance.primary.arn
  kms_key_id          = aws_kms_key.secondary.arn
}
