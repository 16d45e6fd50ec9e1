# expect: aws_db_instance.this
# expect: aws_rds_cluster.this
provider "aws" {
  region = "us-east-1"
}

resource "aws_db_instance" "this" {
  identifier        = "app"
  engine            = "postgres"
  instance_class    = "db.t3.medium"
  allocated_storage = 20
  username          = "app"
  password          = "not-a-secret"
}

resource "aws_rds_cluster" "this" {
  cluster_identifier = "app"
  engine             = "aurora-postgresql"
  master_username    = "app"
  master_password    = "not-a-secret"
}

resource "aws_rds_cluster_instance" "this" {
  count = 1

  cluster_identifier = aws_rds_cluster.this.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r6g.large"
}
