# expect: aws_db_instance.primary
# expect: aws_rds_cluster.primary
# expect: aws_dynamodb_table.primary
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_db_instance" "primary" {
  identifier        = "app"
  engine            = "postgres"
  instance_class    = "db.t3.medium"
  allocated_storage = 20
  username          = "app"
  password          = "not-a-secret"
}

# A copy, but in the region that is lost together with its source.
resource "aws_db_instance" "replica" {
  identifier          = "app-replica"
  instance_class      = "db.t3.medium"
  replicate_source_db = aws_db_instance.primary.identifier
}

resource "aws_rds_global_cluster" "this" {
  global_cluster_identifier = "app"
  engine                    = "aurora-postgresql"
}

# A global cluster of one member.
resource "aws_rds_cluster" "primary" {
  cluster_identifier        = "app"
  engine                    = "aurora-postgresql"
  global_cluster_identifier = aws_rds_global_cluster.this.id
  master_username           = "app"
  master_password           = "not-a-secret"
}

resource "aws_dynamodb_table" "primary" {
  name         = "app"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
