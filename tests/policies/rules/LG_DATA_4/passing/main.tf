provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_kms_key" "secondary" {
  provider = aws.secondary

  description = "Databases of the secondary region"
}

resource "aws_db_instance" "primary" {
  identifier              = "app"
  engine                  = "postgres"
  instance_class          = "db.t3.medium"
  allocated_storage       = 20
  username                = "app"
  password                = "not-a-secret"
  backup_retention_period = 7
  storage_encrypted       = true
}

# In another region it is its key that encrypts it.
resource "aws_db_instance" "replica" {
  provider = aws.secondary

  identifier          = "app-replica"
  instance_class      = "db.t3.medium"
  replicate_source_db = aws_db_instance.primary.arn
  kms_key_id          = aws_kms_key.secondary.arn
}
