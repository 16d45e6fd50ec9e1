provider "aws" {
  region = "us-east-1"
}

resource "aws_db_instance" "primary" {
  identifier              = "app"
  engine                  = "postgres"
  instance_class          = "db.t3.medium"
  allocated_storage       = 20
  username                = "app"
  password                = "not-a-secret"
  backup_retention_period = 14
}

resource "aws_dynamodb_table" "sessions" {
  name         = "sessions"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}
