# expect: aws_db_instance.primary
# expect: aws_rds_cluster.primary
provider "aws" {
  region = "us-east-1"
}

resource "aws_db_instance" "primary" {
  identifier          = "app"
  engine              = "postgres"
  instance_class      = "db.t3.medium"
  allocated_storage   = 20
  username            = "app"
  password            = "not-a-secret"
  deletion_protection = false
}

resource "aws_rds_cluster" "primary" {
  cluster_identifier = "orders"
  engine             = "aurora-postgresql"
  master_username    = "app"
  master_password    = "not-a-secret"
}
