module "service" {
  source = "../../modules/two_region_service"

  providers = {
    aws.primary   = aws
    aws.secondary = aws.secondary
  }

  name        = "web-prod"
  zone_name   = "example.com"
  record_name = "www.example.com"

  primary_cidr_block           = "10.30.0.0/16"
  primary_availability_zones   = ["us-east-1a", "us-east-1b", "us-east-1c"]
  secondary_cidr_block         = "10.31.0.0/16"
  secondary_availability_zones = ["us-west-2a", "us-west-2b", "us-west-2c"]

  health_check_interval          = 10
  health_check_failure_threshold = 3
  deletion_protection_enabled    = true

  https_enabled             = true
  access_logs_bucket_prefix = "lockgate-example-prod-access-logs"
  storage_bucket_prefix     = "lockgate-example-prod-data"

  flow_logs_enabled        = true
  flow_logs_retention_days = 90

  nat_gateways       = "per_zone"
  instance_type      = "m6i.large"
  primary_capacity   = 3
  secondary_capacity = 3
  maximum_capacity   = 12

  database_enabled               = true
  database_instance_class        = "db.r6g.xlarge"
  database_instance_count        = 2
  database_backup_retention_days = 14
}
