module "service" {
  source = "../../modules/two_region_service"

  providers = {
    aws.primary   = aws
    aws.secondary = aws.secondary
  }

  name        = "web-dev"
  zone_name   = "dev.example.com"
  record_name = "www.dev.example.com"

  primary_cidr_block           = "10.10.0.0/16"
  primary_availability_zones   = ["us-east-1a", "us-east-1b"]
  secondary_cidr_block         = "10.11.0.0/16"
  secondary_availability_zones = ["us-west-2a", "us-west-2b"]

  health_check_interval          = 30
  health_check_failure_threshold = 3
  deletion_protection_enabled    = false

  storage_bucket_prefix = "lockgate-example-dev-data"
  data_disposable       = true

  nat_gateways       = "one"
  instance_type      = "t3.micro"
  primary_capacity   = 1
  secondary_capacity = 1

  database_enabled               = true
  database_instance_count        = 1
  database_backup_retention_days = 7
}
