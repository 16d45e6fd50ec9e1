# expect: aws_db_instance.short
# expect: aws_db_instance.none
# expect: aws_rds_cluster.by_default
# expect: aws_dynamodb_table.sessions
provider "aws" {
  region = "us-east-1"
}

resource "aws_db_instance" "short" {
  identifier              = "short"
  engine                  = "postgres"
  instance_class          = "db.t3.medium"
  allocated_storage       = 20
  username                = "app"
  password                = "not-a-secret"
  backup_retention_period = 13
}

resource "aws_db_instance" "none" {
  identifier        = "none"
  engine            = "postgres"
  instance_class    = "db.t3.medium"
  allocated_storage = 20
  username          = "app"
  password          = "not-a-secret"
}

resource "aws_rds_cluster" "by_default" {
  cluster_identifier = "by-default"
  engine             = "aurora-postgresql"
  master_username    = "app"
  master_password    = "not-a-secret"
}

resource "aws_dynamodb_table" "sessions" {
  name         = "sessions"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
