provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
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
}

resource "aws_rds_global_cluster" "this" {
  global_cluster_identifier = "orders"
  engine                    = "aurora-postgresql"
}

resource "aws_rds_cluster" "primary" {
  cluster_identifier        = "orders"
  engine                    = "aurora-postgresql"
  global_cluster_identifier = aws_rds_global_cluster.this.id
  master_username           = "app"
  master_password           = "not-a-secret"
}

resource "aws_rds_cluster" "secondary" {
  provider = aws.secondary

  cluster_identifier        = "orders"
  engine                    = "aurora-postgresql"
  global_cluster_identifier = aws_rds_global_cluster.this.id
}

resource "aws_dynamodb_table" "sessions" {
  name             = "sessions"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }

  replica {
    region_name = "us-west-2"
  }
}
