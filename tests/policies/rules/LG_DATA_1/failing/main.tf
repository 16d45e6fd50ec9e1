# expect: aws_db_instance.primary
# expect: aws_rds_cluster.primary
# expect: aws_dynamodb_table.sessions
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

# It takes reads off the primary, and goes down with it.
resource "aws_db_instance" "replica" {
  identifier          = "app-replica"
  instance_class      = "db.t3.medium"
  replicate_source_db = aws_db_instance.primary.identifier
}

resource "aws_rds_global_cluster" "this" {
  global_cluster_identifier = "orders"
  engine                    = "aurora-postgresql"
}

# Its global cluster has no other member.
resource "aws_rds_cluster" "primary" {
  cluster_identifier        = "orders"
  engine                    = "aurora-postgresql"
  global_cluster_identifier = aws_rds_global_cluster.this.id
  master_username           = "app"
  master_password           = "not-a-secret"
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
