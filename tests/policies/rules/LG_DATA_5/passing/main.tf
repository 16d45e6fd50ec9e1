provider "aws" {
  region = "us-east-1"
}

resource "aws_db_instance" "primary" {
  identifier        = "app"
  engine            = "postgres"
  instance_class    = "db.t3.medium"
  allocated_storage = 20
  username          = "app"
  password          = "not-a-secret"
  multi_az          = true
}

resource "aws_rds_cluster" "primary" {
  cluster_identifier = "orders"
  engine             = "aurora-postgresql"
  master_username    = "app"
  master_password    = "not-a-secret"
}

resource "aws_rds_cluster_instance" "primary" {
  count = 2

  cluster_identifier = aws_rds_cluster.primary.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r5.large"
}
