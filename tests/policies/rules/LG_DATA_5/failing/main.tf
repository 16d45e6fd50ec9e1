# expect: aws_db_instance.primary
# expect: aws_rds_cluster.alone
# expect: aws_rds_cluster.one_zone
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
}

resource "aws_rds_cluster" "alone" {
  cluster_identifier = "alone"
  engine             = "aurora-postgresql"
  master_username    = "app"
  master_password    = "not-a-secret"
}

resource "aws_rds_cluster_instance" "alone" {
  cluster_identifier = aws_rds_cluster.alone.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r5.large"
}

resource "aws_rds_cluster" "one_zone" {
  cluster_identifier = "one-zone"
  engine             = "aurora-postgresql"
  master_username    = "app"
  master_password    = "not-a-secret"
}

resource "aws_rds_cluster_instance" "one_zone" {
  count = 2

  cluster_identifier = aws_rds_cluster.one_zone.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r5.large"
  availability_zone  = "us-east-1a"
}
