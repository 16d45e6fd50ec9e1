# What envs/prod has not: a global database, so that every family of rules has something to judge.

resource "aws_kms_key" "primary" {
  description         = "Database in the primary region"
  enable_key_rotation = true
}

resource "aws_kms_key" "secondary" {
  provider            = aws.secondary
  description         = "Database in the secondary region"
  enable_key_rotation = true
}

resource "aws_rds_global_cluster" "this" {
  global_cluster_identifier = "web-prod"
  engine                    = "aurora-postgresql"
  engine_version            = "13.6"
  storage_encrypted         = true
  deletion_protection       = true
}

resource "aws_db_subnet_group" "primary" {
  name       = "web-prod-primary"
  subnet_ids = module.service.primary_private_subnet_ids
}

resource "aws_rds_cluster" "primary" {
  cluster_identifier        = "web-prod-primary"
  global_cluster_identifier = aws_rds_global_cluster.this.id
  engine                    = "aurora-postgresql"
  engine_version            = "13.6"
  master_username           = "web"
  master_password           = "only-in-a-test-fixture"
  db_subnet_group_name      = aws_db_subnet_group.primary.name
  storage_encrypted         = true
  kms_key_id                = aws_kms_key.primary.arn
  deletion_protection       = true
  backup_retention_period   = 14
}

resource "aws_rds_cluster_instance" "primary" {
  count = 2

  identifier         = "web-prod-primary-${count.index}"
  cluster_identifier = aws_rds_cluster.primary.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r6g.large"
}

resource "aws_db_subnet_group" "secondary" {
  provider = aws.secondary

  name       = "web-prod-secondary"
  subnet_ids = module.service.secondary_private_subnet_ids
}

resource "aws_rds_cluster" "secondary" {
  provider = aws.secondary

  cluster_identifier        = "web-prod-secondary"
  global_cluster_identifier = aws_rds_global_cluster.this.id
  engine                    = "aurora-postgresql"
  engine_version            = "13.6"
  db_subnet_group_name      = aws_db_subnet_group.secondary.name
  storage_encrypted         = true
  kms_key_id                = aws_kms_key.secondary.arn
  deletion_protection       = true
  backup_retention_period   = 14
}

resource "aws_rds_cluster_instance" "secondary" {
  provider = aws.secondary
  count    = 2

  identifier         = "web-prod-secondary-${count.index}"
  cluster_identifier = aws_rds_cluster.secondary.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r6g.large"
}

# What the servers may do: read the service's parameters.
resource "aws_iam_role_policy" "primary" {
  name = "parameters"
  role = module.service.primary_app_role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ssm:GetParameter"]
      Resource = "arn:aws:ssm:*:*:parameter/web/*"
    }]
  })
}
