module "service" {
  source = "../../modules/two_region_service"

  providers = {
    aws.primary   = aws
    aws.secondary = aws.secondary
  }

  name        = "web-staging"
  zone_name   = "staging.example.com"
  record_name = "www.staging.example.com"

  primary_cidr_block           = "10.20.0.0/16"
  primary_availability_zones   = ["us-east-1a", "us-east-1b"]
  secondary_cidr_block         = "10.21.0.0/16"
  secondary_availability_zones = ["us-west-2a", "us-west-2b"]

  health_check_interval          = 30
  health_check_failure_threshold = 3
  deletion_protection_enabled    = false

  flow_logs_enabled        = true
  flow_logs_traffic_type   = "REJECT"
  flow_logs_retention_days = 7

  storage_bucket_prefix = "lockgate-example-staging-data"
  data_disposable       = true

  nat_gateways       = "one"
  primary_capacity   = 2
  secondary_capacity = 2

  database_enabled               = true
  database_instance_count        = 1
  database_backup_retention_days = 7
}
